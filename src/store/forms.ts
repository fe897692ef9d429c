import { z } from 'zod'
import { isoTime } from '../time.ts'
import { FIRST_PROJECT_ID } from './projects.ts'

/** What a question of a form can ask for; `answer` is everything that is no way to call somebody. */
export const FIELD_ROLES = ['name', 'first_name', 'last_name', 'phone', 'email', 'answer'] as const

export type FieldRole = (typeof FIELD_ROLES)[number]

/** A question as Meta describes it; a lead holds the key of an option, not its words. */
export const questionSchema = z.object({
  key: z.string(),
  label: z.string(),
  type: z.string(),
  options: z.array(z.object({ key: z.string(), value: z.string() })),
})

/** What questions ask for, by their keys, where their types do not tell. */
export const mappingSchema = z.record(z.string().max(300), z.enum(FIELD_ROLES))

/** One lead form of a Facebook page. */
export const formSchema = z.object({
  id: z.string(),
  pageId: z.string(),
  name: z.string(),
  locale: z.string().nullable(),
  status: z.string().describe('Of Meta: ACTIVE, ARCHIVED, DELETED, DRAFT'),
  questions: z.array(questionSchema),
  mapping: mappingSchema,
  projectId: z.string().describe('Where its leads go, unless their campaign has a route'),
  routedBy: z.enum(['form', 'page', 'first']).describe('Why they go there'),
  leadsCount: z.int().describe('All that were ever left'),
  expiredLeadsCount: z.int().describe('Those that Meta shows no more'),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type Form = z.infer<typeof formSchema>
export type Question = z.infer<typeof questionSchema>

/** What of a form its leads are understood by. */
export type KnownForm = Pick<Form, 'id' | 'questions' | 'mapping'>

/** A form as Meta describes it. */
export type MetaForm = Omit<Form, 'pageId' | 'mapping' | 'projectId' | 'routedBy' | Times>

type Times = 'createdAt' | 'updatedAt'

/** Writes forms as Meta describes them now; what people have set stays. Nothing new writes nothing. */
export async function upsertForms(
  db: D1Database,
  pageId: string,
  forms: MetaForm[],
): Promise<void> {
  if (forms.length === 0) return
  const rows = forms.map((form) => [
    form.id,
    form.name,
    form.locale,
    form.status,
    JSON.stringify(form.questions),
    form.leadsCount,
    form.expiredLeadsCount,
  ])
  await db
    .prepare(
      `INSERT INTO forms (id, page_id, name, locale, status, questions, leads_count,
         expired_leads_count, created_at, updated_at)
       SELECT value ->> 0, ?2, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, ?3, ?3
       FROM json_each(?1) WHERE true
       ON CONFLICT (id) DO UPDATE SET
         page_id = excluded.page_id, name = excluded.name, locale = excluded.locale,
         status = excluded.status, questions = excluded.questions,
         leads_count = excluded.leads_count, expired_leads_count = excluded.expired_leads_count,
         closed_at = CASE WHEN excluded.status = 'ACTIVE' THEN NULL
           WHEN forms.status = 'ACTIVE' THEN excluded.updated_at ELSE forms.closed_at END,
         updated_at = excluded.updated_at
       WHERE (forms.page_id, forms.name, forms.locale, forms.status, forms.questions,
           forms.leads_count, forms.expired_leads_count) IS NOT
         (excluded.page_id, excluded.name, excluded.locale, excluded.status, excluded.questions,
           excluded.leads_count, excluded.expired_leads_count)`,
    )
    .bind(JSON.stringify(rows), pageId, isoTime())
    .run()
  for (const { id } of forms) recent.delete(id)
}

const COLUMNS = `forms.id, page_id AS pageId, name, locale, status, questions, mapping,
  leads_count AS leadsCount, expired_leads_count AS expiredLeadsCount,
  forms.created_at AS createdAt, forms.updated_at AS updatedAt`

type FormRow = Omit<Form, 'questions' | 'mapping'> & { questions: string; mapping: string }

const SELECT = `SELECT ${COLUMNS},
    coalesce(own.project_id, pages.project_id, '${FIRST_PROJECT_ID}') AS projectId,
    CASE WHEN own.project_id IS NOT NULL THEN 'form'
      WHEN pages.project_id IS NOT NULL THEN 'page' ELSE 'first' END AS routedBy
  FROM forms
    LEFT JOIN meta_routes own ON own.kind = 'form' AND own.meta_id = forms.id
    LEFT JOIN meta_routes pages ON pages.kind = 'page' AND pages.meta_id = forms.page_id`

function readForm({ questions, mapping, ...row }: FormRow): Form {
  return formSchema.parse({
    ...row,
    questions: JSON.parse(questions),
    mapping: JSON.parse(mapping),
  })
}

/** All forms, those of a project or of a page, in the order of their names. */
export async function listForms(
  db: D1Database,
  { projectId, pageId }: { projectId?: string | undefined; pageId?: string | undefined } = {},
): Promise<Form[]> {
  const { results } = await db
    .prepare(
      `SELECT * FROM (${SELECT} ${pageId === undefined ? '' : 'WHERE forms.page_id = ?2'})
       WHERE ?1 IS NULL OR projectId = ?1 ORDER BY name, id`,
    )
    .bind(projectId ?? null, ...(pageId === undefined ? [] : [pageId]))
    .all<FormRow>()
  return results.map(readForm)
}

export async function findForm(db: D1Database, id: string): Promise<Form | null> {
  const row = await db.prepare(`${SELECT} WHERE forms.id = ?1`).bind(id).first<FormRow>()
  return row && readForm(row)
}

/** The forms of a page whose leads are read: those that are open, and those closed since a time (ISO). */
export async function listReadForms(
  db: D1Database,
  { pageId, closedSince }: { pageId: string; closedSince: string },
): Promise<{ id: string; leads: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT id, leads_count - expired_leads_count AS leads FROM forms
       WHERE page_id = ?1 AND (status = 'ACTIVE' OR closed_at >= ?2) ORDER BY id`,
    )
    .bind(pageId, closedSince)
    .all<{ id: string; leads: number }>()
  return results
}

/** Says what a form's questions ask for; false when there is no such form. */
export async function setMapping(
  db: D1Database,
  id: string,
  mapping: Form['mapping'],
): Promise<boolean> {
  const { meta } = await db
    .prepare('UPDATE forms SET mapping = ?2, updated_at = ?3 WHERE id = ?1')
    .bind(id, JSON.stringify(mapping), isoTime())
    .run()
  recent.delete(id)
  return meta.changes > 0
}

const RECENT_MS = 5_000
const recent = new Map<string, { form: KnownForm; at: number }>()

/** Forms as they were at most five seconds ago: for what is done for every lead. */
export async function recentForms(db: D1Database, ids: string[]): Promise<KnownForm[]> {
  const now = Date.now()
  const known = ids.flatMap((id) => {
    const one = recent.get(id)
    return one && now - one.at < RECENT_MS ? [one.form] : []
  })
  const rest = ids.filter((id) => !known.some((form) => form.id === id))
  if (rest.length === 0) return known
  const { results } = await db
    .prepare(
      `SELECT id, questions, mapping FROM forms WHERE id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(rest))
    .all<{ id: string; questions: string; mapping: string }>()
  const read = results.map(({ id, questions, mapping }) => ({
    id,
    questions: z.array(questionSchema).parse(JSON.parse(questions)),
    mapping: mappingSchema.parse(JSON.parse(mapping)),
  }))
  for (const form of read) recent.set(form.id, { form, at: now })
  return [...known, ...read]
}
