import type { Context } from 'hono'
import { v5 as uuidv5 } from 'uuid'
import type { AppEnv } from '../app-env.ts'
import { invalidField } from './openapi.ts'

/** Never changes: what is made again under one Idempotency-Key has the same id. */
const NAMESPACE = 'b7c1f0de-52a4-5d39-9a0e-6d1c8e4f7a30'

/**
 * What names a request that may be sent again: its caller and the key they gave it; `null` when they
 * gave none.
 * @throws AppError INVALID_REQUEST naming `Idempotency-Key`.
 */
export function refOf(c: Context<AppEnv>): string | null {
  const key = c.req.header('Idempotency-Key')
  if (key === undefined) return null
  if (key === '' || key.length > 255)
    throw invalidField('Idempotency-Key', 'takes 1 to 255 characters')
  return `${c.var.caller.id}:${key}`
}

/** The id of what a request makes: the same again for the same Idempotency-Key, else a new one. */
export function idFor(c: Context<AppEnv>, what: 'project' | 'key'): string {
  const ref = refOf(c)
  return ref === null ? crypto.randomUUID() : uuidv5(`${what}:${ref}`, NAMESPACE)
}
