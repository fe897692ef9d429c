import { z } from 'zod'
import { isoTime } from '../time.ts'
import { LOCALES, type Locale } from '../locales.ts'
import { type ProjectRules, projectRulesSchema } from '../project-rules.ts'
import { watchSchema } from '../watch/settings.ts'
import { auditOfChange } from './audit.ts'

/** One advertised business; a `null` timezone, locale or region means the Worker's default. */
export const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  chatId: z.string().nullable(),
  threadId: z.int().nullable(),
  chatTitle: z.string().nullable(),
  timezone: z.string().nullable(),
  locale: z.enum(LOCALES).nullable(),
  region: z.string().nullable(),
  currency: z.string().nullable(),
  connectionId: z.string().nullable(),
  adAccountId: z.string().nullable(),
  accountTimezone: z
    .string()
    .nullable()
    .describe('Of the ad account: its days are days of this zone'),
  datasetId: z
    .string()
    .nullable()
    .describe('The dataset that Meta is told of outcomes in; null: it is told of none'),
  rules: projectRulesSchema.describe('How its team works'),
  watch: watchSchema.describe('What its advertising is watched for'),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type Project = z.infer<typeof projectSchema>

/** What can be changed of a project. */
export type ProjectChanges = {
  [Name in keyof Omit<Project, 'id' | 'createdAt' | 'updatedAt'>]?: Project[Name] | undefined
}

/** The project that a small agency starts with, made by the first migration. */
export const FIRST_PROJECT_ID = 'main'

const COLUMNS = `id, name, chat_id AS chatId, thread_id AS threadId, chat_title AS chatTitle, timezone,
  locale, region, currency, connection_id AS connectionId, ad_account_id AS adAccountId,
  account_timezone AS accountTimezone, dataset_id AS datasetId, rules, watch,
  created_at AS createdAt, updated_at AS updatedAt`

const COLUMN_OF = {
  name: 'name',
  chatId: 'chat_id',
  threadId: 'thread_id',
  chatTitle: 'chat_title',
  timezone: 'timezone',
  locale: 'locale',
  region: 'region',
  currency: 'currency',
  connectionId: 'connection_id',
  adAccountId: 'ad_account_id',
  accountTimezone: 'account_timezone',
  datasetId: 'dataset_id',
  rules: 'rules',
  watch: 'watch',
} as const satisfies Record<keyof ProjectChanges, string>

type ProjectRow = Omit<Project, 'rules' | 'watch'> & { rules: string; watch: string }

/** Rules and targets that were never set, or came into being later, have their defaults. */
function readProject(row: ProjectRow): Project {
  const rules = projectRulesSchema.parse(JSON.parse(row.rules))
  return { ...row, rules, watch: watchSchema.parse(JSON.parse(row.watch)) }
}

export async function findProject(db: D1Database, id: string): Promise<Project | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM projects WHERE id = ?1`)
    .bind(id)
    .first<ProjectRow>()
  return row && readProject(row)
}

export async function listProjects(db: D1Database): Promise<Project[]> {
  const { results } = await db
    .prepare(`SELECT ${COLUMNS} FROM projects ORDER BY created_at, id`)
    .all<ProjectRow>()
  return results.map(readProject)
}

/** Begins a project; false when there is one with this id. */
export async function insertProject(db: D1Database, id: string, name: string): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `INSERT INTO projects (id, name, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)
       ON CONFLICT DO NOTHING`,
    )
    .bind(id, name, isoTime())
    .run()
  return meta.changes > 0
}

const JSON_COLUMNS = new Set(['rules', 'watch'])

/** Changes what is given; false when there is no such project. */
export async function updateProject(
  db: D1Database,
  id: string,
  changes: ProjectChanges,
): Promise<boolean> {
  const columns: string[] = []
  const values: unknown[] = []
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) continue
    values.push(JSON_COLUMNS.has(name) ? JSON.stringify(value) : value)
    columns.push(`${COLUMN_OF[name as keyof ProjectChanges]} = ?${values.length + 2}`)
  }
  const { meta } = await db
    .prepare(`UPDATE projects SET ${[...columns, 'updated_at = ?2'].join(', ')} WHERE id = ?1`)
    .bind(id, isoTime(), ...values)
    .run()
  forget(id)
  return meta.changes > 0
}

/** The ad accounts that this connection serves projects with. */
export async function accountsOf(db: D1Database, connectionId: string): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT DISTINCT ad_account_id AS id FROM projects WHERE connection_id = ?1')
    .bind(connectionId)
    .all<{ id: string | null }>()
  return results.flatMap(({ id }) => id ?? [])
}

/** Nobody can be asked in this connection's name any more; the ad accounts stay chosen. */
export async function leaveConnection(db: D1Database, connectionId: string): Promise<void> {
  await db
    .prepare('UPDATE projects SET connection_id = NULL, updated_at = ?2 WHERE connection_id = ?1')
    .bind(connectionId, isoTime())
    .run()
  recent.clear()
}

/** Changes one rule of how a project's team works, and writes down who did. */
export async function changeRule(
  db: D1Database,
  {
    id,
    rule,
    value,
    by,
  }: {
    id: string
    rule: keyof ProjectRules
    value: string | number | null
    by: { id: string; name: string }
  },
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE projects SET rules = json_set(rules, ?2, json(?3)), updated_at = ?4
         WHERE id = ?1 AND rules -> ?2 IS NOT ?3`,
      )
      .bind(id, `$.${rule}`, JSON.stringify(value), isoTime()),
    auditOfChange(db, {
      actorId: by.id,
      actorName: by.name,
      action: 'project.rules',
      target: id,
      details: { [rule]: value },
    }),
  ])
  forget(id)
}

/** Cards follow a chat whose id has changed (a group became a supergroup). */
export async function moveChat(db: D1Database, from: string, to: string): Promise<void> {
  await db
    .prepare('UPDATE projects SET chat_id = ?2, updated_at = ?3 WHERE chat_id = ?1')
    .bind(from, to, isoTime())
    .run()
  recent.clear()
}

/** So old may be what is known of a project where every lead asks. */
export const RECENT_MS = 5_000
const recent = new Map<string, { project: Project; at: number }>()

/**
 * A project as it was at most five seconds ago: for what is done for every lead. A project that has
 * no chat yet is always read anew.
 */
export async function recentProject(db: D1Database, id: string): Promise<Project | null> {
  const known = recent.get(id)
  if (known && Date.now() - known.at < RECENT_MS && known.project.chatId) return known.project
  const project = await findProject(db, id)
  if (project) recent.set(id, { project, at: Date.now() })
  return project
}

function forget(id: string): void {
  recent.delete(id)
}

/** The project's language, timezone and country, with the Worker's defaults for what it leaves open. */
export function placeOf(
  project: Pick<Project, 'timezone' | 'locale' | 'region'>,
  defaults: { DEFAULT_TIMEZONE: string; DEFAULT_LOCALE: Locale; DEFAULT_REGION: string },
): { timezone: string; locale: Locale; region: string } {
  return {
    timezone: project.timezone ?? defaults.DEFAULT_TIMEZONE,
    locale: project.locale ?? defaults.DEFAULT_LOCALE,
    region: project.region ?? defaults.DEFAULT_REGION,
  }
}
