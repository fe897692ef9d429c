import { microsOf } from '../money.ts'
import type { Insight } from '../store/insights.ts'
import { countFormLeads, countLeads, countMessages, countPurchases } from './lead-count.ts'
import type { InsightRow, ReportRun } from './replies.ts'

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
    messages: countMessages(actions),
    purchases: countPurchases(actions),
    ...resultOf(row.results),
    actions,
  }
}

/**
 * What Ads Manager shows as Results: Meta picks it by what the ad sets want, and gives none where they
 * want different things. A result that did not happen has an indicator and no values.
 */
function resultOf([first]: InsightRow['results']): Pick<Insight, 'results' | 'resultIndicator'> {
  if (!first) return { results: null, resultIndicator: null }
  const [value] = first.values
  return { results: Number(value?.value ?? 0), resultIndicator: first.indicator }
}

/**
 * How far a report is that Meta makes in its own time:
 * - `failed`: Meta could not, or did not keep it; another may do.
 * - `too_large`: it has to be asked for in parts.
 */
export type RunProgress = 'running' | 'done' | 'failed' | 'too_large'

/** Meta: AdReportRun, `error_subcode` of a report that is too large. */
const TOO_LARGE = 1504045

/** Reads a report's state; it is done only when it says so and stands at 100 percent. */
export function progressOf(run: ReportRun): RunProgress {
  switch (run.async_status) {
    case 'Job Completed':
      return run.async_percent_completion === 100 ? 'done' : 'running'
    case 'Job Failed':
      return run.error_subcode === TOO_LARGE ? 'too_large' : 'failed'
    case 'Job Skipped':
      return 'failed'
    default:
      return 'running'
  }
}
