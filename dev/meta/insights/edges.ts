import type { Core } from '../core.ts'
import { daysBetween } from '../dates.ts'
import type { Call, Edges } from '../graph/call.ts'
import { tooMuchData } from '../graph/errors.ts'
import { needAds } from '../login/access.ts'
import type { State } from '../state.ts'
import { answer, queryOf, type Scope } from './answer.ts'
import { startReport } from './async-reports.ts'
import type { InsightQuery } from './query.ts'

/** `GET` answers at once, `POST` starts a report; for accounts, campaigns, ad sets and ads alike. */
export function insightEdges<T>(core: Core, scopeOf: (object: T) => Scope): Edges<T> {
  return {
    'GET insights': (object, call) => {
      needAds(core, call)
      const scope = scopeOf(object)
      const query = queryOf(core, scope, call.params)
      refuseTooMuch(query, call, core.state.insights)
      return answer(core, scope, query, core.now(), call)
    },
    'POST insights': (object, call) => {
      needAds(core, call)
      return startReport(core, scopeOf(object), call.params)
    },
  }
}

function refuseTooMuch(
  { ranges }: InsightQuery,
  { params }: Call,
  { maxDays, maxLimit }: State['insights'],
): void {
  const days = ranges.reduce((sum, { since, until }) => sum + daysBetween(since, until) + 1, 0)
  const isLong = maxDays !== null && days > maxDays
  const isLarge = maxLimit !== null && (params.whole('limit') ?? 0) > maxLimit
  if (isLong || isLarge) throw tooMuchData()
}
