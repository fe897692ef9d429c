import { z } from 'zod'
import { type LeadData, leadSchema } from '../lead.ts'
import { isoTime } from '../time.ts'

/** The stages of a lead that Meta is told of, earlier ones first; a lead reaches one of the last three. */
export const CONVERSION_STAGES = ['lead', 'contacted', 'won', 'lost', 'spam'] as const

/** `too_old`: Meta takes nothing from more than seven days ago, so it was never sent. */
export const CONVERSION_STATES = ['waiting', 'sent', 'failed', 'too_old'] as const

/** One stage of one lead, and whether Meta knows of it. */
export const conversionSchema = z.object({
  stage: z.enum(CONVERSION_STAGES),
  state: z.enum(CONVERSION_STATES),
  at: z.iso.datetime().describe('When the lead reached the stage, as Meta is told'),
  reason: z.string().nullable().describe('Why Meta refused it: code/subcode'),
})

/** The same among those of other leads. */
export const listedConversionSchema = conversionSchema.extend({
  leadId: z.uuid(),
  projectId: z.string(),
  updatedAt: z.iso.datetime(),
})

export type ConversionStage = (typeof CONVERSION_STAGES)[number]
export type ConversionState = (typeof CONVERSION_STATES)[number]
export type Conversion = z.infer<typeof conversionSchema>
export type ListedConversion = z.infer<typeof listedConversionSchema>

/** Which stage of which lead. */
export interface ConversionKey {
  leadId: string
  stage: ConversionStage
}

/** A stage that a lead has reached; `eventTime` in epoch seconds. */
export type ReachedStage = ConversionKey & { projectId: string; eventTime: number }

/** A stage that Meta does not know of yet, with its lead as it is now. */
export type WaitingConversion = ConversionKey & { eventTime: number; lead: LeadData }

/** Writes stages down to be sent, each once however often it is reached; how many are new. */
export async function addConversions(db: D1Database, reached: ReachedStage[]): Promise<number> {
  const rows = reached.map((one) => [one.leadId, one.stage, one.projectId, one.eventTime])
  // Without WHERE SQLite takes ON CONFLICT for a part of a join.
  const { meta } = await db
    .prepare(
      `INSERT INTO conversions (lead_id, stage, project_id, state, event_time, created_at, updated_at)
       SELECT value ->> 0, value ->> 1, value ->> 2, 'waiting', value ->> 3, ?2, ?2
       FROM json_each(?1) WHERE true ON CONFLICT DO NOTHING`,
    )
    .bind(JSON.stringify(rows), isoTime())
    .run()
  return meta.changes
}

/** Those that a connection can send to a dataset now, earlier stages of a lead before later ones. */
export async function listWaitingConversions(
  db: D1Database,
  { connectionId, datasetId, limit }: { connectionId: string; datasetId: string; limit: number },
): Promise<WaitingConversion[]> {
  const { results } = await db
    .prepare(
      `SELECT c.lead_id AS leadId, c.stage, c.event_time AS eventTime, l.body
       FROM projects p CROSS JOIN conversions c ON c.project_id = p.id AND c.state = 'waiting'
         JOIN leads l ON l.id = c.lead_id
       WHERE p.connection_id = ?1 AND p.dataset_id = ?2
       ORDER BY c.event_time, c.lead_id, c.stage LIMIT ?3`,
    )
    .bind(connectionId, datasetId, limit)
    .all<ConversionKey & { eventTime: number; body: string }>()
  return results.map(({ body, ...row }) => ({ ...row, lead: leadSchema.parse(JSON.parse(body)) }))
}

/** Gives up what waits from before a time (epoch seconds). */
export async function expireConversions(db: D1Database, before: number): Promise<void> {
  await db
    .prepare(
      `UPDATE conversions SET state = 'too_old', updated_at = ?2
       WHERE project_id IN (SELECT id FROM projects) AND state = 'waiting' AND event_time < ?1`,
    )
    .bind(before, isoTime())
    .run()
}

/** Writes down what became of those that were sent; one that is known to be sent stays so. */
export async function settleConversions(
  db: D1Database,
  keys: ConversionKey[],
  { state, reason }: { state: 'sent' | 'failed'; reason: string | null },
): Promise<void> {
  const rows = keys.map(({ leadId, stage }) => [leadId, stage])
  await db
    .prepare(
      `UPDATE conversions SET state = ?2, reason = ?3, updated_at = ?4
       FROM (SELECT value ->> 0 AS lead_id, value ->> 1 AS stage FROM json_each(?1)) AS settled
       WHERE conversions.lead_id = settled.lead_id AND conversions.stage = settled.stage
         AND conversions.state <> 'sent'`,
    )
    .bind(JSON.stringify(rows), state, reason, isoTime())
    .run()
}

