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
}

/** Writes the insights that are new or changed; returns how many those were. */
export async function upsertInsights(
  db: D1Database,
  accountId: string,
  insights: Insight[],
): Promise<number> {
  if (insights.length === 0) return 0
  const rows = JSON.stringify(insights)
  const [, written] = await db.batch([
    db
      .prepare(
        `INSERT INTO campaigns (id, account_id, name, created_at, updated_at)
         SELECT value ->> 'campaignId', ?1, value ->> 'campaignName', ?3, ?3 FROM json_each(?2)
         WHERE true
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, updated_at = excluded.updated_at
         WHERE excluded.name <> campaigns.name`,
      )
      .bind(accountId, rows, isoTime()),
    db
      .prepare(
        `INSERT INTO insights (account_id, date, campaign_id, currency, spend_micros, impressions,
           clicks, leads, form_leads, actions, created_at, updated_at)
         SELECT ?1, value ->> 'date', value ->> 'campaignId', value ->> 'currency',
           value ->> 'spendMicros', value ->> 'impressions', value ->> 'clicks', value ->> 'leads',
           value ->> 'formLeads', value -> 'actions', ?3, ?3
         FROM json_each(?2) WHERE true
         ON CONFLICT (account_id, date, campaign_id) DO UPDATE SET
           currency = excluded.currency, spend_micros = excluded.spend_micros,
           impressions = excluded.impressions, clicks = excluded.clicks, leads = excluded.leads,
           form_leads = excluded.form_leads, actions = excluded.actions,
           updated_at = excluded.updated_at
         WHERE (excluded.spend_micros, excluded.impressions, excluded.clicks, excluded.leads,
             excluded.form_leads, excluded.actions)
           IS NOT (insights.spend_micros, insights.impressions, insights.clicks, insights.leads,
             insights.form_leads, insights.actions)`,
      )
      .bind(accountId, rows, isoTime()),
  ])
  return written?.meta.changes ?? 0
}

const SUMS = `coalesce(sum(spend_micros), 0) AS spendMicros,
  coalesce(sum(impressions), 0) AS impressions, coalesce(sum(clicks), 0) AS clicks,
  coalesce(sum(leads), 0) AS leads, coalesce(sum(form_leads), 0) AS formLeads`

/** Days of one account, both ends included, `YYYY-MM-DD`. */
export interface InsightRange {
  accountId: string
  from: string
  to: string
}

const IN_RANGE = 'WHERE account_id = ?1 AND date BETWEEN ?2 AND ?3'

/** What the insights of a range come to: in all, by campaign (dearest first) and by day. */
export async function sumInsights(
  db: D1Database,
  { accountId, from, to }: InsightRange,
): Promise<{
  totals: InsightSums
  campaigns: (InsightSums & { campaignId: string; name: string | null })[]
  days: (InsightSums & { date: string })[]
}> {
  const range = [accountId, from, to]
  const [campaigns, days] = await db.batch([
    db
      .prepare(
        `SELECT s.*, c.name FROM (
           SELECT campaign_id AS campaignId, ${SUMS} FROM insights ${IN_RANGE} GROUP BY campaign_id
         ) s LEFT JOIN campaigns c ON c.id = s.campaignId ORDER BY s.spendMicros DESC`,
      )
      .bind(...range),
    db
      .prepare(`SELECT date, ${SUMS} FROM insights ${IN_RANGE} GROUP BY date ORDER BY date`)
      .bind(...range),
  ])
  const perDay = (days?.results ?? []) as (InsightSums & { date: string })[]
  return {
    totals: addInsights(perDay),
    campaigns: (campaigns?.results ?? []) as (InsightSums & {
      campaignId: string
      name: string | null
    })[],
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
  }
}

function total(all: InsightSums[], name: keyof InsightSums): number {
  return all.reduce((sum, one) => sum + one[name], 0)
}
