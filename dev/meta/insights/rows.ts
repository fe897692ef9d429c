import type { Core } from '../core.ts'
import { type DayNumbers, sumOf } from '../state.ts'
import type { Ad, AdAccount } from '../world/ads.ts'
import { must } from '../world/world.ts'
import { actionsOf, costsOf, decimal, resultsOf, valuesOf } from './actions.ts'
import type { AdDay } from './collect.ts'
import type { DateRange } from './date-ranges.ts'
import type { InsightQuery, Level } from './query.ts'

/** One row of an answer, before its fields are chosen. */
export type Row = Record<string, unknown>

const KEYS: Record<Level, (ad: Ad) => string> = {
  account: (ad) => ad.accountId,
  campaign: (ad) => ad.campaignId,
  adset: (ad) => ad.adsetId,
  ad: (ad) => ad.id,
}

/** The rows of one period: one for every account, campaign, ad set or ad that delivered in it. */
export function rowsOf(
  core: Core,
  account: AdAccount,
  days: readonly AdDay[],
  period: DateRange,
  query: InsightQuery,
): Row[] {
  const groups = Map.groupBy(days, ({ ad }) => KEYS[query.level](ad))
  return [...groups.values()].map((group) => {
    return {
      ...identity(core, account, group, query.level),
      ...metrics(sum(group), account, query.windows),
      ...resultsOf(commonGoal(core, group), sum(group)),
      date_start: period.since,
      date_stop: period.until,
    }
  })
}

/** The asked fields of a row, as far as it has them. */
export function chosen(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(
    fields.flatMap((field) => (row[field] === undefined ? [] : [[field, row[field]]])),
  )
}

function identity(core: Core, account: AdAccount, group: readonly AdDay[], level: Level): Row {
  const [first] = group
  if (!first) return {}
  const { ad } = first
  const campaign = must(core.world.campaigns, ad.campaignId)
  const adset = must(core.world.adsets, ad.adsetId)
  const goal = commonGoal(core, group)
  return {
    account_id: account.id,
    account_name: account.name,
    account_currency: account.currency,
    ...(level === 'account'
      ? {}
      : {
          campaign_id: campaign.id,
          campaign_name: campaign.name,
          objective: campaign.objective,
          buying_type: 'AUCTION',
          attribution_setting: '7d_click_1d_view',
          ...(goal === '' ? {} : { optimization_goal: goal }),
        }),
    ...(level === 'adset' || level === 'ad' ? { adset_id: adset.id, adset_name: adset.name } : {}),
    ...(level === 'ad' ? { ad_id: ad.id, ad_name: ad.name } : {}),
  }
}

// Results exist only where all ad sets want the same thing.
function commonGoal(core: Core, group: readonly AdDay[]): string {
  const goals = new Set(group.map(({ ad }) => must(core.world.adsets, ad.adsetId).goal))
  return goals.size === 1 ? ([...goals][0] ?? '') : ''
}

function sum(group: readonly AdDay[]): DayNumbers {
  const total = sumOf(group.map(({ numbers }) => numbers))
  return {
    ...total,
    siteLeads: Math.round(total.siteLeads * 100) / 100,
    // The same people on other days and in other ads: reach does not add up.
    reach: Math.round(total.reach / (1 + 0.35 * Math.log(Math.max(1, group.length)))),
  }
}

/** Everything is text; what is zero is left out. */
function metrics(n: DayNumbers, { currency }: AdAccount, windows: readonly string[]): Row {
  const spend = currency === 'JPY' ? n.spend.toFixed(0) : n.spend.toFixed(2)
  const actions = actionsOf(n, windows)
  const values = valuesOf(n)
  const costs = n.spend > 0 ? costsOf(n) : []
  return {
    spend,
    impressions: String(n.impressions),
    reach: n.reach > 0 ? String(n.reach) : undefined,
    frequency: ratio(n.impressions, n.reach),
    clicks: n.clicks > 0 ? String(n.clicks) : undefined,
    ctr: ratio(n.clicks * 100, n.impressions),
    cpc: ratio(n.spend, n.clicks),
    cpm: ratio(n.spend * 1000, n.impressions),
    inline_link_clicks: n.linkClicks > 0 ? String(n.linkClicks) : undefined,
    inline_link_click_ctr: ratio(n.linkClicks * 100, n.impressions),
    cost_per_inline_link_click: ratio(n.spend, n.linkClicks),
    actions: actions.length > 0 ? actions : undefined,
    action_values: values.length > 0 ? values : undefined,
    cost_per_action_type: costs.length > 0 ? costs : undefined,
  }
}

function ratio(part: number, of: number): string | undefined {
  return of === 0 || part === 0 ? undefined : decimal(part / of)
}
