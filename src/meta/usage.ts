import { z } from 'zod'

/** From here on we stop by ourselves, before Meta does. */
const FULL_PERCENT = 95

const percent = z.number().catch(0)

const appUsage = z.object({ call_count: percent, total_time: percent, total_cputime: percent })
const accountUsage = z.object({ acc_id_util_pct: percent })
const businessUsage = z.record(
  z.string(),
  z.array(appUsage.extend({ estimated_time_to_regain_access: z.number().catch(0) })),
)

/** How full our allowance is, and after how many minutes Meta says it opens again. */
export interface Usage {
  isFull: boolean
  /** What is full is the whole app's. */
  isOfApp: boolean
  minutes: number | null
}

/** Reads the usage headers of an answer (Meta: rate-limiting); headers we cannot read say nothing. */
export function usageOf(headers: Headers): Usage {
  const business = Object.values(
    parse(businessUsage, headers.get('x-business-use-case-usage')) ?? {},
  )
  const parts = business.flat()
  const app = parse(appUsage, headers.get('x-app-usage'))
  const account = parse(accountUsage, headers.get('x-ad-account-usage'))
  const fullest = Math.max(account?.acc_id_util_pct ?? 0, ...parts.map(fullnessOf))
  const minutes = Math.max(0, ...parts.map((use) => use.estimated_time_to_regain_access))
  const isOfApp = app !== null && fullnessOf(app) >= FULL_PERCENT
  return {
    isFull: isOfApp || fullest >= FULL_PERCENT,
    isOfApp,
    minutes: minutes > 0 ? minutes : null,
  }
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
