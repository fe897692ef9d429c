import type { DayNumbers } from '../state.ts'

const leads = (n: DayNumbers) => n.formLeads + n.siteLeads
/** Some buy on Facebook itself, the others where the pixel sees it. */
const shopPurchases = (n: DayNumbers) => Math.floor(n.purchases * 0.2)
const pixelPurchases = (n: DayNumbers) => n.purchases - shopPurchases(n)
const reactions = (n: DayNumbers) => Math.round(n.clicks * 0.06)
const comments = (n: DayNumbers) => Math.round(n.clicks * 0.01)
const likes = (n: DayNumbers) => Math.round(n.clicks * 0.008)
const postEngagement = (n: DayNumbers) => n.linkClicks + reactions(n) + comments(n)
const contentViews = (n: DayNumbers) => (n.siteLeads > 0 ? Math.round(n.linkClicks * 0.4) : 0)

type Action = readonly [type: string, count: (numbers: DayNumbers) => number]

// The first two are the same purchases, and contain the other two (Meta: ads-action-stats).
const PURCHASES: readonly Action[] = [
  ['omni_purchase', (n) => n.purchases],
  ['purchase', (n) => n.purchases],
  ['offsite_conversion.fb_pixel_purchase', pixelPurchases],
  ['onsite_conversion.purchase', shopPurchases],
]

// The rows overlap: `lead` contains the two below it, and the rows that add other events to leads
// look like leads to whoever matches names by a part of them (Meta: ads-action-stats).
const ACTIONS: readonly Action[] = [
  ['onsite_conversion.messaging_conversation_started_7d', (n) => n.messages],
  ['onsite_conversion.messaging_first_reply', (n) => Math.round(n.messages * 0.7)],
  ['onsite_conversion.total_messaging_connection', (n) => Math.round(n.messages * 1.3)],
  ['lead', leads],
  ['onsite_conversion.lead_grouped', (n) => n.formLeads],
  ['leadgen_grouped', (n) => n.formLeads],
  ['offsite_conversion.fb_pixel_lead', (n) => n.siteLeads],
  ['onsite_web_lead', (n) => n.siteLeads],
  [
    'offsite_content_view_add_meta_leads',
    (n) => (n.siteLeads > 0 ? contentViews(n) + n.formLeads : 0),
  ],
  [
    'offsite_complete_registration_add_meta_leads',
    (n) => (n.siteLeads > 0 ? Math.round(n.siteLeads / 2) + n.formLeads : 0),
  ],
  ...PURCHASES,
  ['landing_page_view', (n) => Math.round(n.linkClicks * 0.8)],
  ['link_click', (n) => n.linkClicks],
  ['post_reaction', reactions],
  ['comment', comments],
  ['like', likes],
  ['post_engagement', postEngagement],
  ['page_engagement', (n) => postEngagement(n) + likes(n)],
]

// 7d_view and 28d_view are still accepted and have returned nothing since January 2026.
const WINDOW_SHARES: Record<string, number> = {
  '1d_click': 0.72,
  '7d_click': 0.92,
  '28d_click': 1,
  '1d_view': 0.08,
  '1d_ev': 0.03,
}

/** The `actions` of a row: types that happened, with the asked attribution windows. */
export function actionsOf(numbers: DayNumbers, windows: readonly string[]) {
  return ACTIONS.flatMap(([type, count]) => {
    const value = count(numbers)
    if (value === 0) return []
    const shares = windows.flatMap((window) => {
      const part = Math.round(value * (WINDOW_SHARES[window] ?? 0))
      return part > 0 ? [[window, String(part)]] : []
    })
    return [{ action_type: type, value: decimal(value), ...Object.fromEntries(shares) }]
  })
}

/** `action_values`: what was paid, for the types of `actions` that have a price. */
export function valuesOf(numbers: DayNumbers) {
  return PURCHASES.flatMap(([type, count]) => {
    const value = (numbers.purchaseValue * count(numbers)) / numbers.purchases
    return count(numbers) === 0 ? [] : [{ action_type: type, value: decimal(value) }]
  })
}

/** `cost_per_action_type`. */
export function costsOf(numbers: DayNumbers) {
  return ACTIONS.flatMap(([type, count]) => {
    const value = count(numbers)
    return value === 0 ? [] : [{ action_type: type, value: decimal(numbers.spend / value) }]
  })
}

const RESULTS: Record<string, { indicator: string; count: (n: DayNumbers) => number }> = {
  LEAD_GENERATION: {
    indicator: 'actions:onsite_conversion.lead_grouped',
    count: (n) => n.formLeads,
  },
  CONVERSATIONS: {
    indicator: 'actions:onsite_conversion.messaging_conversation_started_7d',
    count: (n) => n.messages,
  },
  LANDING_PAGE_VIEWS: {
    indicator: 'actions:landing_page_view',
    count: (n) => Math.round(n.linkClicks * 0.8),
  },
  OFFSITE_CONVERSIONS: {
    indicator: 'actions:offsite_conversion.fb_pixel_purchase',
    count: pixelPurchases,
  },
  REACH: { indicator: 'reach', count: (n) => n.reach },
}

/** `results` and `cost_per_result` by optimization goal; without results the element has no `values`. */
export function resultsOf(goal: string, numbers: DayNumbers) {
  const result = RESULTS[goal]
  if (!result) return {}
  const { indicator } = result
  const count = result.count(numbers)
  const element = (value: number) => {
    const values = [{ value: decimal(value), attribution_windows: ['default'] }]
    return [{ indicator, ...(count === 0 ? {} : { values }) }]
  }
  return { results: element(count), cost_per_result: element(numbers.spend / count) }
}

/** A metric as text, with at most six decimals and no trailing zeros. */
export function decimal(value: number): string {
  return String(Math.round(value * 1e6) / 1e6)
}
