import { graphError } from './errors.ts'
import type { Meter, MeterType, Tier } from './quotas.ts'
import { meterTypeOf } from './quotas.ts'

/** A throttle on demand: refuses with `code` for some minutes, after the headers climbed for `after` calls. */
export interface ThrottleOrder {
  code: number
  subcode?: number
  minutes: number
  after?: number
  /** The account (digits) or page; without it, whichever is asked. */
  id?: string
}

interface Block {
  type: MeterType
  id: string | undefined
  code: number
  subcode: number | undefined
  after: number
  seen: number
  ms: number
  until: number | undefined
}

/** Counts calls against Meta's limits, refuses beyond them, and tells all of it in headers. */
export class Usage {
  readonly #now: () => number
  readonly #tier: Tier
  readonly #spent = new Map<string, { at: number; points: number }[]>()
  #blocks: Block[] = []

  constructor(now: () => number, tier: Tier) {
    this.#now = now
    this.#tier = tier
  }

  /** Orders a throttle; the returned function lifts it. */
  throttle({ code, subcode, minutes, after = 0, id }: ThrottleOrder): () => void {
    const type = meterTypeOf(code)
    const ms = minutes * 60_000
    const block: Block = { type, id, code, subcode, after, seen: 0, ms, until: undefined }
    this.#blocks.push(block)
    return () => {
      this.#blocks = this.#blocks.filter((other) => other !== block)
    }
  }

  /** Lifts every throttle, ordered or earned. */
  clear(): void {
    this.#blocks = []
    this.#spent.clear()
  }

  /** The points that count at this moment. */
  used({ type, id, quota }: Omit<Meter, 'points'>): number {
    const key = `${type}|${id}`
    const since = this.#now() - quota.windowMs
    const recent = (this.#spent.get(key) ?? []).filter(({ at }) => at > since)
    this.#spent.set(key, recent)
    return recent.reduce((sum, { points }) => sum + points, 0)
  }

  /** Counts one call on each of its meters, or refuses it. */
  charge(meters: readonly Meter[]): void {
    for (const meter of meters) this.#refuseBlocked(meter)
    for (const meter of meters) {
      const used = this.used(meter)
      const { quota, type, id, points } = meter
      if (used + points > quota.max) this.#exceed(meter)
      this.#spent.get(`${type}|${id}`)?.push({ at: this.#now(), points })
    }
  }

  headers(meters: readonly Meter[]): Record<string, string> {
    const tier = this.#tier === 'limited' ? 'development_access' : 'standard_access'
    const percent = (type: MeterType) => {
      const meter = meters.find((meter) => meter.type === type)
      return meter ? this.#percent(meter) : 0
    }
    const business = meters.find(({ type }) => BUSINESS.has(type))
    const score = meters.find(({ type }) => type === 'score')
    const app = percent('app')
    return {
      'x-app-usage': JSON.stringify({ call_count: app, total_time: app, total_cputime: app }),
      ...(business ? { 'x-business-use-case-usage': this.#businessUsage(business, tier) } : {}),
      ...(score
        ? {
            'x-ad-account-usage': JSON.stringify({
              acc_id_util_pct: this.#percent(score),
              reset_time_duration: Math.ceil(this.#waitMs(score) / 1000),
              ads_api_access_tier: tier,
            }),
          }
        : {}),
      ...(business?.type === 'ads_insights'
        ? {
            'x-fb-ads-insights-throttle': JSON.stringify({
              app_id_util_pct: app,
              acc_id_util_pct: this.#percent(business),
              ads_api_access_tier: tier,
            }),
          }
        : {}),
    }
  }

  #businessUsage(meter: Meter, tier: string): string {
    const used = this.#percent(meter)
    return JSON.stringify({
      [meter.id]: [
        {
          type: meter.type,
          call_count: used,
          total_cputime: used,
          total_time: used,
          estimated_time_to_regain_access: Math.ceil(this.#waitMs(meter) / 60_000),
          ...(meter.type.startsWith('ads_') ? { ads_api_access_tier: tier } : {}),
        },
      ],
    })
  }

  #refuseBlocked(meter: Meter): void {
    const block = this.#blockOf(meter)
    if (!block) return
    if (block.until === undefined && block.seen < block.after) {
      block.seen += 1
      return
    }
    block.until ??= this.#now() + block.ms
    throw graphError(block.code, block.subcode)
  }

  #exceed({ type, id, quota }: Meter): never {
    const { code, subcode, blockMs } = quota
    if (blockMs !== undefined) {
      const until = this.#now() + blockMs
      this.#blocks.push({ type, id, code, subcode, after: 0, seen: 0, ms: blockMs, until })
    }
    throw graphError(code, subcode)
  }

  #blockOf({ type, id }: Meter): Block | undefined {
    this.#blocks = this.#blocks.filter(({ until }) => until === undefined || until > this.#now())
    return this.#blocks.find((block) => block.type === type && (block.id ?? id) === id)
  }

  #percent(meter: Meter): number {
    const block = this.#blockOf(meter)
    if (block?.until !== undefined) return 100
    const climbed = block ? (100 * block.seen) / (block.after + 1) : 0
    const used = (100 * this.used(meter)) / meter.quota.max
    return Math.min(100, Math.round(Math.max(climbed, used) * 100) / 100)
  }

  // Until a block ends, or until the oldest call of a full window leaves it.
  #waitMs(meter: Meter): number {
    const until = this.#blockOf(meter)?.until
    if (until !== undefined) return until - this.#now()
    if (this.used(meter) + meter.points <= meter.quota.max) return 0
    const oldest = this.#spent.get(`${meter.type}|${meter.id}`)?.[0]
    return oldest ? oldest.at + meter.quota.windowMs - this.#now() : 0
  }
}

const BUSINESS: ReadonlySet<MeterType> = new Set([
  'ads_insights',
  'ads_management',
  'leadgen',
  'pages',
])
