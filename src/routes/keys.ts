import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import type { Caller } from '../auth/caller.ts'
import { KEY_ROLES, type KeyRole, type Scope, SCOPES, SCOPES_OF } from '../auth/permissions.ts'
import { AppError } from '../errors.ts'
import { sha256 } from '../secrets.ts'
import { recordAudit } from '../store/audit.ts'
import {
  deletePortalKey,
  insertPortalKey,
  listPortalKeys,
  portalKeySchema,
} from '../store/portal-keys.ts'
import { idFor } from './idempotency.ts'
import { invalidField, isRepeatable, mayConflict, pageOf, takes, tells } from './openapi.ts'

const newKey = z.strictObject({
  name: z.string().trim().min(1).max(100),
  role: z.enum(KEY_ROLES),
  scopes: z.array(z.enum(SCOPES)).optional().describe('Narrows the role; all of it when absent'),
})

/** Portal keys: the key itself is in the answer of its creation and nowhere else. */
export const keys = new Hono<AppEnv>()
  .get('/', allow('keys:manage'), tells('Keys', pageOf(portalKeySchema)), async (c) =>
    c.json({ items: await listPortalKeys(c.env.DB), nextCursor: null }),
  )
  .post(
    '/',
    allow('keys:manage'),
    tells('Makes a key and shows it this once', portalKeySchema.extend({ key: z.uuid() }), 201),
    isRepeatable,
    mayConflict,
    takes('json', newKey),
    async (c) => {
      const { name, role, scopes = [...SCOPES_OF[c.req.valid('json').role]] } = c.req.valid('json')
      checkScopes(c.var.caller, role, scopes)
      const { id: by, name: actorName } = c.var.caller
      const key = crypto.randomUUID()
      const id = idFor(c, 'key')
      const keyHash = await sha256(key)
      const made = await insertPortalKey(c.env.DB, { id, keyHash, name, role, scopes, by })
      if (!made) {
        const message = 'This Idempotency-Key has made a key, which was shown that once'
        throw new AppError('CONFLICT', message, { details: { id } })
      }
      const details = { name, role, scopes }
      await recordAudit(c.env.DB, {
        actorId: by,
        actorName,
        action: 'key.create',
        target: id,
        details,
      })
      return c.json({ ...made, key }, 201)
    },
  )
  .delete(
    '/:id',
    allow('keys:manage'),
    tells('Takes a key back; it opens nothing from now on', null, 204),
    takes('param', z.object({ id: z.uuid() })),
    async (c) => {
      const { id } = c.req.valid('param')
      if (!(await deletePortalKey(c.env.DB, id))) {
        throw new AppError('NOT_FOUND', 'There is no such key')
      }
      const { id: actorId, name: actorName } = c.var.caller
      await recordAudit(c.env.DB, { actorId, actorName, action: 'key.delete', target: id })
      return c.body(null, 204)
    },
  )

/** A key may what its role may, and nothing that its maker may not. */
function checkScopes(maker: Caller, role: KeyRole, scopes: Scope[]): void {
  const beyondRole = scopes.find((scope) => !SCOPES_OF[role].includes(scope))
  if (beyondRole) throw invalidField('scopes', `${beyondRole} is more than the role ${role} may`)
  const beyond = scopes.filter((scope) => !maker.scopes.includes(scope))
  if (beyond.length === 0) return
  const message = `A key cannot be given what its maker may not: ${beyond.join(', ')}`
  throw new AppError('FORBIDDEN', message, { details: { scopes: beyond } })
}
