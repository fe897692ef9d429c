import { type Context, Hono } from 'hono'
import type { AppEnv } from '../app-env.ts'
import { isSameOrigin } from '../auth/authenticate.ts'
import { enter, leave } from '../auth/sessions.ts'
import { AppError } from '../errors.ts'

/** Ways in and out of the portal; the portal itself is static files. */
export const portal = new Hono<AppEnv>()
  .get('/portal/enter', async (c) => {
    const { success } = await c.env.LIMIT_ENTER.limit({ key: addressOf(c) })
    if (!success) throw new AppError('RATE_LIMITED', 'Too many attempts; wait a minute')
    const user = await enter(c, c.req.query('token') ?? '')
    // The answer is a redirect, so that no token stays in the address bar.
    return c.redirect(user ? nextOf(c.req.query('next')) : '/portal/sign-in?problem=link')
  })
  .post('/portal/leave', async (c) => {
    if (!isSameOrigin(c))
      throw new AppError('FORBIDDEN', 'A session ends only from the portal itself')
    await leave(c)
    return c.body(null, 204)
  })

function addressOf(c: Context<AppEnv>): string {
  return c.req.header('CF-Connecting-IP') ?? 'local'
}

/** Only places of our own: nobody is sent elsewhere by a link of ours. */
function nextOf(next: string | undefined): string {
  return next !== undefined && /^\/(portal|meta)\/[\w/-]*$/.test(next) ? next : '/portal/'
}
