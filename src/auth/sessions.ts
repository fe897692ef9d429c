import type { Context } from 'hono'
import { deleteCookie, getSignedCookie, setSignedCookie } from 'hono/cookie'
import type { AppEnv } from '../app-env.ts'
import { sha256 } from '../secrets.ts'
import { deleteSession, findSessionUser, insertSession } from '../store/sessions.ts'
import { findUser, findUserByToken, type User } from '../store/users.ts'
import { isoTime } from '../time.ts'
import { findUserByPass } from './pass.ts'

const COOKIE = 'targetbot'
const LASTS_S = 30 * 86_400

/** Trades a person's token, or a pass, for a session; `null` when it opens nothing. */
export async function enter(c: Context<AppEnv>, token: string): Promise<User | null> {
  const { SESSION_SECRET: secret } = c.var.settings
  const user = token.includes('.')
    ? await findUserByPass(c.env.DB, secret, { pass: token, now: Date.now() })
    : await findUserByToken(c.env.DB, await sha256(token))
  if (user) await begin(c, user, { sameSite: 'Lax' })
  return user
}

/**
 * Begins a session of somebody whom Telegram has vouched for. Telegram in a browser shows the portal
 * inside its own page: there only a cookie that is kept apart for it is sent.
 */
export async function enterFromTelegram(c: Context<AppEnv>, user: User): Promise<void> {
  const { secure } = optionsOf(c)
  await begin(c, user, secure ? { sameSite: 'None', partitioned: true } : { sameSite: 'Lax' })
}

async function begin(
  c: Context<AppEnv>,
  user: User,
  shared: { sameSite: 'Lax' | 'None'; partitioned?: boolean },
): Promise<void> {
  const id = crypto.getRandomValues(new Uint8Array(32)).toHex()
  const expiresAt = isoTime(Date.now() + LASTS_S * 1000)
  await insertSession(c.env.DB, { idHash: await sha256(id), userId: user.id, expiresAt })
  await setSignedCookie(c, COOKIE, id, c.var.settings.SESSION_SECRET, {
    ...optionsOf(c),
    path: '/',
    httpOnly: true,
    maxAge: LASTS_S,
    ...shared,
  })
}

/** The person whose session this request carries, with the role they have at this moment. */
export async function userOf(c: Context<AppEnv>): Promise<User | null> {
  const id = await sessionIdOf(c)
  const userId = id === null ? null : await findSessionUser(c.env.DB, await sha256(id))
  const user = userId === null ? null : await findUser(c.env.DB, userId)
  if (!user) return null
  return c.var.settings.ADMIN_IDS.includes(user.id) ? { ...user, role: 'admin' } : user
}

/** Ends the session of this request. */
export async function leave(c: Context<AppEnv>): Promise<void> {
  const id = await sessionIdOf(c)
  if (id !== null) await deleteSession(c.env.DB, await sha256(id))
  deleteCookie(c, COOKIE, optionsOf(c))
}

async function sessionIdOf(c: Context<AppEnv>): Promise<string | null> {
  const { SESSION_SECRET } = c.var.settings
  const prefix = optionsOf(c).prefix
  // `false`: somebody has changed it; `undefined`: there is none.
  const id = await getSignedCookie(c, SESSION_SECRET, COOKIE, prefix)
  return typeof id === 'string' ? id : null
}

/** On this machine there is no https, and browsers keep `__Host-` cookies only over https. */
function optionsOf(c: Context): { prefix?: 'host'; secure: boolean } {
  return new URL(c.req.url).protocol === 'https:'
    ? { prefix: 'host', secure: true }
    : { secure: false }
}
