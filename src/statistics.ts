import { z } from 'zod'
import { type Money, moneyOf } from './money.ts'
import type { InsightSums } from './store/insights.ts'

export const moneySchema = z.object({ amount: z.string(), currency: z.string() })

/** Sums of some days and campaigns, and what follows from the sums. */
export const totalsSchema = z.object({
  spend: moneySchema,
  impressions: z.number(),
  clicks: z.number(),
  leads: z.number(),
  cpl: moneySchema.nullable().describe('Spend by leads; null without leads'),
  ctr: z.number().nullable().describe('Clicks by impressions, percent; null without impressions'),
})

export type Totals = z.infer<typeof totalsSchema>

/** Ratios come from the sums, never from averages of ratios. */
export function totalsOf(sums: InsightSums, currency: string): Totals {
  return {
    spend: moneyOf(sums.spendMicros, currency),
    impressions: sums.impressions,
    clicks: sums.clicks,
    leads: sums.leads,
    cpl: sums.leads > 0 ? costOf(sums.spendMicros, sums.leads, currency) : null,
    ctr: sums.impressions > 0 ? percentOf(sums.clicks, sums.impressions) : null,
  }
}

/** What one of `count` cost. */
function costOf(micros: number, count: number, currency: string): Money {
  return moneyOf(micros / count, currency)
}

function percentOf(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000_000) / 10_000
}
