/** What a limit is counted for. */
export type MeterType =
  | 'app'
  | 'score'
  | 'mutations'
  | 'ads_insights'
  | 'ads_management'
  | 'leadgen'
  | 'pages'

/** One counter: a limit and the object it is counted for. */
export interface Meter {
  type: MeterType
  id: string
  points: number
  quota: Quota
}

/** So many points in so much time, and the code that refuses more. */
export interface Quota {
  max: number
  windowMs: number
  /** How long everything stays refused once the limit is passed; without it, until there is room again. */
  blockMs?: number
  code: number
  subcode?: number
}

/** How far Meta trusts the app: `development_access` or `standard_access` in its headers. */
export type Tier = 'limited' | 'full'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** The account's score: a read is 1, a write 3 (Meta: Marketing API rate limiting). */
export const SCORE: Record<Tier, Quota> = {
  limited: { max: 60, windowMs: 5 * MINUTE, blockMs: 5 * MINUTE, code: 17, subcode: 2446079 },
  full: { max: 9000, windowMs: 5 * MINUTE, blockMs: MINUTE, code: 17, subcode: 2446079 },
}

/** Changes in an ad account, a second. */
export const MUTATIONS: Quota = { max: 100, windowMs: 1000, code: 613, subcode: 5044001 }

/** 200 calls an hour for every daily user of the app, of whom the stand-in's has a hundred. */
export const APP: Quota = { max: 20_000, windowMs: HOUR, code: 4 }

/** Reads of Insights, an hour. */
export const insightsQuota = (tier: Tier, activeAds: number): Quota => ({
  max: (tier === 'limited' ? 600 : 190_000) + 400 * activeAds,
  windowMs: HOUR,
  code: 80000,
  subcode: 2446079,
})

/** All other calls about an ad account, an hour. */
export const managementQuota = (tier: Tier, activeAds: number): Quota => ({
  max: (tier === 'limited' ? 300 : 100_000) + 40 * activeAds,
  windowMs: HOUR,
  code: 80004,
  subcode: 2446079,
})

/** 200 × 24 calls a day for every lead of the page in the last 90 days. */
export const leadgenQuota = (leads: number): Quota => ({
  max: 4800 * Math.max(1, leads),
  windowMs: 24 * HOUR,
  code: 80005,
})

/** 4800 calls a day for every engaged user, of whom the stand-in's pages have a hundred. */
export const PAGES: Quota = { max: 480_000, windowMs: 24 * HOUR, code: 80001 }

const TYPE_BY_CODE: Record<number, MeterType> = {
  17: 'score',
  613: 'score',
  32: 'pages',
  80000: 'ads_insights',
  80001: 'pages',
  80003: 'ads_management',
  80004: 'ads_management',
  80005: 'leadgen',
}

/** The counter that a throttling code speaks of; 4 and 341 are about the whole app. */
export function meterTypeOf(code: number): MeterType {
  return TYPE_BY_CODE[code] ?? 'app'
}
