import { z } from 'zod'
import type { Tier } from './allowance.ts'

/** From here on we stop by ourselves, before Meta does. */
const FULL_PERCENT = 95

const number = z.number().catch(0)
const tier = z.string().optional().catch(undefined)

const appUsage = z.object({
  call_count: number.default(0),
  total_time: number.default(0),
  total_cputime: number.default(0),
})
const accountUsage = z.object({
  acc_id_util_pct: number,
  reset_time_duration: number.default(0),
  ads_api_access_tier: tier,
})
const insightsUsage = z.object({
  app_id_util_pct: number,
  acc_id_util_pct: number,
  ads_api_access_tier: tier,
})
const businessUsage = z.record(
  z.string(),
  z.array(
    appUsage.extend({
      estimated_time_to_regain_access: number.default(0),
      ads_api_access_tier: tier,
    }),
  ),
)

/** How full our allowance is, and after how many minutes Meta says it opens again. */
export interface Usage {
  isFull: boolean
  /** What is full is the whole app's. */
  isOfApp: boolean
  minutes: number | null
  /** How far Meta trusts the app; `null` when it does not say. */
  tier: Tier | null
}

/** Reads the usage headers of an answer (Meta: rate-limiting); headers we cannot read say nothing. */
export function usageOf(headers: Headers): Usage {
  const app = parse(appUsage, headers.get('x-app-usage'))
  const account = parse(accountUsage, headers.get('x-ad-account-usage'))
  const insights = parse(insightsUsage, headers.get('x-fb-ads-insights-throttle'))
  const parts = Object.values(
    parse(businessUsage, headers.get('x-business-use-case-usage')) ?? {},
  ).flat()
  const appFullness = Math.max(app ? fullnessOf(app) : 0, insights?.app_id_util_pct ?? 0)
  const accountFullness = Math.max(account?.acc_id_util_pct ?? 0, insights?.acc_id_util_pct ?? 0)
  const isOfApp = appFullness >= FULL_PERCENT
  const minutes = Math.max(
    0,
    ...parts.map((part) => part.estimated_time_to_regain_access),
    (account?.acc_id_util_pct ?? 0) >= FULL_PERCENT
      ? Math.ceil((account?.reset_time_duration ?? 0) / 60)
      : 0,
  )
  return {
    // Meta that says when access is regained has taken it.
    isFull:
      isOfApp || minutes > 0 || Math.max(accountFullness, ...parts.map(fullnessOf)) >= FULL_PERCENT,
    isOfApp,
    minutes: minutes > 0 ? minutes : null,
    tier: tierOf([account, insights, ...parts]),
  }
}

function tierOf(all: ({ ads_api_access_tier?: string | undefined } | null)[]): Tier | null {
  const said = all.map((one) => one?.ads_api_access_tier).find((name) => name !== undefined)
  return said === undefined ? null : said === 'standard_access' ? 'full' : 'limited'
}

function fullnessOf(use: z.infer<typeof appUsage>): number {
  return Math.max(use.call_count, use.total_time, use.total_cputime)
}

function parse<Schema extends z.ZodType>(
  schema: Schema,
  header: string | null,
): z.infer<Schema> | null {
  if (header === null) return null
  try {
    return schema.safeParse(JSON.parse(header)).data ?? null
  } catch {
    // A header that is no JSON tells nothing, and the answer itself is good.
    return null
  }
}
