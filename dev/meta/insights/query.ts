import { z } from 'zod'
import { graphError } from '../graph/errors.ts'
import { FIELD_NAMES } from '../graph/field-names.ts'
import { invalid, type Params } from '../graph/params.ts'
import { type DateRange, earliestDate, type Increment, presetRange } from './date-ranges.ts'

/** What a row is about. */
export type Level = 'account' | 'campaign' | 'adset' | 'ad'

/** What an Insights call asks for. */
export interface InsightQuery {
  level: Level
  fields: readonly string[]
  ranges: readonly DateRange[]
  increment: Increment
  filters: readonly Filter[]
  windows: readonly string[]
  sort: string | undefined
}

const LEVELS: readonly Level[] = ['account', 'campaign', 'adset', 'ad']
const LEVEL_FIELDS = {
  account: ['account_id'],
  campaign: ['account_id', 'campaign_id'],
  adset: ['account_id', 'campaign_id', 'adset_id'],
  ad: ['account_id', 'campaign_id', 'adset_id', 'ad_id'],
} as const satisfies Record<Level, readonly string[]>

const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/)
const range = z.object({ since: date, until: date })
const filter = z.object({
  field: z.string(),
  operator: z.string(),
  value: z.union([z.string(), z.number(), z.array(z.union([z.string(), z.number()]))]),
})
/** One condition of `filtering`. */
export type Filter = z.infer<typeof filter>

/** Reads the parameters of an Insights call; `today` is the date in the account's calendar. */
export function readQuery(params: Params, today: string, ownLevel: Level): InsightQuery {
  if (params.get('breakdowns')) {
    throw graphError(100, undefined, '(#100) The stand-in knows no breakdowns')
  }
  const level = LEVELS.find((level) => level === (params.get('level') ?? ownLevel))
  if (!level) throw invalid('level', `one of ${LEVELS.join(', ')}`)
  return {
    level,
    fields: readFields(params, level),
    ranges: readRanges(params, today),
    increment: readIncrement(params.get('time_increment')),
    filters: params.json('filtering', z.array(filter)) ?? [],
    windows: params.list('action_attribution_windows') ?? [],
    sort: params.list('sort')?.[0],
  }
}

function readFields(params: Params, level: Level): string[] {
  const fields = params.list('fields') ?? [...LEVEL_FIELDS[level], 'impressions', 'spend']
  const wrong = fields.find((field) => !FIELD_NAMES.insights.includes(field))
  if (wrong === undefined) return [...fields, 'date_start', 'date_stop']
  const advice =
    'is not valid for fields param. please check https://developers.facebook.com/docs/marketing-api/reference/ads-insights/ for all valid values'
  throw graphError(100, undefined, `(#100) ${wrong} ${advice}`)
}

function readRanges(params: Params, today: string): DateRange[] {
  const one = params.json('time_range', range)
  const ranges = params.json('time_ranges', z.array(range)) ?? (one ? [one] : undefined)
  if (!ranges) return [readPreset(params.get('date_preset') ?? 'last_30d', today)]
  for (const { since, until } of ranges) {
    if (since > until) throw invalid('time_range', 'a range whose since is not after its until')
    if (since < earliestDate(today)) throw graphError(3018)
  }
  return ranges
}

function readPreset(preset: string, today: string): DateRange {
  const found = presetRange(preset, today)
  if (!found) throw invalid('date_preset', 'a known preset')
  return found
}

function readIncrement(text = 'all_days'): Increment {
  if (text === 'all_days' || text === 'monthly') return text
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= 90) return days
  throw invalid('time_increment', 'a number of days from 1 to 90, monthly or all_days')
}
