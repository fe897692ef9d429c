import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { findAlert, listAlerts } from '../store/watch.ts'
import { watchOf } from '../stubs.ts'
import { alertSchema, type ShownAlert } from '../watch/alert.ts'
import { refOf } from './idempotency.ts'
import {
  isRepeatable,
  mayConflict,
  packCursor,
  pageOf,
  pageQuery,
  takes,
  tells,
  unpackCursor,
} from './openapi.ts'

const query = pageQuery.extend({
  project: z.string().max(64).optional(),
  state: z.enum(['open', 'over']).optional(),
})

const idParam = z.object({ id: z.string().max(64) })

const MAX_SNOOZE_MS = 60 * 86_400_000

const snooze = z.strictObject({
  until: z.iso
    .datetime({ offset: true })
    .transform((time) => new Date(time).toISOString())
    .refine((time) => Date.parse(time) > Date.now(), { error: 'must be in the future' })
    .refine((time) => Date.parse(time) < Date.now() + MAX_SNOOZE_MS, {
      error: 'must be within sixty days',
    }),
})

/** What somebody should see to about a project's advertising, now and in the past. */
export const alerts = new Hono<AppEnv>()
  .get(
    '/',
    allow('stats:read'),
    tells('Alerts, newest first', pageOf(alertSchema)),
    takes('query', query),
    async (c) => {
      const { project: projectId, state, cursor, limit } = c.req.valid('query')
      const page = { after: unpackCursor(cursor), limit }
      const items = await listAlerts(c.env.DB, { projectId, state }, page)
      const last = items.length === limit ? items.at(-1) : undefined
      const next = last ? { createdAt: last.openedAt, id: last.id } : null
      return c.json({ items, nextCursor: packCursor(next) })
    },
  )
  .post(
    '/:id/snooze',
    allow('projects:write'),
    tells('Keeps an open alert quiet until a time', alertSchema),
    isRepeatable,
    mayConflict,
    takes('param', idParam),
    takes('json', snooze),
    async (c) => {
      const alert = await existing(c, c.req.valid('param').id)
      const { id, name } = c.var.caller
      const answer = await watchOf(c.env, alert.projectId).snooze({
        alertId: alert.id,
        until: c.req.valid('json').until,
        ref: `api:${refOf(c) ?? crypto.randomUUID()}`,
        by: { id, name },
      })
      if (!answer.ok) throw new AppError('CONFLICT', 'The alert is over')
      return c.json(alertSchema.parse(answer.alert))
    },
  )

async function existing(c: Context<AppEnv>, id: string): Promise<ShownAlert> {
  const alert = await findAlert(c.env.DB, id)
  if (!alert) throw new AppError('NOT_FOUND', 'There is no such alert')
  return alert
}
