import { type Context, Hono } from 'hono'
import { type Arguments, readArguments } from './arguments.ts'
import { refusal, runMethod } from './calls.ts'
import type { Core } from './core.ts'
import { ApiError } from './errors.ts'
import { badGateway, ConnectionLost, drop, type Env, respond } from './http.ts'
import { spoil } from './spoil.ts'

const NOT_FOUND = refusal(new ApiError(404, 'Not Found'))

/** The Bot API over HTTP: `/bot<token>/<method>` and `/file/bot<token>/<path>`. */
export function botApi(core: Core, { latencyMs = 0 } = {}): Hono<Env> {
  const app = new Hono<Env>()
  app.get('/file/:bot{bot[^/]+}/:path{.+}', (c) => sendFile(core, c))
  app.on(['GET', 'POST'], ['/:bot{bot[^/]+}/:method', '/:bot{bot[^/]+}/'], async (c) => {
    await core.clock.wait(latencyMs)
    return handleCall(core, c)
  })
  app.all('*', (c) => respond(c, NOT_FOUND))
  app.onError((error, c) => {
    if (error instanceof ConnectionLost) throw error
    console.error(error)
    return respond(c, refusal(new ApiError(500, `Internal Server Error: ${error.message}`)))
  })
  return app
}

function sendFile(core: Core, c: Context<Env>): Response {
  if (core.switches.current.isDown) return failDown(core, c)
  const problem = tokenProblem(core, c)
  if (problem) return respond(c, refusal(problem))
  const file = core.files.at(c.req.param('path') ?? '')
  if (!file) return respond(c, NOT_FOUND)
  return c.body(new Uint8Array(core.files.bytes(file)), 200, {
    'content-type': 'application/octet-stream',
  })
}

async function handleCall(core: Core, c: Context<Env>): Promise<Response> {
  const problem = tokenProblem(core, c)
  if (problem) return respond(c, refusal(problem))
  const read = await readCall(c)
  if (read instanceof ApiError) return respond(c, refusal(read))
  const { method, args } = read
  if (core.switches.current.isDown) {
    const { downBy } = core.switches.current
    const answered = downBy === 'drop' ? undefined : { status: 502, body: {} }
    core.calls.add(method, args, answered, 'down')
    return failDown(core, c)
  }
  const posted = core.faults.take(method, args.text('chat_id'))
  if (posted) return spoil({ core, c, method, args, posted })
  const answer = runMethod(core, method, args)
  core.calls.add(method, args, answer)
  return respond(c, answer)
}

/** How a call ends while Telegram is down. */
const failDown = ({ switches }: Core, c: Context<Env>) =>
  switches.current.downBy === 'drop' ? drop(c) : badGateway(c)

async function readCall(c: Context<Env>): Promise<{ method: string; args: Arguments } | ApiError> {
  try {
    const args = await readArguments(c.req.raw, new URL(c.req.url))
    return { method: (c.req.param('method') ?? args.text('method')).toLowerCase(), args }
  } catch (error) {
    if (error instanceof ApiError) return error
    throw error
  }
}

/** A token of another bot is unauthorised; what is no token at all is not found. */
function tokenProblem({ token }: Core, c: Context<Env>): ApiError | undefined {
  const given = (c.req.param('bot') ?? '').slice('bot'.length)
  if (given === token) return undefined
  const isToken = /^[1-9]\d*:[\w-]+$/.test(given)
  return isToken ? new ApiError(401, 'Unauthorized') : new ApiError(404, 'Not Found')
}
