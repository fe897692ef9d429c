import { isoTime } from '../time.ts'

/** One campaign on one day of its ad account's timezone. */
export interface Insight {
  date: string
  campaignId: string
  campaignName: string
  currency: string
  /** Millionths of the currency. */
  spendMicros: number
  impressions: number
  clicks: number
  leads: number
  /** Leads of instant forms only: the number our own count is compared with. */
  formLeads: number
  /** Conversations begun in messengers. */
  messages: number
  purchases: number
  /** Meta's own Results and what they are; `null` where it gives none. */
  results: number | null
  resultIndicator: string | null
  /** Meta's `actions`, untouched, so that the rule can change without reading again. */
  actions: unknown
}

/** Sums over some days and campaigns. */
export interface InsightSums {
  spendMicros: number
  impressions: number
  clicks: number
  leads: number
  formLeads: number
  messages: number
  purchases: number
}

/** Sums of one campaign, with its Results where all of them are of one kind. */
export interface CampaignSums extends InsightSums {
  campaignId: string
  name: string | null
  results: number | null
  resultIndicator: string | null
}

/** Sums of one day; `restatedAt`: when Meta last changed them after the day was over. */
export interface DaySums extends InsightSums {
  date: string
  restatedAt: string | null
}

const COUNTED =
  'spend_micros, impressions, clicks, leads, form_leads, messages, purchases, results, result_indicator'

const of = (table: string, columns = `${COUNTED}, currency, actions`) =>
  columns
    .split(', ')
    .map((column) => `${table}.${column}`)
    .join(', ')

/**
 * Writes the insights that are new or changed; returns how many those were. A row of a day before
 * `settled` whose spend, impressions, clicks or leads have changed is marked as restated.
 */
export async function upsertInsights(
  db: D1Database,
  accountId: string,
  insights: Insight[],
  settled: string,
): Promise<number> {
  if (insights.length === 0) return 0
  const rows = JSON.stringify(insights)
  const now = isoTime()
  const numbers = 'spend_micros, impressions, clicks, leads, form_leads'
  const [, written] = await db.batch([
    db
      .prepare(
        `INSERT INTO campaigns (id, account_id, name, created_at, updated_at)
         SELECT value ->> 'campaignId', ?1, value ->> 'campaignName', ?3, ?3 FROM json_each(?2)
         WHERE true
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at
         WHERE excluded.name <> campaigns.name`,
      )
      .bind(accountId, rows, now),
    db
      .prepare(
        `INSERT INTO insights (account_id, date, campaign_id, currency, ${COUNTED}, actions,
           created_at, updated_at)
         SELECT ?1, value ->> 'date', value ->> 'campaignId', value ->> 'currency',
           value ->> 'spendMicros', value ->> 'impressions', value ->> 'clicks', value ->> 'leads',
           value ->> 'formLeads', value ->> 'messages', value ->> 'purchases', value ->> 'results',
           value ->> 'resultIndicator', value -> 'actions', ?3, ?3
         FROM json_each(?2) WHERE true
         ON CONFLICT (account_id, date, campaign_id) DO UPDATE SET
           (${COUNTED}, currency, actions) = (${of('excluded')}),
           updated_at = excluded.updated_at,
           restated_at = CASE
             WHEN insights.date < ?4 AND (${of('excluded', numbers)}) IS NOT (${of('insights', numbers)})
             THEN excluded.updated_at ELSE insights.restated_at END
         WHERE (${of('excluded')}) IS NOT (${of('insights')})`,
      )
      .bind(accountId, rows, now, settled),
  ])
  return written?.meta.changes ?? 0
}

const SUMS = `coalesce(sum(spend_micros), 0) AS spendMicros,
  coalesce(sum(impressions), 0) AS impressions, coalesce(sum(clicks), 0) AS clicks,
  coalesce(sum(leads), 0) AS leads, coalesce(sum(form_leads), 0) AS formLeads,
  coalesce(sum(messages), 0) AS messages, coalesce(sum(purchases), 0) AS purchases`

/** Results of different kinds make no sum. */
const RESULTS = `CASE WHEN min(result_indicator) = max(result_indicator) THEN sum(results) END AS results,
  CASE WHEN min(result_indicator) = max(result_indicator) THEN min(result_indicator) END
    AS resultIndicator`

/**
 * Days of one account, both ends included, `YYYY-MM-DD`: of all its campaigns, or without those that
 * belong to another project than this.
 */
export interface InsightRange {
  accountId: string
  from: string
  to: string
  projectId?: string
}

const IN_RANGE = 'WHERE account_id = ?1 AND date BETWEEN ?2 AND ?3'

/** Several projects may share an account; a campaign that was given to one is not the others'. */
const NOT_OTHERS = `AND campaign_id NOT IN
  (SELECT meta_id FROM meta_routes WHERE kind = 'campaign' AND project_id <> ?4)`