/** Meta is told no more of leads that turned out to be none. */
export async function forgetConversions(db: D1Database, leadIds: string[]): Promise<void> {
  await db
    .prepare('DELETE FROM conversions WHERE lead_id IN (SELECT value FROM json_each(?1))')
    .bind(JSON.stringify(leadIds))
    .run()
}

/** Has one that Meta refused sent again; false when there is none. */
export async function retryConversion(db: D1Database, key: ConversionKey): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `UPDATE conversions SET state = 'waiting', reason = NULL, updated_at = ?3
       WHERE lead_id = ?1 AND stage = ?2 AND state = 'failed'`,
    )
    .bind(key.leadId, key.stage, isoTime())
    .run()
  return meta.changes > 0
}

/** Has sent to a project's new dataset what the one before has refused. */
export async function reviveConversions(db: D1Database, projectId: string): Promise<void> {
  await db
    .prepare(
      `UPDATE conversions SET state = 'waiting', reason = NULL, updated_at = ?2
       WHERE project_id = ?1 AND state = 'failed'`,
    )
    .bind(projectId, isoTime())
    .run()
}

/** The datasets for which something waits, and who can send it. */
export async function listWaitingDatasets(
  db: D1Database,
): Promise<{ connectionId: string; datasetId: string }[]> {
  const { results } = await db
    .prepare(
      `SELECT DISTINCT connection_id AS connectionId, dataset_id AS datasetId FROM projects p
       WHERE connection_id IS NOT NULL AND dataset_id IS NOT NULL AND EXISTS
         (SELECT 1 FROM conversions c WHERE c.project_id = p.id AND c.state = 'waiting')`,
    )
    .all<{ connectionId: string; datasetId: string }>()
  return results
}

const SHOWN = `stage, state, reason, strftime('%Y-%m-%dT%H:%M:%fZ', event_time, 'unixepoch') AS at,
  lead_id AS leadId, project_id AS projectId, updated_at AS updatedAt`

/** What Meta knows of a lead, in the order of its stages. */
export async function conversionsOf(db: D1Database, leadId: string): Promise<Conversion[]> {
  const { results } = await db
    .prepare(`SELECT ${SHOWN} FROM conversions WHERE lead_id = ?1 ORDER BY event_time, stage`)
    .bind(leadId)
    .all<ListedConversion>()
  return results.map((row) => conversionSchema.parse(row))
}

/** Where a page of a list ended. */
export interface ConversionPosition {
  at: string
  leadId: string
  stage: string
}

/** A page of a project's stages, the latest first; `next` is `null` when nothing follows. */
export async function listConversions(
  db: D1Database,
  { projectId, state }: { projectId: string; state: ConversionState | undefined },
  page: { after: ConversionPosition | null; limit: number },
): Promise<{ items: ListedConversion[]; next: ConversionPosition | null }> {
  const states = state === undefined ? CONVERSION_STATES : [state]
  const { at = '9999-01-01T00:00:00.000Z', leadId = '', stage = '' } = page.after ?? {}
  // Each state by its own stretch of the index.
  const parts = states.map(
    (one) => `SELECT * FROM (
      SELECT event_time, ${SHOWN} FROM conversions
      WHERE project_id = ?1 AND state = '${one}' AND (event_time, lead_id, stage) < (?2, ?3, ?4)
      ORDER BY event_time DESC, lead_id DESC, stage DESC LIMIT ?5)`,
  )
  const { results } = await db
    .prepare(
      `${parts.join(' UNION ALL ')} ORDER BY event_time DESC, leadId DESC, stage DESC LIMIT ?5`,
    )
    .bind(projectId, Math.floor(Date.parse(at) / 1000), leadId, stage, page.limit + 1)
    .all<ListedConversion>()
  const items = results.slice(0, page.limit).map((row) => listedConversionSchema.parse(row))
  return { items, next: results.length > page.limit ? (items.at(-1) ?? null) : null }
}

/** How many stages of a project are in each state, of those reached since a time (epoch seconds). */
export async function countConversions(
  db: D1Database,
  { projectId, since }: { projectId: string; since: number },
): Promise<Record<ConversionState, number>> {
  const { results } = await db
    .prepare(
      CONVERSION_STATES.map(
        (state) => `SELECT '${state}' AS state, count(*) AS n FROM conversions
          WHERE project_id = ?1 AND state = '${state}' AND event_time >= ?2`,
      ).join(' UNION ALL '),
    )
    .bind(projectId, since)
    .all<{ state: ConversionState; n: number }>()
  const counts = Object.fromEntries(results.map(({ state, n }) => [state, n]))
  return { waiting: 0, sent: 0, failed: 0, too_old: 0, ...counts }
}
