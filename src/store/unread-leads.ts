import { z } from 'zod'
import { isoTime } from '../time.ts'

/** A lead that was made and shown, but what it holds is not read. */
export const unreadLeadSchema = z.object({
  leadId: z.uuid(),
  leadgenId: z.string().describe('Its id at Meta'),
  pageId: z.string(),
  projectId: z.string(),
  reason: z.string().describe('Why it could not be read last'),
  isGivenUp: z.boolean().describe('It is not tried again by itself'),
  since: z.string(),
  updatedAt: z.string(),
})

export type UnreadLead = z.infer<typeof unreadLeadSchema>

const COLUMNS = `lead_id AS leadId, leadgen_id AS leadgenId, page_id AS pageId,
  project_id AS projectId, reason, is_given_up AS isGivenUp, created_at AS since,
  updated_at AS updatedAt`

type UnreadRow = Omit<UnreadLead, 'isGivenUp'> & { isGivenUp: number }

function readRow(row: UnreadRow): UnreadLead {
  return { ...row, isGivenUp: row.isGivenUp === 1 }
}

/** Writes down why leads could not be read; the same reason again writes nothing. */
export async function recordUnread(
  db: D1Database,
  leads: Pick<
    UnreadLead,
    'leadId' | 'leadgenId' | 'pageId' | 'projectId' | 'reason' | 'isGivenUp'
  >[],
): Promise<void> {
  const statements = chunksOf(leads).map((some) => {
    const rows = some.map((lead) => [
      lead.leadId,
      lead.leadgenId,
      lead.pageId,
      lead.projectId,
      lead.reason,
      lead.isGivenUp ? 1 : 0,
    ])
    return db
      .prepare(
        `INSERT INTO unread_leads (lead_id, leadgen_id, page_id, project_id, reason, is_given_up,
           created_at, updated_at)
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, ?2, ?2
         FROM json_each(?1) WHERE true
         ON CONFLICT (lead_id) DO UPDATE SET reason = excluded.reason,
           is_given_up = excluded.is_given_up, updated_at = excluded.updated_at
         WHERE (unread_leads.reason, unread_leads.is_given_up) IS NOT
           (excluded.reason, excluded.is_given_up)`,
      )
      .bind(JSON.stringify(rows), isoTime())
  })
  if (statements.length > 0) await db.batch(statements)
}

/** They are read now. */
export async function forgetUnread(db: D1Database, leadIds: string[]): Promise<void> {
  if (leadIds.length === 0) return
  await db
    .prepare('DELETE FROM unread_leads WHERE lead_id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(leadIds))
    .run()
}

export async function findUnread(db: D1Database, leadId: string): Promise<UnreadLead | null> {
  const row = await db
    .prepare(`SELECT ${COLUMNS} FROM unread_leads WHERE lead_id = ?1`)
    .bind(leadId)
    .first<UnreadRow>()
  return row && readRow(row)
}

/** What is unread, longest first, after a position; one more than asked tells that more follow. */
export async function listUnread(
  db: D1Database,
  { after, limit }: { after: { createdAt: string; id: string } | null; limit: number },
): Promise<UnreadLead[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM unread_leads WHERE (created_at, lead_id) > (?1, ?2)
       ORDER BY created_at, lead_id LIMIT ?3`,
    )
    .bind(after?.createdAt ?? '', after?.id ?? '', limit)
    .all<UnreadRow>()
  return results.map(readRow)
}

/** So many rows fit well into the value of one statement (Cloudflare: D1, 2 MB). */
const ROWS_AT_ONCE = 2_000

function chunksOf<Item>(items: Item[]): Item[][] {
  const count = Math.ceil(items.length / ROWS_AT_ONCE)
  return Array.from({ length: count }, (_, n) =>
    items.slice(n * ROWS_AT_ONCE, (n + 1) * ROWS_AT_ONCE),
  )
}
