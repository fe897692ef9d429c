import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import {
  KEPT_MONTHS,
  RESTATED_DAYS,
  snapshotKey,
  startAggregation,
  type Wanted,
} from '../meta/aggregate.ts'
import { dayOf, lastDays, lengthOf, monthsBefore, type Period } from '../period.ts'
import { totalsSchema } from '../statistics.ts'
import { findProject, FIRST_PROJECT_ID, placeOf, type Project } from '../store/projects.ts'
import { invalidField, mayConflict, takes, tells } from './openapi.ts'
import { statsOf, statsSchema } from './stats-answer.ts'

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

const refreshBody = z.object({
  from: z.iso.date().optional().describe('A day of the ad account, at most 37 months ago'),
  to: z.iso.date().optional().describe('Included; today when absent'),
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
      const { timezone } = placeOf(project, c.var.settings)
      const period = periodOf(days, project.accountTimezone ?? timezone)
      return c.json(await statsOf(c.env, project, { period, timezone, compare }))
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
    tells('Starts reading days from Meta', z.object({ id: z.string() }), 202),
    mayConflict,
    takes('query', z.object({ project: z.string().max(64).default(FIRST_PROJECT_ID) })),
    takes('json', refreshBody),
    async (c) => {
      const project = await existing(c.env.DB, c.req.valid('query').project)
      const { adAccountId, connectionId, accountTimezone } = project
      if (!adAccountId || !connectionId || !accountTimezone) {
        throw new AppError('CONFLICT', 'No ad account is connected to this project')
      }
      const wanted = wantedOf(c.req.valid('json'), accountTimezone, Date.now())
      return c.json({ id: await startAggregation(c.env, project.id, wanted, Date.now()) }, 202)
    },
  )

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

/** Which days a refresh means: those it names as far as they have come, else the last 28. */
function wantedOf(
  { from, to }: z.infer<typeof refreshBody>,
  timezone: string,
  now: number,
): Wanted {
  if (from === undefined && to === undefined) return { days: RESTATED_DAYS }
  const today = dayOf(now, timezone)
  const end = to === undefined || to > today ? today : to
  const period = { from: from ?? end, to: end }
  if (period.from > period.to) throw invalidField('from', 'is after `to`, or still to come')
  if (period.from < monthsBefore(KEPT_MONTHS, timezone, now)) {
    throw invalidField('from', 'Meta keeps 37 months')
  }
  return { period }
}
