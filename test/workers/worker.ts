import { env, exports } from 'cloudflare:workers'
import type { z } from 'zod'
import { type KeyRole, type Scope, SCOPES_OF } from '../../src/auth/permissions.ts'
import { errorSchema } from '../../src/routes/openapi.ts'
import { sha256 } from '../../src/secrets.ts'
import { insertPortalKey } from '../../src/store/portal-keys.ts'
import { insertSession } from '../../src/store/sessions.ts'
import { TEST_SETTINGS } from '../settings.ts'

export const ORIGIN = 'https://targetbot.test'

/** A portal key with a role and, unless they are given, all of its scopes. */
export async function newKey(
  role: KeyRole,
  scopes: readonly Scope[] = SCOPES_OF[role],
): Promise<{ id: string; key: string }> {
  const key = crypto.randomUUID()
  const id = crypto.randomUUID()
  await insertPortalKey(env.DB, {
    id,
    keyHash: await sha256(key),
    name: `${role} key`,
    role,
    scopes: [...scopes],
    by: '1001',
  })
  return { id, key }
}

/** The cookie of a session of this person. */
export async function cookieOf(person: { id: number }): Promise<string> {
  const id = crypto.randomUUID()
  const expiresAt = '2100-01-01T00:00:00.000Z'
  await insertSession(env.DB, { idHash: await sha256(id), userId: String(person.id), expiresAt })
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const secret = new TextEncoder().encode(TEST_SETTINGS.SESSION_SECRET)
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(id))
  return `__Host-targetbot=${encodeURIComponent(`${id}.${new Uint8Array(signature).toBase64()}`)}`
}

export interface Asked {
  key?: string
  body?: unknown
  headers?: Record<string, string>
}

/** Asks the Worker as a program would. */
export async function ask(method: string, path: string, asked: Asked = {}): Promise<Response> {
  const { key, body, headers = {} } = asked
  return exports.default.fetch(
    new Request(`${ORIGIN}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(key === undefined ? {} : { 'x-auth-key': key }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    }),
  )
}

/** The answer, read by its schema. */
export async function read<Schema extends z.ZodType>(
  schema: Schema,
  response: Response,
): Promise<z.infer<Schema>> {
  return schema.parse(await response.json())
}

/** The error of an answer, whose envelope every error has. */
export async function errorOf(response: Response): Promise<z.infer<typeof errorSchema>['error']> {
  return (await read(errorSchema, response)).error
}
