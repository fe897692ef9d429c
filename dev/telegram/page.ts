import { fileURLToPath } from 'node:url'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono, type MiddlewareHandler } from 'hono'
import { streamSSE } from 'hono/streaming'
import { z } from 'zod'
import { controlApi } from './control.ts'
import type { Core } from './core.ts'
import { jsonOnly } from './json-only.ts'
import { startPress } from './people/press.ts'
import type { Telegram } from './telegram.ts'
import { stateOf, viewOf } from './view.ts'

const ASSETS = fileURLToPath(new URL('../chat-page/', import.meta.url))
const PING_MS = 20_000
const POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; base-uri 'none'; form-action 'none'"

const ViewQuery = z.object({
  as: z.coerce.number(),
  chat: z.coerce.number().exactOptional(),
  thread: z.coerce.number().exactOptional(),
})

const PressGiven = z.object({
  userId: z.number(),
  chatId: z.number(),
  messageId: z.number(),
  data: z.string(),
})

/** The chat page at `/`, what it shows under `/page`, and the control API under `/control`. */
export function chatPage(core: Core, telegram: Telegram): Hono {
  const app = new Hono()
  app.use('/page/*', jsonOnly)
  app.get('/', policy, serveStatic({ root: ASSETS, path: 'index.html' }))
  app.get('/chat-page/:name{[\\w-]+\\.(?:js|css|svg)}', policy, (c, next) =>
    serveStatic({ root: ASSETS, path: c.req.param('name') })(c, next),
  )
  app.get('/page/state', (c) => c.json(stateOf(core)))
  app.get('/page/view', (c) => {
    const query = ViewQuery.safeParse(c.req.query())
    if (!query.success || !core.world.people.has(query.data.as))
      return c.json({ error: 'Nobody' }, 404)
    const { as, chat, thread } = query.data
    return c.json(viewOf(core, as, chat, thread))
  })
  app.post('/page/press', async (c) => {
    const { userId, chatId, messageId, data } = PressGiven.parse(await c.req.json())
    return c.json({ id: startPress(core, userId, chatId, messageId, { data }).id })
  })
  app.post('/page/count-anew', (c) => {
    core.calls.countAnew()
    return c.json({})
  })
  app.post('/page/rush', (c) => {
    if (!core.rush) return c.json({ error: 'There are no leads to send' }, 404)
    core.calls.countAnew()
    void core.rush.start()
    return c.json(core.rush.state)
  })
  app.get('/page/files/:id/:name?', (c) => sendFile(core, c.req.param('id')))
  app.get('/page/events', (c) =>
    streamSSE(c, async (stream) => {
      const stop = core.watch.listen(() => void stream.writeSSE({ event: 'changed', data: '' }))
      stream.onAbort(stop)
      while (!stream.aborted) {
        await stream.writeSSE({ event: 'ping', data: '' })
        await stream.sleep(PING_MS)
      }
    }),
  )
  app.route('/control', controlApi(telegram))
  return app
}

const policy: MiddlewareHandler = async (c, next) => {
  await next()
  c.header('content-security-policy', POLICY)
  c.header('cache-control', 'no-cache')
}

/** A picture is shown, anything else is only ever saved. */
function sendFile({ world, files }: Core, uniqueId: string): Response {
  const file = [...world.files.values()].find(({ file_unique_id }) => file_unique_id === uniqueId)
  if (!file) return new Response('Not Found', { status: 404 })
  const name = encodeURIComponent(file.name || 'file')
  return new Response(new Uint8Array(files.bytes(file)), {
    headers: {
      'content-type': file.kind === 'photo' ? file.mime : 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      ...(file.kind !== 'photo' && {
        'content-disposition': `attachment; filename*=UTF-8''${name}`,
      }),
    },
  })
}
