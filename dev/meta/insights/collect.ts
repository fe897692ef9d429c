import type { Core } from '../core.ts'
import { addDays, dateIn, daysBetween } from '../dates.ts'
import type { DayNumbers } from '../state.ts'
import type { Ad, AdAccount } from '../world/ads.ts'
import { movesOf } from '../world/running.ts'
import { must } from '../world/world.ts'
import type { DateRange } from './date-ranges.ts'
import { adDay, type DataSource } from './insight-data.ts'

/** One ad on one date. */
export interface AdDay {
  ad: Ad
  date: string
  numbers: DayNumbers
}

/** Every day on which the account's ads delivered something, as Meta sees it at `asOf` (epoch ms). */
export function collect(
  core: Core,
  account: AdAccount,
  range: DateRange,
  { asOf, keep }: { asOf: number; keep: (ad: Ad) => boolean },
): AdDay[] {
  const source = sourceOf(core, account, asOf)
  const until = range.until < source.today ? range.until : source.today
  return [...core.world.ads.values()]
    .filter((ad) => ad.accountId === account.id && keep(ad))
    .flatMap((ad) => {
      const first = firstDate(core, ad, account)
      return adDays(core, ad, { since: range.since > first ? range.since : first, until }, source)
    })
}

/** Money spent in a range, in major units; without `since`, from the very beginning. */
export function spentBetween(
  core: Core,
  account: AdAccount,
  { since = '2000-01-01', until, campaignId }: Partial<DateRange> & Spending,
): number {
  const keep = (ad: Ad) => campaignId === undefined || ad.campaignId === campaignId
  return collect(core, account, { since, until }, { asOf: core.now(), keep }).reduce(
    (sum, { numbers }) => sum + numbers.spend,
    0,
  )
}

interface Spending {
  until: string
  campaignId?: string
}

function sourceOf(core: Core, account: AdAccount, now: number): DataSource {
  return {
    state: core.state,
    account,
    now,
    today: dateIn(account.timezone, now),
    formLeadsOn: (adId, date, share) =>
      core.book.countOn(adId, date, Math.floor(now / 1000), share),
  }
}

function firstDate({ world, state }: Core, ad: Ad, { timezone }: AdAccount): string {
  const [start] = movesOf(must(world.campaigns, ad.campaignId), state.campaignMoves, state.bornAt)
  return dateIn(timezone, start?.at ?? state.bornAt)
}

function adDays(core: Core, ad: Ad, { since, until }: DateRange, source: DataSource): AdDay[] {
  const campaign = must(core.world.campaigns, ad.campaignId)
  const count = Math.max(0, daysBetween(since, until) + 1)
  return Array.from({ length: count }, (_, index) => addDays(since, index)).flatMap((date) => {
    const numbers = adDay(ad, campaign, date, source)
    return numbers ? [{ ad, date, numbers }] : []
  })
}
