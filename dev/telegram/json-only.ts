import type { MiddlewareHandler } from 'hono'

/** What sends has to send JSON: a form of a foreign page cannot, so nothing on the web drives the stand-in. */
export const jsonOnly: MiddlewareHandler = async (c, next) => {
  const isJson = c.req.header('content-type')?.startsWith('application/json')
  const sends = c.req.method === 'POST' || c.req.method === 'PATCH'
  return sends && !isJson ? c.json({ error: 'Send application/json' }, 415) : next()
}
