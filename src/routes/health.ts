import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { dismissParked, healthOf, healthSchema, retryAllParked, retryParked } from '../health.ts'
import { recordAudit } from '../store/audit.ts'
import { takes, tells } from './openapi.ts'

const parkedKey = z.strictObject({
  object: z.string().max(32),
  name: z.string().max(64),
  seq: z.int().positive(),
})

const retry = z.union([parkedKey, z.strictObject({ reason: z.string().min(1).max(300) })], {
  error: 'takes { object, name, seq } or { reason }',
})

/** Everything that waits or was given up, and a way to try it again. */
export const health = new Hono<AppEnv>()
  .get('/', allow('health:read'), tells('How everything is', healthSchema), async (c) =>
    c.json(await healthOf(c.env, c.var.settings)),
  )
  .post(
    '/parked/retry',
    allow('health:write'),
    tells(
      'Tries again one thing that was parked, or the oldest 200 that were for one reason',
      z.object({ retried: z.int().describe('How many') }),
    ),
    takes('json', retry),
    async (c) => {
      const body = c.req.valid('json')
      const isOne = 'seq' in body
      const retried = isOne
        ? Number(await retryParked(c.env, body))
        : await retryAllParked(c.env, body.reason)
      if (retried === 0) throw new AppError('NOT_FOUND', 'Nothing is parked there any more')
      const { id: actorId, name: actorName } = c.var.caller
      const target = isOne ? `${body.object}:${body.name}:${body.seq}` : body.reason
      const details = { retried }
      await recordAudit(c.env.DB, { actorId, actorName, action: 'parked.retry', target, details })
      return c.json({ retried })
    },
  )
  .post(
    '/parked/dismiss',
    allow('health:write'),
    tells('Forgets a notification that made no sense', z.object({ dismissed: z.boolean() })),
    takes('json', parkedKey),
    async (c) => {
      const row = c.req.valid('json')
      if (!(await dismissParked(c.env, row))) {
        throw new AppError('NOT_FOUND', 'Nothing that can be dismissed is parked there')
      }
      const { id: actorId, name: actorName } = c.var.caller
      const target = `${row.object}:${row.name}:${row.seq}`
      await recordAudit(c.env.DB, { actorId, actorName, action: 'parked.dismiss', target })
      return c.json({ dismissed: true })
    },
  )
