import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from '../app-env.ts'
import { isSameOrigin } from '../auth/authenticate.ts'
import { readInitData } from '../auth/init-data.ts'
import { enter, enterFromTelegram, leave } from '../auth/sessions.ts'
import { AppError } from '../errors.ts'
import { localeFor } from '../locales.ts'
import { registerUser } from '../store/users.ts'

/** What Telegram opens a Mini App with is some hundred bytes. */
const MAX_INIT_DATA_BYTES = 16_384

const tooLarge = () => {
  throw new AppError('PAYLOAD_TOO_LARGE', 'initData: is larger than any')
}

/** Ways in and out of the portal; the portal itself is static files. */
export const portal = new Hono<AppEnv>()
  .get('/portal/enter', async (c) => {
    await slowDown(c)
    const user = await enter(c, c.req.query('token') ?? '')
    // The answer is a redirect, so that no token stays in the address bar.
    return c.redirect(user ? nextOf(c.req.query('next')) : '/portal/sign-in?problem=link')
  })
  .post(
    '/portal/enter',
    bodyLimit({ maxSize: MAX_INIT_DATA_BYTES, onError: tooLarge }),
    async (c) => {
      await slowDown(c)
      const initData = new URLSearchParams(await c.req.text()).get('initData') ?? ''
      const { settings } = c.var
      const { TELEGRAM_BOT_TOKEN: token } = settings
      const opened = await readInitData(
        typeof initData === 'string' ? initData : '',
        token,
        Date.now(),
      )
      if (!opened)
        throw new AppError('UNAUTHORIZED', 'initData: Telegram has not signed this lately')
      const user = await registerUser(c.env.DB, {
        id: String(opened.id),
        name: [opened.first_name, opened.last_name].filter(Boolean).join(' ') || `id ${opened.id}`,
        username: opened.username ?? null,
        locale: localeFor(opened.language_code, settings.DEFAULT_LOCALE),
        isAdmin: settings.ADMIN_IDS.includes(String(opened.id)),
      })
      await enterFromTelegram(c, user)
      return c.body(null, 204)
    },
  )
  .post('/portal/leave', async (c) => {
    if (!isSameOrigin(c))
      throw new AppError('FORBIDDEN', 'A session ends only from the portal itself')
    await leave(c)
    return c.body(null, 204)
  })

async function slowDown(c: Context<AppEnv>): Promise<void> {
  const key = c.req.header('CF-Connecting-IP') ?? 'local'
  const { success } = await c.env.LIMIT_ENTER.limit({ key })
  if (!success) throw new AppError('RATE_LIMITED', 'Too many attempts; wait a minute')
}

/** Only places of our own: nobody is sent elsewhere by a link of ours. */
function nextOf(next: string | undefined): string {
  return next !== undefined && /^\/(portal|meta)\/[\w/-]*$/.test(next) ? next : '/portal/'
}
