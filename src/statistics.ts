import { z } from 'zod'
import { type Money, moneyOf } from './money.ts'
import type { CampaignSums, InsightSums } from './store/insights.ts'
import type { OutcomeCounts, OutcomeRow } from './store/outcomes.ts'

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
export function totalsOf(
  sums: Pick<InsightSums, 'spendMicros' | 'impressions' | 'clicks' | 'leads'>,
  currency: string,
): Totals {
  return {
    spend: moneyOf(sums.spendMicros, currency),
    impressions: sums.impressions,
    clicks: sums.clicks,
    leads: exact(sums.leads),
    cpl: costOf(sums.spendMicros, sums.leads, currency),
    ctr: sums.impressions > 0 ? percentOf(sums.clicks, sums.impressions) : null,
  }
}

/** Totals with what else Meta counts. */
export const fullTotalsSchema = totalsSchema.extend({
  formLeads: z.number().describe('Leads of instant forms alone'),
  messages: z.number().describe('Conversations begun in messengers'),
  purchases: z.number(),
})

export function fullTotalsOf(
  sums: InsightSums,
  currency: string,
): z.infer<typeof fullTotalsSchema> {
  return {
    ...totalsOf(sums, currency),
    formLeads: exact(sums.formLeads),
    messages: exact(sums.messages),
    purchases: exact(sums.purchases),
  }
}

export const resultsSchema = z
  .object({ count: z.number(), indicator: z.string() })
  .nullable()
  .describe("Meta's own Results and what they are; null where it gives none, or several kinds")

/** Meta's own Results of a campaign. */
export function resultsOf({
  results,
  resultIndicator,
}: Pick<CampaignSums, 'results' | 'resultIndicator'>): z.infer<typeof resultsSchema> {
  return results === null || resultIndicator === null
    ? null
    : { count: exact(results), indicator: resultIndicator }
}

/** What has become of our own leads so far. */
export const outcomesSchema = z.object({
  received: z.int(),
  waiting: z.int(),
  inProgress: z.int(),
  won: z.int(),
  lost: z.int(),
  spam: z.int(),
  taken: z.int().describe('Those whom somebody has answered'),
})

const NONE: OutcomeCounts = {
  received: 0,
  waiting: 0,
  inProgress: 0,
  won: 0,
  lost: 0,
  spam: 0,
  taken: 0,
}

const COUNTS = Object.keys(NONE) as (keyof OutcomeCounts)[]

/** Counts of counts. */
export function addOutcomes(all: OutcomeCounts[]): OutcomeCounts {
  const sum = { ...NONE }
  for (const one of all) for (const name of COUNTS) sum[name] += one[name]
  return sum
}

/** Why there is no cost beside a count. */
const NO_COST = ['no_campaign', 'no_insights', 'spend_is_by_campaign'] as const

const costsSchema = outcomesSchema.extend({
  spend: moneySchema.nullable(),
  costPerLead: moneySchema.nullable(),
  costPerTaken: moneySchema.nullable(),
  costPerWon: moneySchema.nullable(),
  noCost: z
    .enum(NO_COST)
    .nullable()
    .describe(
      'Why there is no cost: no_campaign: the leads name none (organic, or the token may not see it); no_insights: nothing of the campaign was read from the ad account in these days; spend_is_by_campaign: spend is not read by ad',
    ),
})

type Costs = z.infer<typeof costsSchema>

/** What our own leads cost, and what those cost that were taken and won. */
export const outcomeCostsSchema = z.object({
  total: costsSchema.describe('Leads that name a campaign, and the spend of all campaigns'),
  byCampaign: z.array(costsSchema.extend({ campaignId: z.string(), name: z.string() })),
  byAd: z.array(costsSchema.extend({ adId: z.string(), campaignId: z.string().nullable() })),
  withoutCampaign: costsSchema.describe('Leads that came from Facebook and name no campaign'),
})

