import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { healthOf, healthSchema, retryParked } from '../health.ts'
import { recordAudit } from '../store/audit.ts'
import { takes, tells } from './openapi.ts'

/** Everything that waits or was given up, and a way to try it again. */
export const health = new Hono<AppEnv>()
  .get('/', allow('health:read'), tells('How everything is', healthSchema), async (c) =>
    c.json(await healthOf(c.env, c.var.settings)),
  )
  .post(
    '/parked/retry',
    allow('health:read'),
    tells('Tries again what was parked', z.object({ retried: z.boolean() })),
    takes(
      'json',
      z.strictObject({
        object: z.string().max(32),
        name: z.string().max(64),
        seq: z.int().positive(),
      }),
    ),
    async (c) => {
      const row = c.req.valid('json')
      if (!(await retryParked(c.env, row))) {
        throw new AppError('NOT_FOUND', 'Nothing is parked there any more')
      }
      const { id: actorId, name: actorName } = c.var.caller
      const target = `${row.object}:${row.name}:${row.seq}`
      await recordAudit(c.env.DB, { actorId, actorName, action: 'parked.retry', target })
      return c.json({ retried: true })
    },
  )
