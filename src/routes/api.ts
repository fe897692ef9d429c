import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow, authenticate, isSameOrigin } from '../auth/authenticate.ts'
import { isConfined } from '../auth/permissions.ts'
import { AppError } from '../errors.ts'
import { parseBody } from '../json.ts'
import { FIRST_PROJECT_ID } from '../store/projects.ts'
import { boardOf, WATCHER } from '../stubs.ts'
import { alerts } from './alerts.ts'
import { audit } from './audit.ts'
import { connections } from './connections.ts'
import { conversions } from './conversions.ts'
import { forms } from './forms.ts'
import { health } from './health.ts'
import { keys } from './keys.ts'
import { leads } from './leads.ts'
import { me } from './me.ts'
import { metaRoutes } from './meta-routes.ts'
import { takes, tells } from './openapi.ts'
import { projects } from './projects.ts'
import { receipts } from './receipts.ts'
import { reports } from './reports.ts'
import { stats } from './stats.ts'
import { unreadLeads } from './unread-leads.ts'
import { users } from './users.ts'

const MAX_BODY_BYTES = 65_536

/** The REST API: closed until `authenticate` opens it, each route closed until its scope does. */
export const api = new Hono<AppEnv>()
  .use(authenticate)
  .use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new AppError('PAYLOAD_TOO_LARGE', 'A body has at most 64 KB')
      },
    }),
  )
  .use(async (c, next) => {
    const bytes = c.req.raw.body && (await c.req.raw.arrayBuffer())
    if (bytes && bytes.byteLength > 0) {
      if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) {
        throw new AppError('UNSUPPORTED_MEDIA_TYPE', 'Send content-type: application/json')
      }
      // Read as we read everything: what the validators read of it after this is fit to be kept.
      const init: RequestInit = { body: JSON.stringify(parseBody(new TextDecoder().decode(bytes))) }
      c.req.raw = new Request(c.req.raw, init)
    }
    await next()
  })
  .route('/me', me)
  .route('/leads', leads)
  .route('/stats', stats)
  .route('/reports', reports)
  .route('/projects', projects)
  .route('/users', users)
  .route('/keys', keys)
  .route('/connections', connections)
  .route('/conversions', conversions)
  .route('/alerts', alerts)
  .route('/audit', audit)
  .route('/health', health)
  .route('/forms', forms)
  .route('/meta-routes', metaRoutes)
  .route('/receipts', receipts)
  .route('/unread-leads', unreadLeads)
  .get(
    '/live',
    allow('leads:read'),
    tells('Changes of leads as they happen: a WebSocket of JSON messages', null, 101),
    takes('query', z.object({ project: z.string().max(64).default(FIRST_PROJECT_ID) })),
    async (c) => {
      if (isConfined(c.var.caller.role)) throw new AppError('FORBIDDEN', 'The feed shows all leads')
      if (c.var.caller.kind === 'session' && !isSameOrigin(c)) {
        throw new AppError('FORBIDDEN', 'The feed is for the portal itself')
      }
      if (c.req.header('upgrade') !== 'websocket') {
        throw new AppError('INVALID_REQUEST', 'upgrade: must be websocket')
      }
      const board = boardOf(c.env, c.req.valid('query').project)
      const request = new Request(c.req.raw)
      request.headers.set(WATCHER, c.var.caller.id)
      const { webSocket } = await board.fetch(request)
      // Made anew, for the headers of what an object answers cannot be added to.
      return new Response(null, { status: 101, webSocket })
    },
  )

/** What the portal's typed client knows. */
export type Api = typeof api
