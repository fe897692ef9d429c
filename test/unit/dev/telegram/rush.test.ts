import { createHmac } from 'node:crypto'
import { serve } from '@hono/node-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startStandIns } from '../../../../dev/stand-ins.ts'
import { virtualClock } from '../../../../dev/telegram/clock.ts'
import { Rush } from '../../../../dev/telegram/rush.ts'
import { Watch } from '../../../../dev/telegram/watch.ts'
import { BOT, stage, TOKEN } from './stage.ts'

const APP_SECRET = 'the-app-secret'

function rush() {
  const clock = virtualClock()
  const sent: number[] = []
  const made = new Rush({
    clock,
    watch: new Watch(),
    send: (count) => sent.push(...Array.from({ length: count }, () => clock.now())),
  })
  return { clock, sent, rush: made }
}

const press = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }

describe('a rush of leads', () => {
  it('sends its leads evenly within a minute', async () => {
    const { clock, sent, rush: made } = rush()
    const begun = clock.now()
    void made.start()
    await clock.advance(29_999)
    expect(made.state).toEqual({ total: 300, sent: 150, isRunning: true })
    await clock.advance(30_001)
    expect(made.state).toEqual({ total: 300, sent: 300, isRunning: false })
    expect(Math.max(...sent) - begun).toBeLessThan(60_000)
  })

  it('is one at a time, and can be started again', async () => {
    const { clock, sent, rush: made } = rush()
    void made.start()
    void made.start()
    await clock.advance(60_000)
    expect(sent).toHaveLength(300)
    void made.start()
    await clock.advance(60_000)
    expect(sent).toHaveLength(600)
  })

  it('is offered only where there is somebody to send leads', async () => {
    const { telegram } = await stage()
    expect((await telegram.page.request('/page/rush', press)).status).toBe(404)
    expect(await (await telegram.page.request('/page/state')).json()).toMatchObject({ rush: null })
  })

  it('comes by the signed webhook of Meta', async () => {
    const { promise: asked, resolve } = Promise.withResolvers<{
      signature: string | null
      body: string
    }>()
    const bot = serve({
      port: 0,
      hostname: '127.0.0.1',
      fetch: async (request) => {
        const signature = request.headers.get('x-hub-signature-256')
        resolve({ signature, body: await request.text() })
        return new Response()
      },
    })
    await new Promise((ready) => bot.once('listening', ready))
    const address = bot.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const standIns = await startStandIns({
      port: 0,
      telegram: { token: TOKEN, bot: BOT },
      meta: {
        appId: '1',
        appSecret: APP_SECRET,
        verifyToken: 'verify',
        callbackUrl: `http://127.0.0.1:${port}/`,
        history: false,
      },
    })
    onTestFinished(async () => {
      await standIns.close()
      bot.close()
    })
    const { meta, telegram } = standIns
    for (const pageId of meta.world.pages.keys()) meta.webhooks.subscribePage(pageId)
    await telegram.page.request('/page/rush', press)
    const { signature, body } = await asked
    const right = createHmac('sha256', APP_SECRET).update(body).digest('hex')
    expect(signature).toBe(`sha256=${right}`)
    expect(JSON.parse(body)).toMatchObject({ object: 'page' })
  })
})
