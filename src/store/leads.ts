import {
  type EarlierLead,
  type LeadData,
  leadSchema,
  type LeadSource,
  type LeadStatus,
  type Repeat,
} from '../lead.ts'
import { fold, searchQuery } from './search-words.ts'

const COLUMNS = `id, version, project_id, status, outcome, source, source_ref, user_id, assignee_id,
  campaign_id, phone, email, words, body, created_at, updated_at, is_test`

// Many leads in one statement: each statement costs D1 more than the rows it writes. Without WHERE
// SQLite takes ON CONFLICT for a part of a join.
const UPSERT = `INSERT INTO leads (${COLUMNS})
  SELECT ${COLUMNS.split(',')
    .map((_, n) => `value ->> ${n}`)
    .join(', ')} FROM json_each(?1) WHERE true
  ON CONFLICT (id) DO UPDATE SET
    version = excluded.version, status = excluded.status, outcome = excluded.outcome,
    assignee_id = excluded.assignee_id, campaign_id = excluded.campaign_id, words = excluded.words,
    body = excluded.body, updated_at = excluded.updated_at, is_test = excluded.is_test
  WHERE excluded.version > leads.version`

// What is learned later. Set with the rest, their indexes would be written with every change of a lead.
const REACH = `UPDATE leads SET phone = learned.phone, email = learned.email
  FROM (
    SELECT value ->> 0 AS id, value ->> 1 AS version, value ->> 2 AS phone, value ->> 3 AS email
    FROM json_each(?1)
  ) AS learned
  WHERE leads.id = learned.id AND leads.version = learned.version
    AND (leads.phone IS NOT learned.phone OR leads.email IS NOT learned.email)`

/**
 * Writes leads as they are now, all or none. An older version never replaces a newer one, so it does
 * not matter in what order versions arrive, nor how often.
 */
export async function projectLeads(db: D1Database, leads: LeadData[]): Promise<void> {
  if (leads.length > 0) await db.batch(upserts(db, leads))
}

function upserts(db: D1Database, leads: LeadData[]): D1PreparedStatement[] {
  const rows = leads.map((lead) => [
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
    lead.isTest ? 1 : 0,
  ])
  const learned = leads
    .filter(({ version, phone, email }) => version > 1 && (phone !== null || email !== null))
    .map(({ id, version, phone, email }) => [id, version, phone, email])
  const upsert = db.prepare(UPSERT).bind(JSON.stringify(rows))
  return learned.length === 0 ? [upsert] : [upsert, db.prepare(REACH).bind(JSON.stringify(learned))]
}

/** What a list of leads is narrowed by; `createdAt` from inclusive, to exclusive (ISO times). */
export interface LeadFilter {
  projectId?: string | undefined
  /** Any of these projects; of one alone `projectId` is read faster. */
  projectIds?: string[] | undefined
  status?: LeadStatus | undefined
  source?: LeadSource | undefined
  /** The portal key that has sent them. */
  keyId?: string | undefined
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
  projectIds: '+project_id IN (SELECT value FROM json_each(?))',
  status: 'status = ?',
  source: 'source = ?',
  // In these words: only so the index of what keys have sent is found.
  keyId: "source = 'api' AND source_ref = ?",
  userId: 'user_id = ?',
  assigneeId: 'assignee_id = ?',
  campaignId: 'campaign_id = ?',
  search: 'seq IN (SELECT rowid FROM leads_search WHERE leads_search MATCH ?)',
  from: 'created_at >= ?',
  to: 'created_at < ?',
} as const satisfies Record<keyof LeadFilter, string>

/** What few leads share: with one of these, an index of what many share is never the better one. */
const NARROW = ['search', 'keyId', 'userId', 'assigneeId', 'campaignId'] as const

/** The conditions of a filter, and their values; `+` keeps the planner from an index. */
function conditionsOf(filter: LeadFilter): { conditions: string[]; values: unknown[] } {
  const isNarrow = NARROW.some((name) => filter[name] !== undefined)
  // Open leads are few, those of a project are many, and closed ones are nearly all.
  const isOpen = filter.status !== undefined && filter.status !== 'closed'
  const isPassedOver: { [Name in keyof LeadFilter]?: boolean } = {
    projectId: isNarrow || isOpen,
    status: isNarrow || (filter.projectId !== undefined && !isOpen),
  }
  const conditions: string[] = []
  const values: unknown[] = []
  for (const [key, value] of Object.entries(filter)) {
    if (value === undefined) continue
    const name = key as keyof LeadFilter
    conditions.push(`${isPassedOver[name] ? '+' : ''}${CONDITION_OF[name]}`)
    if (Array.isArray(value)) values.push(JSON.stringify(value))
    else values.push(name === 'search' ? searchQuery(value) : value)
  }
  return { conditions, values }
}

