import type { Core } from '../core.ts'
import { graphError } from '../graph/errors.ts'
import type { Ad } from '../world/ads.ts'
import { statusOf } from '../world/running.ts'
import { must } from '../world/world.ts'
import type { Filter, InsightQuery } from './query.ts'

const METRIC = /^(?:\w+\.)?(spend|impressions|clicks|reach)$/
const HIDDEN = ['DELETED', 'ARCHIVED']

/** Whether an ad belongs into the answer; deleted and archived ones only if their status is asked for. */
export function adFilter(core: Core, { filters, level }: InsightQuery): (ad: Ad) => boolean {
  const about = filters.filter(({ field }) => !METRIC.test(field))
  const asksStatus = about.some(({ field }) => field.endsWith('.effective_status'))
  return (ad) => {
    const shown =
      level === 'account' || asksStatus || !HIDDEN.includes(campaignStatus(core, ad.campaignId))
    return shown && about.every((filter) => holds(filter, property(core, ad, filter.field)))
  }
}

/** Whether a finished row passes the filters on its metrics. */
export function rowFilter({ filters }: InsightQuery): (row: Record<string, unknown>) => boolean {
  const about = filters.filter(({ field }) => METRIC.test(field))
  return (row) =>
    about.every((filter) => {
      const metric = METRIC.exec(filter.field)?.[1] ?? filter.field
      const actual = row[metric]
      return holds(filter, typeof actual === 'string' ? actual : '0')
    })
}

function property(core: Core, ad: Ad, field: string): string {
  const status = campaignStatus(core, ad.campaignId)
  const inherited = status === 'PAUSED' ? 'CAMPAIGN_PAUSED' : status
  const campaign = must(core.world.campaigns, ad.campaignId)
  const properties: Record<string, string> = {
    'campaign.id': campaign.id,
    'campaign.name': campaign.name,
    'campaign.objective': campaign.objective,
    'campaign.effective_status': status,
    'adset.id': ad.adsetId,
    'adset.name': must(core.world.adsets, ad.adsetId).name,
    'adset.effective_status': inherited,
    'ad.id': ad.id,
    'ad.name': ad.name,
    'ad.effective_status': inherited,
  }
  const found = properties[field]
  if (found !== undefined) return found
  throw graphError(100, undefined, `(#100) Filtering by ${field} is not supported`)
}

function campaignStatus({ world, state }: Core, id: string): string {
  return statusOf(must(world.campaigns, id), state.campaignMoves)
}

function holds({ operator, value }: Filter, actual: string): boolean {
  const wanted = (Array.isArray(value) ? value : [value]).map(String)
  const [first = ''] = wanted
  switch (operator) {
    case 'IN':
      return wanted.includes(actual)
    case 'NOT_IN':
      return !wanted.includes(actual)
    case 'EQUAL':
      return actual === first
    case 'NOT_EQUAL':
      return actual !== first
    case 'CONTAIN':
      return actual.includes(first)
    case 'NOT_CONTAIN':
      return !actual.includes(first)
    case 'GREATER_THAN':
      return Number(actual) > Number(first)
    case 'LESS_THAN':
      return Number(actual) < Number(first)
    default:
      throw graphError(100, undefined, `(#100) Unknown filtering operator ${operator}`)
  }
}
