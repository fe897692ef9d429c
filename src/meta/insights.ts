import { microsOf } from '../money.ts'
import type { Insight } from '../store/insights.ts'
import { countFormLeads, countLeads } from './lead-count.ts'
import type { InsightRow } from './replies.ts'

/** Meta's row as we keep it. */
export function insightOf(row: InsightRow): Insight {
  // In one order, so that an unchanged row is the same text.
  const actions = row.actions.toSorted((a, b) => (a.action_type < b.action_type ? -1 : 1))
  return {
    date: row.date_start,
    campaignId: row.campaign_id,
    campaignName: row.campaign_name,
    currency: row.account_currency,
    spendMicros: microsOf(row.spend),
    impressions: Number(row.impressions),
    clicks: Number(row.clicks),
    leads: countLeads(actions),
    formLeads: countFormLeads(actions),
    actions,
  }
}
