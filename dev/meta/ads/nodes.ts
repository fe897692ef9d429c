import type { Core } from '../core.ts'
import { dateIn, offsetHours, stamp } from '../dates.ts'
import { spentBetween } from '../insights/collect.ts'
import type { Ad, AdAccount, AdSet, Campaign } from '../world/ads.ts'
import { movesOf, statusOf } from '../world/running.ts'
import { must } from '../world/world.ts'

// Minor units per major unit (Meta: currencies): a dollar has cents, a yen has nothing smaller.
const OFFSETS = { USD: 100, JPY: 1 } as const

const minorUnits = ({ currency }: AdAccount, major: number) =>
  String(Math.round(major * OFFSETS[currency]))

/** An ad account as Graph shows it; money is in minor units here, unlike in Insights. */
export function accountNode(core: Core, account: AdAccount) {
  const { paymentMethod = true, ...changed } = core.state.accountChanges[account.id] ?? {}
  const { timezone } = account
  const until = dateIn(timezone, core.now())
  return {
    id: `act_${account.id}`,
    account_id: account.id,
    name: account.name,
    account_status: 1,
    disable_reason: 0,
    currency: account.currency,
    timezone_name: timezone,
    timezone_offset_hours_utc: offsetHours(timezone, core.now()),
    amount_spent: minorUnits(account, spentBetween(core, account, { until })),
    balance: '1250',
    spend_cap: '0',
    is_prepay_account: true,
    min_daily_budget: 100,
    ...changed,
    // An account without a payment method stays ACTIVE: only this field is missing.
    ...(paymentMethod
      ? { funding_source_details: { id: '6001', display_string: 'Visa *4242', type: 1 } }
      : {}),
  }
}

/** A campaign as Graph shows it; a budget that lies on the ad sets is absent here. */
export function campaignNode(core: Core, campaign: Campaign) {
  const { timezone } = must(core.world.accounts, campaign.accountId)
  const moves = movesOf(campaign, core.state.campaignMoves, core.state.bornAt)
  const status = statusOf(campaign, core.state.campaignMoves)
  const at = (ms: number | undefined) => stamp(ms ?? core.state.bornAt, timezone)
  return {
    id: campaign.id,
    account_id: campaign.accountId,
    name: campaign.name,
    status,
    configured_status: status,
    effective_status: status,
    objective: campaign.objective,
    buying_type: 'AUCTION',
    bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
    ...budget(core, campaign),
    start_time: at(moves[0]?.at),
    created_time: at(moves[0]?.at),
    updated_time: at(moves.at(-1)?.at),
  }
}

function budget(core: Core, { id, accountId, dailyBudget }: Campaign) {
  if (dailyBudget === undefined) return {}
  const account = must(core.world.accounts, accountId)
  const today = dateIn(account.timezone, core.now())
  const spent = spentBetween(core, account, { since: today, until: today, campaignId: id })
  const left = Number(dailyBudget) - Number(minorUnits(account, spent))
  return { daily_budget: dailyBudget, budget_remaining: String(Math.max(0, left)) }
}

/** An ad set as Graph shows it. */
export function adsetNode(core: Core, set: AdSet) {
  return {
    id: set.id,
    name: set.name,
    account_id: set.accountId,
    campaign_id: set.campaignId,
    optimization_goal: set.goal,
    ...(set.destination === undefined ? {} : { destination_type: set.destination }),
    ...inherited(core, set.campaignId),
  }
}

/** An ad as Graph shows it. */
export function adNode(core: Core, ad: Ad) {
  return {
    id: ad.id,
    name: ad.name,
    account_id: ad.accountId,
    campaign_id: ad.campaignId,
    adset_id: ad.adsetId,
    ...inherited(core, ad.campaignId),
  }
}

// What is below a campaign keeps its own status and says that the campaign holds it back.
function inherited(core: Core, campaignId: string) {
  const status = statusOf(must(core.world.campaigns, campaignId), core.state.campaignMoves)
  const effective = status === 'PAUSED' ? 'CAMPAIGN_PAUSED' : status
  return { status: 'ACTIVE', configured_status: 'ACTIVE', effective_status: effective }
}
