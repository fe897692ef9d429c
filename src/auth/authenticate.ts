import type { Context, MiddlewareHandler } from 'hono'
import { createMiddleware } from 'hono/factory'
import type { AppEnv } from '../app-env.ts'
import { AppError } from '../errors.ts'
import { sha256 } from '../secrets.ts'
import { findPortalKey, touchPortalKey } from '../store/portal-keys.ts'
import type { Caller } from './caller.ts'
import { type Scope, SCOPES_OF } from './permissions.ts'
import { userOf } from './sessions.ts'

/** Lets in who has a portal key or a session; everybody else gets 401. */
export const authenticate = createMiddleware<AppEnv>(async function authenticate(c, next) {
  const key = c.req.header('X-Auth-Key')
  if (slowedDown.has(addressOf(c))) await slowDown(c)
  const caller = key === undefined ? await callerOfSession(c) : await callerOfKey(c, key)
  if (!caller) {
    await slowDown(c)
    throw new AppError('UNAUTHORIZED', 'Send a portal key in X-Auth-Key, or sign in to the portal')
  }
  c.set('caller', caller)
  await next()
})

/** Lets on who has this scope; the rest get 403. */
export function allow(scope: Scope): MiddlewareHandler<AppEnv> {
  return createMiddleware<AppEnv>(async function allowed(c, next) {
    if (!c.var.caller.scopes.includes(scope)) {
      throw new AppError('FORBIDDEN', `This needs the scope ${scope}`, { details: { scope } })
    }
    await next()
  })
}

/** Lets on who has any scope at all. */
export const allowAny = createMiddleware<AppEnv>(async function allowedAny(c, next) {
  if (c.var.caller.scopes.length === 0) throw new AppError('FORBIDDEN', 'This key has no scopes')
  await next()
})

async function callerOfKey(c: Context<AppEnv>, key: string): Promise<Caller | null> {
  if (!UUID.test(key)) return null
  const found = await findPortalKey(c.env.DB, await sha256(key))
  if (!found) return null
  c.executionCtx.waitUntil(touchPortalKey(c.env.DB, found))
  const { id, name, role, scopes } = found
  return { kind: 'key', id, name, role, scopes }
}

async function callerOfSession(c: Context<AppEnv>): Promise<Caller | null> {
  const user = await userOf(c)
  if (!user) return null
  if (!isSafe(c.req.method) && !isSameOrigin(c)) {
    throw new AppError('FORBIDDEN', 'A session acts only from the portal itself')
  }
  const { id, name, role } = user
  return { kind: 'session', id, name, role, scopes: SCOPES_OF[role] }
}

function isSafe(method: string): boolean {
  return method === 'GET' || method === 'HEAD'
}

/** Browsers say where a request comes from and let no page lie about it. */
export function isSameOrigin(c: Context): boolean {
  const site = c.req.header('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin'
  return c.req.header('Origin') === new URL(c.req.url).origin
}

/** All keys look so; whatever does not is no key, and the database need not be asked. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Addresses that were told to wait: they are asked to first, and only then who they are. */
const slowedDown = new Set<string>()

const MAX_REMEMBERED = 1_000

/** Guessing is hopeless, but it shall not be paid for either. */
async function slowDown(c: Context<AppEnv>): Promise<void> {
  const address = addressOf(c)
  const { success } = await c.env.LIMIT_REFUSED.limit({ key: address })
  if (success) {
    slowedDown.delete(address)
    return
  }
  // Forgetting costs no more than one look at the database.
  if (slowedDown.size >= MAX_REMEMBERED) slowedDown.clear()
  slowedDown.add(address)
  throw new AppError('RATE_LIMITED', 'Too many refused requests; wait a minute')
}

function addressOf(c: Context): string {
  return c.req.header('CF-Connecting-IP') ?? 'local'
}
