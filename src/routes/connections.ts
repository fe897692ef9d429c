import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import { connectionSchema, findConnection, listConnections } from '../store/connections.ts'
import { connectionOf } from '../stubs.ts'
import { pageOf, takes, tells } from './openapi.ts'

/** Who allowed us into Meta. A connection is made by `GET /meta/connect`. */
export const connections = new Hono<AppEnv>()
  .get(
    '/',
    allow('connections:manage'),
    tells('Connections', pageOf(connectionSchema)),
    async (c) => c.json({ items: await listConnections(c.env.DB), nextCursor: null }),
  )
  .delete(
    '/:id',
    allow('connections:manage'),
    tells('Takes our permissions back and forgets the tokens', null, 204),
    takes('param', z.object({ id: z.string().max(64) })),
    async (c) => {
      const { id } = c.req.valid('param')
      if (!(await findConnection(c.env.DB, id))) {
        throw new AppError('NOT_FOUND', 'There is no such connection')
      }
      await connectionOf(c.env, id).disconnect()
      const { id: actorId, name: actorName } = c.var.caller
      await recordAudit(c.env.DB, { actorId, actorName, action: 'connection.delete', target: id })
      return c.body(null, 204)
    },
  )
