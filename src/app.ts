import { Hono } from 'hono'
import { HTTPException } from 'hono/http-exception'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { AppEnv } from './app-env.ts'
import { AppError, STATUS_OF } from './errors.ts'
import { log } from './log.ts'
import { api } from './routes/api.ts'
import { docs } from './routes/docs.ts'
import { metaConnect } from './routes/meta-connect.ts'
import { portal } from './routes/portal.ts'
import { webhooks } from './routes/webhooks.ts'
import { MisconfiguredError, settingsOf } from './settings.ts'

/** Everything the Worker answers over HTTP. */
export const app = new Hono<AppEnv>()
  .use(requestId())
  .use(secureHeaders())
  .use(async (c, next) => {
    c.set('settings', settingsOf(c.env))
    await next()
  })
  .get('/', (c) => c.redirect('/portal/'))
  .get('/health', (c) => c.json({ status: 'ok' }))
  .route('/', webhooks)
  .route('/', metaConnect)
  .route('/', portal)
  .route('/api', api)
  // After the API itself, whose door they share.
  .route('/api', docs)

app.notFound((c) =>
  c.json(envelope(c.var.requestId, new AppError('NOT_FOUND', 'There is nothing here')), 404),
)

app.onError((error, c) => {
  const known = knownError(error)
  const status = STATUS_OF[known.code]
  if (status >= 500) {
    log('error', 'request.failed', {
      requestId: c.var.requestId,
      method: c.req.method,
      path: c.req.path,
      error,
    })
  }
  return c.json(envelope(c.var.requestId, known), status)
})

/** The one place where what went wrong becomes an answer; what nobody foresaw says nothing of itself. */
function knownError(error: Error): AppError {
  if (error instanceof AppError) return error
  if (error instanceof MisconfiguredError) return new AppError('MISCONFIGURED', error.message)
  if (error instanceof HTTPException && error.status === 400) {
    return new AppError('INVALID_JSON', 'The body is no JSON', { cause: error })
  }
  return new AppError('INTERNAL', 'Something broke here; it is written down', { cause: error })
}

function envelope(requestId: string, { code, message, details }: AppError) {
  return { error: { code, message, requestId, ...(details ? { details } : {}) } }
}
