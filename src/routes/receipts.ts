import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { lastDays, lengthOf } from '../period.ts'
import { startAll } from '../start-once.ts'
import { recordAudit } from '../store/audit.ts'
import { listConnections } from '../store/connections.ts'
import { findProject, FIRST_PROJECT_ID, placeOf } from '../store/projects.ts'
import { listReceipts, receiptSchema } from '../store/receipts.ts'
import { invalidField, mayConflict, pageOf, takes, tells } from './openapi.ts'

const USUAL_DAYS = 7
const MAX_DAYS = 366

/** Meta keeps leads for so long (Meta: lead ads, retrieving). */
const KEPT_DAYS = 90

const query = z.object({
  project: z.string().max(64).default(FIRST_PROJECT_ID),
  from: z.iso.date().optional().describe('A day of the project, included; a week ago when absent'),
  to: z.iso.date().optional().describe('A day of the project, included; today when absent'),
})

const order = z.strictObject({
  days: z.int().min(1).max(KEPT_DAYS).default(USUAL_DAYS).describe('So many days back'),
})

/** What Meta has of a day's leads, what we hold of them, and what managers were shown. */
export const receipts = new Hono<AppEnv>()
  .get(
    '/',
    allow('stats:read'),
    tells('Receipts, newest first; a day without one was not counted', pageOf(receiptSchema)),
    takes('query', query),
    async (c) => {
      const { project: projectId, ...days } = c.req.valid('query')
      const project = await findProject(c.env.DB, projectId)
      if (!project) throw new AppError('NOT_FOUND', 'There is no such project')
      const { timezone } = placeOf(project, c.var.settings)
      const usual = lastDays(USUAL_DAYS, timezone, Date.now())
      const period = { from: days.from ?? usual.from, to: days.to ?? usual.to }
      if (period.from > period.to) throw invalidField('from', 'is after `to`')
      if (lengthOf(period) > MAX_DAYS) throw invalidField('from', 'is more than a year before `to`')
      const items = await listReceipts(c.env.DB, { projectId, ...period })
      return c.json({ items, nextCursor: null })
    },
  )
  .post(
    '/',
    allow('health:write'),
    tells(
      'Compares the leads of all pages with Meta and counts them',
      z.object({ pages: z.int() }),
      202,
    ),
    mayConflict,
    takes('json', order),
    async (c) => {
      const { days } = c.req.valid('json')
      const connections = await listConnections(c.env.DB)
      const alive = connections.filter(({ state }) => state === 'alive')
      const pageIds = [...new Set(alive.flatMap(({ pages }) => pages.map(({ id }) => id)))]
      if (pageIds.length === 0) throw new AppError('CONFLICT', 'No page is connected')
      const minute = Math.floor(Date.now() / 60_000)
      const { failed } = await startAll(
        c.env.RECONCILE_LEADS,
        pageIds.map((pageId) => ({
          id: `receipts${days}_${pageId}_${minute}`,
          params: { pageId, days, receipts: true },
        })),
      )
      if (failed > 0) throw new Error(`${failed} countings did not start`)
      const { id: actorId, name: actorName } = c.var.caller
      const entry = { actorId, actorName, action: 'receipts.count', target: 'pages' }
      await recordAudit(c.env.DB, { ...entry, details: { days } })
      return c.json({ pages: pageIds.length }, 202)
    },
  )
