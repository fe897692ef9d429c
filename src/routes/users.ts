import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { roleChanged } from '../look-again.ts'
import { recordAudit } from '../store/audit.ts'
import { findUser, listUsers, setUserRole, USER_ROLES, userSchema } from '../store/users.ts'
import { mayConflict, pageOf, takes, tells } from './openapi.ts'

/** People known by Telegram; everybody who wrote to the bot is one. */
export const users = new Hono<AppEnv>()
  .get(
    '/',
    allow('users:read'),
    tells('People', pageOf(userSchema)),
    takes('query', z.object({ role: z.enum(USER_ROLES).optional() })),
    async (c) =>
      c.json({ items: await listUsers(c.env.DB, c.req.valid('query').role), nextCursor: null }),
  )
  .patch(
    '/:id',
    allow('users:write'),
    tells('Gives a role', userSchema),
    mayConflict,
    takes('param', z.object({ id: z.string().max(64) })),
    takes('json', z.strictObject({ role: z.enum(USER_ROLES) })),
    async (c) => {
      const { id } = c.req.valid('param')
      const { role } = c.req.valid('json')
      if (role !== 'admin' && c.var.settings.ADMIN_IDS.includes(id)) {
        throw new AppError('CONFLICT', 'ADMIN_IDS makes this person an admin')
      }
      if (!(await setUserRole(c.env.DB, id, role))) {
        throw new AppError('NOT_FOUND', 'Nobody with this id has written to the bot')
      }
      await roleChanged(c.env, id, role)
      const { id: actorId, name: actorName } = c.var.caller
      await recordAudit(c.env.DB, {
        actorId,
        actorName,
        action: 'user.role',
        target: id,
        details: { role },
      })
      return c.json(await findUser(c.env.DB, id))
    },
  )
