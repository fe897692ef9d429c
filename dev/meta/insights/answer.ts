import type { Core } from '../core.ts'
import { dateIn } from '../dates.ts'
import type { Call } from '../graph/call.ts'
import { page } from '../graph/paging.ts'
import type { Params } from '../graph/params.ts'
import type { Ad, AdAccount } from '../world/ads.ts'
import { must } from '../world/world.ts'
import { collect } from './collect.ts'
import { cut } from './date-ranges.ts'
import { adFilter, rowFilter } from './filters.ts'
import { type InsightQuery, type Level, readQuery } from './query.ts'
import { chosen, type Row, rowsOf } from './rows.ts'

/** Whose insights are asked: an account, or a part of it. */
export interface Scope {
  id: string
  accountId: string
  level: Level
}

/** The question, with its dates counted in the account's calendar. */
export function queryOf(core: Core, scope: Scope, params: Params): InsightQuery {
  const { timezone } = must(core.world.accounts, scope.accountId)
  return readQuery(params, dateIn(timezone, core.now()), scope.level)
}

/** A page of the rows that answer a question, as Meta knew them at `asOf` (epoch ms). */
export function answer(core: Core, scope: Scope, query: InsightQuery, asOf: number, call: Call) {
  return page(allRows(core, scope, query, asOf), keyOf, call, (row) => chosen(row, query.fields))
}

function allRows(core: Core, scope: Scope, query: InsightQuery, asOf: number): Row[] {
  const account = must(core.world.accounts, scope.accountId)
  const wanted = adFilter(core, query)
  const keep = (ad: Ad) => isWithin(ad, scope, account) && wanted(ad)
  const rows = query.ranges.flatMap((range) => {
    const days = collect(core, account, range, { asOf, keep })
    return cut(range, query.increment).flatMap((period) => {
      const inside = days.filter(({ date }) => date >= period.since && date <= period.until)
      return rowsOf(core, account, inside, period, query)
    })
  })
  return sorted(rows.filter(rowFilter(query)), query)
}

function isWithin(ad: Ad, { id }: Scope, account: AdAccount): boolean {
  return [account.id, ad.campaignId, ad.adsetId, ad.id].includes(id)
}

// `spend_descending`; without it, rows stand by period.
function sorted(rows: Row[], { sort }: InsightQuery): Row[] {
  const [, field, direction] = /^(\w+)_(ascending|descending)$/.exec(sort ?? '') ?? []
  if (field === undefined) return rows
  const sign = direction === 'ascending' ? 1 : -1
  return rows.toSorted((a, b) => sign * (Number(a[field] ?? 0) - Number(b[field] ?? 0)))
}

// What a row is about, not its numbers: those may move between two pages.
function keyOf({ campaign_id, adset_id, ad_id, date_start, date_stop }: Row): string {
  return [campaign_id, adset_id, ad_id, date_start, date_stop].join('|')
}
