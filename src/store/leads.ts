import {
  type EarlierLead,
  type LeadData,
  leadSchema,
  type LeadSource,
  type LeadStatus,
  type Repeat,
} from '../lead.ts'
import { fold, searchQuery } from './search-words.ts'

const UPSERT = `INSERT INTO leads (id, version, project_id, status, outcome, source, source_ref, user_id,
    assignee_id, campaign_id, phone, email, words, body, created_at, updated_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, status = excluded.status, outcome = excluded.outcome,
    assignee_id = excluded.assignee_id, campaign_id = excluded.campaign_id, words = excluded.words,
    body = excluded.body, updated_at = excluded.updated_at
  WHERE excluded.version > leads.version`

// What is learned later. Set with the rest, their indexes would be written with every change of a lead.
const REACH = `UPDATE leads SET phone = ?2, email = ?3
  WHERE id = ?1 AND version = ?4 AND (phone IS NOT ?2 OR email IS NOT ?3)`

/**
 * Writes leads as they are now, all or none. An older version never replaces a newer one, so it does
 * not matter in what order versions arrive, nor how often.
 */
export async function projectLeads(db: D1Database, leads: LeadData[]): Promise<void> {
  if (leads.length > 0) await db.batch(upserts(db, leads))
}

function upserts(db: D1Database, leads: LeadData[]): D1PreparedStatement[] {
  const upsert = db.prepare(UPSERT)
  const reach = db.prepare(REACH)
  const learned = leads.filter(
    ({ version, phone, email }) => version > 1 && (phone !== null || email !== null),
  )
  const rows = leads.map((lead) =>
    upsert.bind(
      lead.id,
      lead.version,
      lead.projectId,
      lead.status,
      lead.outcome,
      lead.source,
      lead.sourceRef,
      lead.userId,
      lead.assignee?.id ?? null,
      lead.campaignId,
      lead.phone,
      lead.email,
      wordsOf(lead),
      JSON.stringify(lead),
      lead.createdAt,
      lead.updatedAt,
    ),
  )
  return [
    ...rows,
    ...learned.map(({ id, phone, email, version }) => reach.bind(id, phone, email, version)),
  ]
}

