import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { lastReadAt, startAggregation, RESTATED_DAYS, snapshotKey } from '../meta/aggregate.ts'
import { type Period, boundsOf, lastDays, lengthOf, periodBefore } from '../period.ts'
import { type Totals, totalsOf, totalsSchema } from '../statistics.ts'
import { sumInsights } from '../store/insights.ts'
import { countLeads } from '../store/leads.ts'
import { findProject, FIRST_PROJECT_ID, placeOf, type Project } from '../store/projects.ts'
import { invalidField, mayConflict, takes, tells } from './openapi.ts'

/** Meta keeps 37 months (Meta: insights, error 3018). */
const MAX_DAYS = 37 * 31

const query = z.object({
  project: z.string().max(64).default(FIRST_PROJECT_ID),
  from: z.iso
    .date()
    .optional()
    .describe('A day of the ad account, included; 28 days ago when absent'),
  to: z.iso.date().optional().describe('A day of the ad account, included; today when absent'),
  compare: z.stringbool().default(false).describe('Also the period of the same length before'),
})

const outcomesSchema = z.object({
  received: z.int(),
  waiting: z.int(),
  inProgress: z.int(),
  won: z.int(),
  lost: z.int(),
  spam: z.int(),
})

const statsSchema = z.object({
  projectId: z.string(),
  from: z.iso.date(),
  to: z.iso.date(),
  totals: totalsSchema,
  before: totalsSchema.nullable(),
  byCampaign: z.array(totalsSchema.extend({ campaignId: z.string(), name: z.string() })),
  byDay: z.array(totalsSchema.extend({ date: z.iso.date() })),
  byOutcome: outcomesSchema.describe('Our own leads of these days, in the timezone of the project'),
  source: z.object({
    name: z.literal('meta'),
    accountId: z.string().nullable().describe('null: no ad account is connected'),
    currency: z.string(),
    timezone: z.string(),
    attribution: z.string(),
    updatedAt: z.string().nullable().describe('When Meta was last asked for them; null: never'),
  }),
})

const snapshotSchema = z.object({
  from: z.iso.date(),
  to: z.iso.date(),
  totals: totalsSchema,
  updatedAt: z.string(),
})

/** What leads cost, from the insights that were read; every number says where it is from. */
export const stats = new Hono<AppEnv>()
  .get(
    '/',
    allow('stats:read'),
    tells('Spend, leads, CPL and CTR of a period', statsSchema),
    takes('query', query),
    async (c) => {
      const { project: projectId, compare, ...days } = c.req.valid('query')
      const project = await existing(c.env.DB, projectId)
      const place = placeOf(project, c.var.settings)
      const timezone = project.accountTimezone ?? place.timezone
      const period = periodOf(days, timezone)
      const accountId = project.adAccountId
      const currency = project.currency ?? 'USD'
      const [sums, outcomes, before, updatedAt] = await Promise.all([
        sumInsights(c.env.DB, { accountId: accountId ?? '', ...period }),
        countLeads(c.env.DB, { projectId, ...boundsOf(period, place.timezone) }),
        compare ? totalsBefore(c.env.DB, accountId ?? '', period, currency) : null,
        lastReadAt(c.env, projectId),
      ])
      return c.json({
        projectId,
        ...period,
        totals: totalsOf(sums.totals, currency),
        before,
        byCampaign: sums.campaigns.map(({ campaignId, name, ...one }) => ({
          ...totalsOf(one, currency),
          campaignId,
          name: name ?? campaignId,
        })),
        byDay: sums.days.map(({ date, ...one }) => ({ ...totalsOf(one, currency), date })),
        byOutcome: outcomesOf(outcomes),
        source: {
          name: 'meta' as const,
          accountId,
          currency,
          timezone,
          attribution: ATTRIBUTION,
          updatedAt,
        },
      })
    },
  )
  .get(
    '/last',
    allow('stats:read'),
    tells('The last aggregated totals of 28 days, all projects together or one', snapshotSchema),
    takes('query', z.object({ project: z.string().max(64).optional() })),
    async (c) => {
      const stored = await c.env.KV_META.get(snapshotKey(c.req.valid('query').project), 'json')
      if (stored === null) throw new AppError('NOT_FOUND', 'No insights have been read yet')
      return c.json(snapshotSchema.parse(stored))
    },
  )
  .post(
    '/refresh',
    allow('stats:refresh'),
    tells('Starts reading the last 28 days from Meta', z.object({ id: z.string() }), 202),
    mayConflict,
    takes('query', z.object({ project: z.string().max(64).default(FIRST_PROJECT_ID) })),
    async (c) => {
      const project = await existing(c.env.DB, c.req.valid('query').project)
      if (!project.adAccountId || !project.connectionId) {
        throw new AppError('CONFLICT', 'No ad account is connected to this project')
      }
      const id = await startAggregation(c.env, project.id, RESTATED_DAYS, Date.now())
      return c.json({ id }, 202)
    },
  )

/** Since June 2025 Meta counts every ad set by its own setting and ignores what is asked for. */
const ATTRIBUTION = 'as set in each ad set'

async function existing(db: D1Database, id: string): Promise<Project> {
  const project = await findProject(db, id)
  if (!project) throw invalidField('project', 'there is no such project')
  return project
}

function periodOf(
  { from, to }: { from?: string | undefined; to?: string | undefined },
  zone: string,
): Period {
  const usual = lastDays(RESTATED_DAYS, zone, Date.now())
  const end = to ?? (from && from > usual.to ? from : usual.to)
  const period = { from: from ?? (usual.from < end ? usual.from : end), to: end }
  if (period.from > period.to) throw invalidField('from', 'is after `to`')
  if (lengthOf(period) > MAX_DAYS) throw invalidField('from', 'Meta keeps 37 months')
  return period
}

async function totalsBefore(
  db: D1Database,
  accountId: string,
  period: Period,
  currency: string,
): Promise<Totals> {
  const { totals } = await sumInsights(db, { accountId, ...periodBefore(period) })
  return totalsOf(totals, currency)
}

function outcomesOf(
  counts: Awaited<ReturnType<typeof countLeads>>,
): z.infer<typeof outcomesSchema> {
  const count = (is: (one: (typeof counts)[number]) => boolean) =>
    counts.filter(is).reduce((sum, { n }) => sum + n, 0)
  return {
    received: count(() => true),
    waiting: count(({ status }) => status === 'new'),
    inProgress: count(({ status }) => status === 'in_progress'),
    won: count(({ outcome }) => outcome === 'won'),
    lost: count(({ outcome }) => outcome === 'lost'),
    spam: count(({ outcome }) => outcome === 'spam'),
  }
}
