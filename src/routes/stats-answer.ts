import { z } from 'zod'
import { lastReadAt, RESTATED_DAYS } from '../meta/aggregate.ts'
import { boundsOf, dayOf, lastDays, lengthOf, type Period, periodBefore } from '../period.ts'
import {
  addOutcomes,
  type Difference,
  DIFFERENCES,
  fullTotalsOf,
  fullTotalsSchema,
  outcomeCosts,
  outcomeCostsSchema,
  outcomesSchema,
  resultsOf,
  resultsSchema,
  whyDifferent,
} from '../statistics.ts'
import { findReading, sumInsights } from '../store/insights.ts'
import { countOutcomes } from '../store/outcomes.ts'
import type { Project } from '../store/projects.ts'
import { isoTime } from '../time.ts'

/** Since June 2025 Meta counts every ad set by its own setting and ignores what is asked for. */
const ATTRIBUTION = 'as set in each ad set'

const metaProvenance = z.object({
  source: z.literal('meta'),
  accountId: z.string().nullable(),
  currency: z.string(),
  timezone: z.string(),
  attribution: z.string(),
  countedBy: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  fetchedAt: z
    .string()
    .nullable()
    .describe('Since when no day of these was read again; null: none was ever'),
  unreadDays: z.int().describe('Days that were never read; POST /api/stats/refresh reads them'),
})

/** What a period has cost and brought; every number says where it is from. */
export const statsSchema = z.object({
  projectId: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  totals: fullTotalsSchema,
  before: fullTotalsSchema.nullable(),
  byCampaign: z.array(
    fullTotalsSchema.extend({ campaignId: z.string(), name: z.string(), results: resultsSchema }),
  ),
  byDay: z.array(
    fullTotalsSchema.extend({
      date: z.iso.date(),
      restatedAt: z
        .string()
        .nullable()
        .describe('When Meta last changed the day after it was over; null: never'),
    }),
  ),
  byOutcome: outcomesSchema.describe('Our own leads of these days, in the timezone of the project'),
  outcomeCosts: outcomeCostsSchema.describe(
    'What our own leads that came in these days cost, by what has become of them so far',
  ),
  comparison: z
    .object({
      meta: z.number().describe('Leads of forms that Meta counts'),
      own: z.int().describe('Leads from Facebook that came to us'),
      reasons: z.array(
        z.object({ code: z.enum(Object.keys(DIFFERENCES) as [Difference]), text: z.string() }),
      ),
    })
    .describe('The same by two counts, and why they may differ'),
  source: z.object({
    name: z.literal('meta'),
    accountId: z.string().nullable().describe('null: no ad account is connected'),
    currency: z.string(),
    timezone: z.string(),
    attribution: z.string(),
    updatedAt: z.string().nullable().describe('When Meta was last asked for them; null: never'),
  }),
  provenance: z
    .object({
      meta: metaProvenance.describe('Of totals, byCampaign, byDay, every spend, comparison.meta'),
      before: metaProvenance.nullable().describe('Of before'),
      own: z
        .object({
          source: z.literal('targetbot'),
          projectId: z.string(),
          from: z.string(),
          to: z.string().describe('Exclusive'),
          timezone: z.string(),
          countedBy: z.string(),
          fetchedAt: z.string(),
        })
        .describe('Of byOutcome, every count in outcomeCosts, comparison.own'),
    })
    .describe('Where every number is from'),
})

/**
 * Everything about a period of a project: Meta's numbers by the days of the ad account, our own by
 * those of the project, whose `timezone` is given.
 */
export async function statsOf(
  env: Env,
  project: Project,
  {
    period,
    timezone: ownTimezone,
    compare,
  }: { period: Period; timezone: string; compare: boolean },
): Promise<z.infer<typeof statsSchema>> {
  const projectId = project.id
  const timezone = project.accountTimezone ?? ownTimezone
  const bounds = boundsOf(period, ownTimezone)
  const now = Date.now()
  const [meta, before, own, updatedAt] = await Promise.all([
    metaOf(env.DB, { project, timezone }, period, now),
    compare ? metaOf(env.DB, { project, timezone }, periodBefore(period), now) : null,
    countOutcomes(env.DB, { projectId, ...bounds }),
    lastReadAt(env, projectId),
  ])
  const { sums, provenance } = meta
  const { currency, accountId } = provenance
  const costs = outcomeCosts(own, sums.campaigns, currency)
  const reasons = whyDifferent({
    days: lengthOf(period),
    isRecent: period.to >= lastDays(RESTATED_DAYS, timezone, now).from,
    isSameTimezone: timezone === ownTimezone,
    unreadDays: provenance.unreadDays,
    withoutCampaign: costs.withoutCampaign.received,
  })
  return {
    projectId,
    ...period,
    totals: fullTotalsOf(sums.totals, currency),
    before: before && fullTotalsOf(before.sums.totals, currency),
    byCampaign: sums.campaigns.map(({ campaignId, name, ...one }) => ({
      ...fullTotalsOf(one, currency),
      campaignId,
      name: name ?? campaignId,
      results: resultsOf(one),
    })),
    byDay: sums.days.map(({ date, restatedAt, ...one }) => ({
      ...fullTotalsOf(one, currency),
      date,
      restatedAt,
    })),
    byOutcome: addOutcomes(own),
    outcomeCosts: costs,
    comparison: {
      meta: fullTotalsOf(sums.totals, currency).formLeads,
      own: addOutcomes(own.filter(({ source }) => source === 'facebook')).received,
      reasons: reasons.map((code) => ({ code, text: DIFFERENCES[code] })),
    },
    source: {
      name: 'meta' as const,
      accountId,
      currency,
      timezone,
      attribution: ATTRIBUTION,
      updatedAt,
    },
    provenance: {
      meta: provenance,
      before: before && before.provenance,
      own: {
        source: 'targetbot' as const,
        projectId,
        ...bounds,
        timezone: ownTimezone,
        countedBy: 'the day a lead came; tests and merged repeats are not counted',
        fetchedAt: isoTime(now),
      },
    },
  }
}

/** What Meta has counted of a project within some days, and where that is from. */
async function metaOf(
  db: D1Database,
  { project, timezone }: { project: Project; timezone: string },
  period: Period,
  now: number,
) {
  const { id: projectId, adAccountId: accountId, currency } = project
  const range = { accountId: accountId ?? '', ...period }
  const [sums, reading] = await Promise.all([
    sumInsights(db, { ...range, projectId }),
    findReading(db, range),
  ])
  const today = dayOf(now, timezone)
  const past = { from: period.from, to: period.to < today ? period.to : today }
  const days = past.from > past.to ? 0 : lengthOf(past)
  return {
    sums,
    provenance: {
      source: 'meta' as const,
      accountId,
      currency: currency ?? 'USD',
      timezone,
      attribution: ATTRIBUTION,
      countedBy: 'the day an ad was shown (leads on Facebook) or something was done (elsewhere)',
      ...period,
      fetchedAt: reading.oldestAt,
      unreadDays: Math.max(0, days - reading.days),
    },
  }
}
