import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Answer } from './calls.ts'

/** The socket is there when the stand-in is served, and absent when it is called inside this process. */
export type Env = { Bindings: Partial<HttpBindings> }

/** Sends an answer of the Bot API; a 429 says the seconds in a header too. */
export const respond = (c: Context<Env>, { status, body, retryAfterS }: Answer) =>
  c.json(body, status as ContentfulStatusCode, {
    ...(retryAfterS !== undefined && { 'retry-after': String(retryAfterS) }),
  })

const BAD_GATEWAY =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n'

/** What a proxy answers when Telegram behind it does not: a page, and nothing of the Bot API. */
export const badGateway = (c: Context<Env>) => c.html(BAD_GATEWAY, 502)

/** What a caller inside this process gets instead of a closed socket. */
export class ConnectionLost extends Error {}

/** Closes the connection without an answer. */
export function drop(c: Context<Env>): Response {
  const outgoing = c.env?.outgoing
  if (!outgoing) throw new ConnectionLost('The connection was lost')
  outgoing.destroy()
  return RESPONSE_ALREADY_SENT
}