/** A page of leads, newest first or oldest first; `next` is `null` when nothing follows. */
export async function listLeads(
  db: D1Database,
  filter: LeadFilter,
  page: { after: LeadPosition | null; limit: number; oldestFirst?: boolean },
): Promise<{ leads: LeadData[]; next: LeadPosition | null }> {
  const { conditions, values } = conditionsOf(filter)
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

/** How many leads of a list come before its page and after it; at most so many are counted. */
export async function countAround(
  db: D1Database,
  filter: LeadFilter,
  page: { first: LeadPosition; last: LeadPosition; oldestFirst: boolean; limit: number },
): Promise<{ before: number; after: number }> {
  const { conditions, values } = conditionsOf(filter)
  const count = (side: '<' | '>') =>
    `(SELECT count(*) FROM (SELECT 1 FROM leads
      WHERE ${[...conditions, `(created_at, id) ${side} (?, ?)`].join(' AND ')} LIMIT ?))`
  const [before, after] = page.oldestFirst ? (['<', '>'] as const) : (['>', '<'] as const)
  const bound = [page.first, page.last].flatMap(({ createdAt, id }) => [
    ...values,
    createdAt,
    id,
    page.limit,
  ])
  const row = await db
    .prepare(`SELECT ${count(before)} AS before, ${count(after)} AS after`)
    .bind(...bound)
    .first<{ before: number; after: number }>()
  return row ?? { before: 0, after: 0 }
}

/** The projects of the latest leads of a filter, so many that a list shows at once. */
export async function projectIdsOfLatest(db: D1Database, filter: LeadFilter): Promise<Set<string>> {
  const { conditions, values } = conditionsOf(filter)
  const { results } = await db
    .prepare(
      `SELECT DISTINCT id FROM (
         SELECT project_id AS id FROM leads WHERE ${conditions.join(' AND ')}
         ORDER BY created_at DESC, leads.id DESC LIMIT 200
       )`,
    )
    .bind(...values)
    .all<{ id: string }>()
  return new Set(results.map(({ id }) => id))
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

const LATER_AT_ONCE = 50

/** The first lead of a project that had a phone or an e-mail before `l` came with it. */
const EARLIEST = `(SELECT id FROM (${(['phone', 'email'] as const)
  .map(
    (reach) => `SELECT * FROM (
      SELECT e.created_at, e.id FROM leads e
      WHERE e.${reach} = l.${reach} AND e.project_id = l.project_id
        AND (e.created_at, e.id) < (l.created_at, l.id)
      ORDER BY e.created_at, e.id LIMIT 1)`,
  )
  .join(' UNION ALL ')}) ORDER BY created_at, id LIMIT 1)`

/** Leads that came after those asked about, and do not know yet that they are repeats. */
const laterBy = (reach: 'phone' | 'email') => `SELECT * FROM (
    SELECT later.id FROM asked JOIN leads later
      ON later.${reach} = asked.${reach}
        AND (later.created_at, later.id) > (asked.created_at, asked.id)
    WHERE later.project_id = asked.project_id AND later.body ->> 'repeatOf' IS NULL
    LIMIT ${LATER_AT_ONCE})`

const REPEATS = `WITH asked AS (
    SELECT id, project_id, phone, email, created_at FROM leads
    WHERE id IN (SELECT value FROM json_each(?1))
  ), met AS (SELECT id FROM asked UNION ${laterBy('phone')} UNION ${laterBy('email')})
  SELECT found.id, found.of, first.created_at AS createdAt, first.status, first.outcome,
    first.body ->> '$.assignee.name' AS manager
  FROM (SELECT l.id, ${EARLIEST} AS of FROM met JOIN leads l ON l.id = met.id) found
  JOIN leads first ON first.id = found.of`

/** Where a lead stands in lists; `null` when there is none. */
export async function findLeadPosition(db: D1Database, id: string): Promise<LeadPosition | null> {
  const sql = 'SELECT created_at AS createdAt, id FROM leads WHERE id = ?1'
  return db.prepare(sql).bind(id).first<LeadPosition>()
}

/** Ids of leads of a project that are not closed, newest first. */
export async function listOpenLeadIds(
  db: D1Database,
  projectId: string,
  limit: number,
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `SELECT id FROM leads WHERE +project_id = ?1 AND status IN ('new', 'in_progress')
       ORDER BY created_at DESC LIMIT ?2`,
    )
    .bind(projectId, limit)
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}

/**
 * Leads that may still owe something, oldest first: those that are open, and those that were closed
 * and are not older than `closedSince`. Created after a position and before a time (ISO).
 */
export async function listLeadsToWake(
  db: D1Database,
  which: { after: LeadPosition; before: string; closedSince: string; limit: number },
): Promise<(LeadPosition & { userId: string | null })[]> {
  const { results } = await db
    .prepare(
      `${toWake('new', '?1')} UNION ALL ${toWake('in_progress', '?1')} UNION ALL
       ${toWake('closed', 'max(?1, ?4)')} ORDER BY createdAt, id LIMIT ?5`,
    )
    .bind(which.after.createdAt, which.after.id, which.before, which.closedSince, which.limit)
    .all<LeadPosition & { userId: string | null }>()
  return results
}

/** Each status by its own stretch of the index: closed leads are not read to be passed over. */
function toWake(status: LeadStatus, from: string): string {
  return `SELECT * FROM (
    SELECT id, user_id AS userId, created_at AS createdAt FROM leads
    WHERE status = '${status}' AND (created_at, id) > (${from}, ?2) AND created_at < ?3
    ORDER BY created_at, id LIMIT ?5)`
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