/** What the insights of a range come to: in all, by campaign (dearest first) and by day. */
export async function sumInsights(
  db: D1Database,
  { accountId, from, to, projectId }: InsightRange,
): Promise<{ totals: InsightSums; campaigns: CampaignSums[]; days: DaySums[] }> {
  const range = [accountId, from, to, ...(projectId === undefined ? [] : [projectId])]
  const where = projectId === undefined ? IN_RANGE : `${IN_RANGE} ${NOT_OTHERS}`
  const [campaigns, days] = await db.batch([
    db
      .prepare(
        `SELECT s.*, c.name FROM (
           SELECT campaign_id AS campaignId, ${SUMS}, ${RESULTS} FROM insights ${where}
           GROUP BY campaign_id
         ) s LEFT JOIN campaigns c ON c.id = s.campaignId ORDER BY s.spendMicros DESC`,
      )
      .bind(...range),
    db
      .prepare(
        `SELECT date, ${SUMS}, max(restated_at) AS restatedAt FROM insights ${where}
         GROUP BY date ORDER BY date`,
      )
      .bind(...range),
  ])
  const perDay = (days?.results ?? []) as DaySums[]
  return {
    totals: addInsights(perDay),
    campaigns: (campaigns?.results ?? []) as CampaignSums[],
    days: perDay,
  }
}

/** Sums of sums. */
export function addInsights(all: InsightSums[]): InsightSums {
  return {
    spendMicros: total(all, 'spendMicros'),
    impressions: total(all, 'impressions'),
    clicks: total(all, 'clicks'),
    leads: total(all, 'leads'),
    formLeads: total(all, 'formLeads'),
    messages: total(all, 'messages'),
    purchases: total(all, 'purchases'),
  }
}

function total(all: InsightSums[], name: keyof InsightSums): number {
  return all.reduce((sum, one) => sum + one[name], 0)
}

/** Writes down that these days were read to their end, begun at this time (ISO). */
export async function markRead(
  db: D1Database,
  { accountId, from, to }: InsightRange,
  readAt: string,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO insight_days (account_id, date, read_at)
       WITH RECURSIVE days (date) AS (
         SELECT ?2 UNION ALL SELECT date(date, '+1 day') FROM days WHERE date < ?3
       ) SELECT ?1, date, ?4 FROM days WHERE true
       ON CONFLICT (account_id, date) DO UPDATE SET read_at = max(read_at, excluded.read_at)`,
    )
    .bind(accountId, from, to, readAt)
    .run()
}

/** When the days of a range were read: the day that waits longest, and how many days were. */
export async function findReading(
  db: D1Database,
  { accountId, from, to }: InsightRange,
): Promise<{ oldestAt: string | null; days: number }> {
  const row = await db
    .prepare(
      `SELECT min(read_at) AS oldestAt, count(*) AS days FROM insight_days
       WHERE account_id = ?1 AND date BETWEEN ?2 AND ?3`,
    )
    .bind(accountId, from, to)
    .first<{ oldestAt: string | null; days: number }>()
  return row ?? { oldestAt: null, days: 0 }
}

/**
 * The first day of a range that was read, but not since Meta has stopped changing it: it does so for 28
 * days after the day (Meta: insights best practices).
 */
export async function findUnsettled(
  db: D1Database,
  { accountId, from, to }: InsightRange,
): Promise<string | null> {
  const sql = `SELECT min(date) AS date FROM insight_days ${IN_RANGE}
    AND read_at < date(date, '+29 days')`
  return db.prepare(sql).bind(accountId, from, to).first<string | null>('date')
}

/** How many rows of a range there are. */
export async function countInsights(
  db: D1Database,
  { accountId, from, to }: InsightRange,
): Promise<number> {
  const sql = `SELECT count(*) AS n FROM insights ${IN_RANGE}`
  return (await db.prepare(sql).bind(accountId, from, to).first<number>('n')) ?? 0
}

/** Deletes the rows of a range that are none of these and were written before a time; gives how many. */
export async function deleteInsights(
  db: D1Database,
  { accountId, from, to }: InsightRange,
  kept: { date: string; campaignId: string }[],
  before: string,
): Promise<number> {
  const days = Map.groupBy(kept, ({ date }) => date)
  const campaigns = [...days].map(([date, rows]) => [date, rows.map((row) => row.campaignId)])
  const { meta } = await db
    .prepare(
      `DELETE FROM insights ${IN_RANGE} AND updated_at < ?5 AND (date, campaign_id) NOT IN (
         SELECT day.value ->> 0, campaign.value
         FROM json_each(?4) day, json_each(day.value, '$[1]') campaign
       )`,
    )
    .bind(accountId, from, to, JSON.stringify(campaigns), before)
    .run()
  return meta.changes
}
