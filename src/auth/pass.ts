import { hmacSha256, isSameSecret } from '../secrets.ts'
import { findUser, tokenHashOf, type User } from '../store/users.ts'

/** Over a weekend nobody reads what they were told on Friday. */
const LASTS_MS = 3 * 86_400_000

/**
 * Lets a person in for some days like their token does, and ends neither that nor their sessions: for
 * links that nobody asked for. It ends with the token that they have now.
 */
export async function issuePass(
  db: D1Database,
  secret: string,
  { userId, now }: { userId: string; now: number },
): Promise<string> {
  const until = String(now + LASTS_MS)
  return `${userId}.${until}.${await signatureOf(db, secret, userId, until)}`
}

/** Whose pass this is; `null` when it is none, or has ended. */
export async function findUserByPass(
  db: D1Database,
  secret: string,
  { pass, now }: { pass: string; now: number },
): Promise<User | null> {
  const [, userId, until, signature] = /^(\d{1,20})\.(\d{1,16})\.([0-9a-f]{64})$/.exec(pass) ?? []
  if (!userId || !until || !signature || Number(until) <= now) return null
  const expected = await signatureOf(db, secret, userId, until)
  return (await isSameSecret(signature, expected)) ? findUser(db, userId) : null
}

async function signatureOf(
  db: D1Database,
  secret: string,
  userId: string,
  until: string,
): Promise<string> {
  const tokenHash = (await tokenHashOf(db, userId)) ?? ''
  return hmacSha256(secret, `pass:${userId}:${until}:${tokenHash}`)
}
