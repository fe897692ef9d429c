import type { Context } from 'hono'
import type { AppEnv } from '../app-env.ts'
import { type Locale, localeFor } from '../locales.ts'
import { findUser } from '../store/users.ts'

/** The language a caller is answered in: a person's own, else the one the request asks for. */
export async function localeOfCaller(c: Context<AppEnv>): Promise<Locale> {
  const { caller, settings } = c.var
  const user = caller.kind === 'session' ? await findUser(c.env.DB, caller.id) : null
  if (user?.locale) return user.locale
  return localeFor(c.req.header('accept-language')?.split(/[,;]/)[0], settings.DEFAULT_LOCALE)
}
