import { z } from 'zod'
import type { LeadStatus } from '../lead.ts'
import { isoTime } from '../time.ts'

/** What Meta has of a project's leads of a day, and what became of them here. */
export const receiptSchema = z.object({
  projectId: z.string(),
  date: z.iso.date().describe('A day of the project'),
  meta: z.int().describe('How many leads Meta has'),
  held: z.int().describe('How many of them we hold'),
  shown: z.int().describe('How many of them were shown to managers'),
  slowestSeconds: z
    .int()
    .nullable()
    .describe('The longest time from the form to the card; null without a card'),
  state: z.enum(['complete', 'short']).describe('short: one of them is not held, or not shown'),
  countedAt: z.string(),
})

export type Receipt = z.infer<typeof receiptSchema>

/** The part of a receipt that one page adds. */
export type Tally = Pick<
  Receipt,
  'projectId' | 'date' | 'meta' | 'held' | 'shown' | 'slowestSeconds'
>

/** Writes down what was counted of a page; counted again, it takes the place of what was before. */
export async function saveReceipts(
  db: D1Database,
  pageId: string,
  tallies: Tally[],
): Promise<void> {
  if (tallies.length === 0) return
  const rows = tallies.map((tally) => [
    tally.projectId,
    tally.date,
    tally.meta,
    tally.held,
    tally.shown,
    tally.slowestSeconds,
    isShort(tally) ? 'short' : 'complete',
  ])
  await db
    .prepare(
      `INSERT INTO receipts (project_id, date, page_id, meta, held, shown, slowest_seconds, state,
         created_at, updated_at)
       SELECT value ->> 0, value ->> 1, ?2, value ->> 2, value ->> 3, value ->> 4, value ->> 5,
         value ->> 6, ?3, ?3
       FROM json_each(?1) WHERE true
       ON CONFLICT (project_id, date, page_id) DO UPDATE SET
         meta = excluded.meta, held = excluded.held, shown = excluded.shown,
         slowest_seconds = excluded.slowest_seconds, state = excluded.state,
         updated_at = excluded.updated_at`,
    )
    .bind(JSON.stringify(rows), pageId, isoTime())
    .run()
}

function isShort({ meta, held, shown }: Tally): boolean {
  return held < meta || shown < meta
}

const SELECT = `SELECT project_id AS projectId, date, sum(meta) AS meta, sum(held) AS held,
    sum(shown) AS shown, max(slowest_seconds) AS slowestSeconds, max(state) AS state,
    min(updated_at) AS countedAt
  FROM receipts`

/** The receipts of a project's days, both included, newest first. */
export async function listReceipts(
  db: D1Database,
  { projectId, from, to }: { projectId: string; from: string; to: string },
): Promise<Receipt[]> {
  const { results } = await db
    .prepare(
      `${SELECT} WHERE project_id = ?1 AND date >= ?2 AND date <= ?3
       GROUP BY project_id, date ORDER BY date DESC`,
    )
    .bind(projectId, from, to)
    .all<Receipt>()
  return results
}

/** The receipts of a project since a day that are short: somebody has to be told of them. */
export async function listShortReceipts(
  db: D1Database,
  projectId: string,
  sinceDate: string,
): Promise<Receipt[]> {
  const { results } = await db
    .prepare(
      `${SELECT} WHERE project_id = ?1 AND date >= ?2
       GROUP BY project_id, date HAVING max(state) = 'short' ORDER BY date DESC`,
    )
    .bind(projectId, sinceDate)
    .all<Receipt>()
  return results
}

/** What became of leads, by their ids: what a receipt has to know of each. */
export async function listLeadStates(
  db: D1Database,
  leadIds: string[],
): Promise<Map<string, { projectId: string; status: LeadStatus; isTest: boolean }>> {
  const { results } = await db
    .prepare(
      `SELECT id, project_id AS projectId, status, is_test AS isTest FROM leads
       WHERE id IN (SELECT value FROM json_each(?1))`,
    )
    .bind(JSON.stringify(leadIds))
    .all<{ id: string; projectId: string; status: LeadStatus; isTest: number }>()
  return new Map(
    results.map(({ id, isTest, ...state }) => [id, { ...state, isTest: isTest === 1 }]),
  )
}