/** Joins the spend of campaigns with what has become of our own leads of them, dearest first. */
export function outcomeCosts(
  rows: OutcomeRow[],
  campaigns: Pick<CampaignSums, 'campaignId' | 'name' | 'spendMicros'>[],
  currency: string,
): z.infer<typeof outcomeCostsSchema> {
  const ofCampaigns = Map.groupBy(
    rows.filter((row) => row.campaignId !== null),
    ({ campaignId }) => campaignId ?? '',
  )
  const known = new Set(campaigns.map(({ campaignId }) => campaignId))
  const unread = [...ofCampaigns].filter(([id]) => !known.has(id))
  const ofAds = Map.groupBy(
    rows.filter((row) => row.adId !== null),
    ({ adId }) => adId ?? '',
  )
  const spent = campaigns.reduce((sum, { spendMicros }) => sum + spendMicros, 0)
  const named = [...ofCampaigns.values()].flat()
  const nameless = rows.filter(({ campaignId, source }) => !campaignId && source === 'facebook')
  return {
    total: costsOf(named, campaigns.length > 0 ? spent : null, currency),
    byCampaign: [
      ...campaigns.map(({ campaignId, name, spendMicros }) => ({
        ...costsOf(ofCampaigns.get(campaignId) ?? [], spendMicros, currency),
        campaignId,
        name: name ?? campaignId,
      })),
      ...unread.map(([campaignId, some]) => ({
        ...costsOf(some, null, currency),
        campaignId,
        name: campaignId,
      })),
    ],
    byAd: [...ofAds].map(([adId, some]) => ({
      ...costsOf(some, null, currency, 'spend_is_by_campaign'),
      adId,
      campaignId: some.find(({ campaignId }) => campaignId !== null)?.campaignId ?? null,
    })),
    withoutCampaign: costsOf(nameless, null, currency, 'no_campaign'),
  }
}

function costsOf(
  rows: OutcomeCounts[],
  spendMicros: number | null,
  currency: string,
  noCost: Costs['noCost'] = 'no_insights',
): Costs {
  const counts = addOutcomes(rows)
  const costPer = (count: number) =>
    spendMicros === null ? null : costOf(spendMicros, count, currency)
  return {
    ...counts,
    spend: spendMicros === null ? null : moneyOf(spendMicros, currency),
    costPerLead: costPer(counts.received),
    costPerTaken: costPer(counts.taken),
    costPerWon: costPer(counts.won),
    noCost: spendMicros === null ? noCost : null,
  }
}

/** Why Meta's count of form leads and our own may differ; only what applies is said. */
export const DIFFERENCES = {
  day_of_impression: 'Meta counts a lead on the day its ad was shown, we on the day it came',
  other_timezone: 'Days of the ad account and days of the project begin at different times',
  short_period: 'Within less than seven days leads still move from one day to another',
  still_changing: 'Meta changes its numbers for up to 28 days',
  not_read: 'Some of these days were never read from Meta',
  without_campaign: 'Some of our leads name no campaign: organic ones, which Meta counts nowhere',
  merged: 'A person who leaves a form again is another lead with Meta, and may be one with us',
} as const

export type Difference = keyof typeof DIFFERENCES

/** Which of the reasons apply. */
export function whyDifferent(about: {
  days: number
  isRecent: boolean
  isSameTimezone: boolean
  unreadDays: number
  withoutCampaign: number
}): Difference[] {
  const applies: Record<Difference, boolean> = {
    day_of_impression: true,
    other_timezone: !about.isSameTimezone,
    short_period: about.days < 7,
    still_changing: about.isRecent,
    not_read: about.unreadDays > 0,
    without_campaign: about.withoutCampaign > 0,
    merged: true,
  }
  return (Object.keys(applies) as Difference[]).filter((reason) => applies[reason])
}

/** What one of `count` cost; of none there is no cost. */
function costOf(micros: number, count: number, currency: string): Money | null {
  return count > 0 ? moneyOf(micros / count, currency) : null
}

function percentOf(part: number, whole: number): number {
  return Math.round((part / whole) * 1_000_000) / 10_000
}

/** Modelled counts have decimals, whose sum shall not end in …0004. */
function exact(count: number): number {
  return Math.round(count * 1_000_000) / 1_000_000
}