/** What a list of leads is narrowed by; `createdAt` from inclusive, to exclusive (ISO times). */
export interface LeadFilter {
  projectId?: string | undefined
  status?: LeadStatus | undefined
  source?: LeadSource | undefined
  sourceRef?: string | undefined
  userId?: string | undefined
  assigneeId?: string | undefined
  campaignId?: string | undefined
  search?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

/** Where a page ended: the next begins after it. */
export interface LeadPosition {
  createdAt: string
  id: string
}

const CONDITION_OF = {
  projectId: 'project_id = ?',
  status: 'status = ?',
  source: 'source = ?',
  sourceRef: 'source_ref = ?',
  userId: 'user_id = ?',
  assigneeId: 'assignee_id = ?',
  campaignId: 'campaign_id = ?',
  search: 'seq IN (SELECT rowid FROM leads_search WHERE leads_search MATCH ?)',
  from: 'created_at >= ?',
  to: 'created_at < ?',
} as const satisfies Record<keyof LeadFilter, string>

/** A page of leads, newest first or oldest first; `next` is `null` when nothing follows. */
export async function listLeads(
  db: D1Database,
  filter: LeadFilter,
  page: { after: LeadPosition | null; limit: number; oldestFirst?: boolean },
): Promise<{ leads: LeadData[]; next: LeadPosition | null }> {
  const conditions: string[] = []
  const values: unknown[] = []
  for (const [name, value] of Object.entries(filter)) {
    if (value === undefined) continue
    conditions.push(CONDITION_OF[name as keyof LeadFilter])
    values.push(name === 'search' ? searchQuery(value) : value)
  }
  if (page.after) {
    conditions.push(`(created_at, id) ${page.oldestFirst ? '>' : '<'} (?, ?)`)
    values.push(page.after.createdAt, page.after.id)
  }
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const order = page.oldestFirst ? 'created_at, id' : 'created_at DESC, id DESC'
  const { results } = await db
    .prepare(`SELECT body FROM leads ${where} ORDER BY ${order} LIMIT ?`)
    .bind(...values, page.limit + 1)
    .all<{ body: string }>()
  const leads = results.slice(0, page.limit).map((row) => leadSchema.parse(JSON.parse(row.body)))
  const last = results.length > page.limit ? leads.at(-1) : undefined
  return { leads, next: last ? { createdAt: last.createdAt, id: last.id } : null }
}

/**
 * Writes leads as `projectLeads` does, and finds the repeats among and around them: pairs of a lead
 * and the project's first lead with the same phone or e-mail. A pair is found whichever of the two is
 * written, so it does not matter which of two that come together is written first.
 */
export async function projectAndFindRepeats(db: D1Database, leads: LeadData[]): Promise<Repeat[]> {
  // One whose repeat is known asks no more.
  const reachable = leads.filter(
    ({ phone, email, repeatOf }) => repeatOf === null && (phone !== null || email !== null),
  )
  if (reachable.length === 0) {
    await projectLeads(db, leads)
    return []
  }
  const ask = db.prepare(REPEATS).bind(JSON.stringify(reachable.map(({ id }) => id)))
  const results = await db.batch<RepeatRow>([...upserts(db, leads), ask])
  const rows = results.at(-1)?.results ?? []
  return rows.map(({ id, of, ...earlier }) => ({ id, of, earlier }))
}

type RepeatRow = EarlierLead & { id: string; of: string }

const REPEATS = `WITH asked AS (
    SELECT project_id, phone, email FROM leads WHERE id IN (SELECT value FROM json_each(?1))
  ), met AS (
    SELECT l.id, l.project_id, l.phone, l.email, l.created_at, l.body ->> 'repeatOf' AS known
    FROM asked JOIN leads l ON l.phone = asked.phone AND l.project_id = asked.project_id
    UNION
    SELECT l.id, l.project_id, l.phone, l.email, l.created_at, l.body ->> 'repeatOf'
    FROM asked JOIN leads l ON l.email = asked.email AND l.project_id = asked.project_id
  )
  SELECT found.id, found.of, first.created_at AS createdAt, first.status, first.outcome,
    first.body ->> '$.assignee.name' AS manager
  FROM (
    SELECT later.id, (
      SELECT earlier.id FROM met earlier
      WHERE earlier.project_id = later.project_id
        AND (earlier.phone = later.phone OR earlier.email = later.email)
        AND (earlier.created_at, earlier.id) < (later.created_at, later.id)
      ORDER BY earlier.created_at, earlier.id LIMIT 1
    ) AS of
    FROM met later WHERE later.known IS NULL
  ) found JOIN leads first ON first.id = found.of`

/** Where a lead stands in lists; `null` when there is none. */
export async function findLeadPosition(db: D1Database, id: string): Promise<LeadPosition | null> {
  const sql = 'SELECT created_at AS createdAt, id FROM leads WHERE id = ?1'
  return db.prepare(sql).bind(id).first<LeadPosition>()
}

/**
 * Leads received in a period (ISO times, the end exclusive), by status and outcome. Repeats that were
 * merged are counted with the lead they were merged into: only they are closed without an outcome.
 */
export async function countLeads(
  db: D1Database,
  { projectId, from, to }: { projectId: string; from: string; to: string },
): Promise<{ status: LeadStatus; outcome: LeadData['outcome']; n: number }[]> {
  const { results } = await db
    .prepare(
      `SELECT status, outcome, count(*) AS n FROM leads
       WHERE project_id = ?1 AND created_at >= ?2 AND created_at < ?3
         AND NOT (status = 'closed' AND outcome IS NULL)
       GROUP BY status, outcome`,
    )
    .bind(projectId, from, to)
    .all<{ status: LeadStatus; outcome: LeadData['outcome']; n: number }>()
  return results
}

/** Ids of leads of a project that are not closed, newest first. */
export async function listOpenLeadIds(
  db: D1Database,
  projectId: string,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM leads WHERE project_id = ?1 AND status IN ('new', 'in_progress')
       ORDER BY created_at DESC LIMIT ?2`,
    )
    .bind(projectId, limit)
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}

/** How many leads of a project each manager has in work, without those of these ids. */
export async function countOpenLeads(
  db: D1Database,
  projectId: string,
  butNot: string[],
): Promise<Map<string, number>> {
  const { results } = await db
    .prepare(
      `SELECT assignee_id AS id, count(*) AS n FROM leads
       WHERE status = 'in_progress' AND project_id = ?1 AND assignee_id IS NOT NULL
         AND id NOT IN (SELECT value FROM json_each(?2))
       GROUP BY assignee_id`,
    )
    .bind(projectId, JSON.stringify(butNot))
    .all<{ id: string; n: number }>()
  return new Map(results.map(({ id, n }) => [id, n]))
}

/** The words a lead is found by: its texts folded, its phone also by its last digits. */
function wordsOf(lead: LeadData): string {
  const digits = lead.phone?.replace(/\D/g, '') ?? ''
  const endings = digits ? [digits, digits.slice(-9), digits.slice(-7), digits.slice(-4)] : []
  const texts = [lead.name, lead.contact, lead.email, lead.campaignName]
  return fold([...texts, ...endings].filter(Boolean).join(' '))
}
