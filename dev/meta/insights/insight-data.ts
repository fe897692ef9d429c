import { dayBounds, daysBetween, weekday } from '../dates.ts'
import { chance } from '../random.ts'
import type { DayNumbers, State } from '../state.ts'
import type { Ad, AdAccount, Campaign } from '../world/ads.ts'
import { movesOf, runningShare } from '../world/running.ts'

/** Days after which a date's numbers are final (Meta: insights best practices). */
const RESTATED_FOR_DAYS = 28

// Sunday to Saturday: leads come on working days.
const WEEKDAY_FACTORS = [0.74, 1.02, 1.08, 1.1, 1.05, 1, 0.84]

/** What the numbers of an account's ads depend on, besides the ad and the date. */
export interface DataSource {
  state: State
  account: AdAccount
  now: number
  /** The date that the account's calendar shows at `now`. */
  today: string
  /** How many leads of an ad's form belong to a date, of which Meta has counted a share so far. */
  formLeadsOn(adId: string, date: string, share: number): number
}

/** How much of an ad's day passed while its campaign was running, from 0 to 1. */
export function deliveredShare(
  campaign: Campaign,
  date: string,
  { state, account: { timezone }, now }: Pick<DataSource, 'state' | 'account' | 'now'>,
): number {
  const { start, end } = dayBounds(timezone, date)
  const moves = movesOf(campaign, state.campaignMoves, state.bornAt)
  const until = Math.min(end, now)
  return (runningShare(moves, start, until) * Math.max(0, until - start)) / (end - start)
}

/** What an ad would spend on a full day: its pace, the weekday, and some luck. */
export function fullDaySpend(ad: Ad, date: string, seed: number): number {
  const factor = WEEKDAY_FACTORS[weekday(date)] ?? 1
  return ad.pace.spend * factor * (0.85 + 0.3 * chance(seed, ad.id, date, 'spend'))
}

/** A number that is `average` in the long run and whole on every single day. */
export function wholeCount(average: number, ...luck: (string | number)[]): number {
  return Math.floor(average * (0.7 + 0.6 * chance(...luck, 'size')) + chance(...luck, 'rest'))
}

/** How much of the final leads of a date is known after some days: grows until day 28, then stands. */
export function knownShare(ageDays: number): number {
  return ageDays >= RESTATED_FOR_DAYS ? 1 : 1 - 0.2 * Math.exp(-Math.max(0, ageDays) / 7)
}

/** The numbers of one ad on one date of its account's calendar, as Meta reports them at `now`. */
export function adDay(
  ad: Ad,
  campaign: Campaign,
  date: string,
  source: DataSource,
): DayNumbers | undefined {
  const { state } = source
  const given = state.insights.days[`${ad.id}|${date}`]
  const computed = computedDay(ad, date, deliveredShare(campaign, date, source), state)
  const share = knownShare(daysBetween(date, source.today))
  const { restatements, fractional } = state.insights
  const factor = restatements[`${campaign.id}|${date}`] ?? restatements[`*|${date}`] ?? 1
  const known = (final: number, what: string) =>
    Math.floor(final * share + chance(state.seed, ad.id, date, what, 'known'))
  const restated = (count: number) => Math.floor(count * factor)
  const numbers = {
    ...computed,
    formLeads: restated(source.formLeadsOn(ad.id, date, share)),
    siteLeads: fractional
      ? Math.round(computed.siteLeads * share * factor * 93) / 100
      : restated(known(computed.siteLeads, 'site')),
    messages: restated(known(computed.messages, 'message')),
    purchases: restated(known(computed.purchases, 'purchase')),
    ...given,
  }
  const purchaseValue = given?.purchaseValue ?? numbers.purchases * (ad.pace.order ?? 0)
  const all = { ...numbers, purchaseValue }
  return Object.values(all).some((number) => number > 0) ? all : undefined
}

function computedDay(ad: Ad, date: string, share: number, { seed }: State): DayNumbers {
  const spend = fullDaySpend(ad, date, seed) * share
  const luck = (what: string) => 0.9 + 0.2 * chance(seed, ad.id, date, what)
  const impressions = Math.round((spend / (ad.pace.cpm * luck('cpm'))) * 1000)
  const clicks = Math.round((impressions * ad.pace.ctr * luck('ctr')) / 100)
  const bought = (cost: number | undefined, what: string) =>
    cost === undefined ? 0 : wholeCount(spend / cost, seed, ad.id, date, what)
  return {
    spend,
    impressions,
    clicks,
    linkClicks: Math.round(clicks * 0.62 * luck('link')),
    reach: Math.round(impressions / (1.3 * luck('reach'))),
    formLeads: 0,
    siteLeads: bought(ad.pace.siteLead, 'site'),
    messages: bought(ad.pace.message, 'message'),
    purchases: bought(ad.pace.purchase, 'purchase'),
    purchaseValue: 0,
  }
}
