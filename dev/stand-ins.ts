import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { AddressInfo } from 'node:net'
import { createMeta, type Meta, type MetaOptions } from './meta/meta.ts'
import type { TelegramOptions } from './telegram/assemble.ts'
import { createTelegram, type Telegram } from './telegram/telegram.ts'

/** Telegram and Meta on this machine, over real HTTP. */
export interface StandIns {
  telegram: Telegram
  meta: Meta
  url: string
  close(): Promise<void>
}

/** Serves both on loopback: chats at `/`, the Bot API at `/telegram`, Meta at `/meta`. */
export async function startStandIns(options: {
  /** 0 takes any that is free. */
  port: number
  telegram: TelegramOptions
  meta: MetaOptions
}): Promise<StandIns> {
  const meta = createMeta(options.meta)
  const telegram = createTelegram({
    ...options.telegram,
    sendLeads: (count) => meta.leads.submitMany(rushForm(meta), count),
  })
  const app = new Hono()
    .route('/telegram', telegram.app)
    .route('/meta', meta.app)
    .route('/', telegram.page)
  const server = createAdaptorServer({ fetch: app.fetch })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    telegram,
    meta,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await telegram.close()
      meta.close()
      // The chat page's event streams would keep it open for ever.
      if ('closeAllConnections' in server) server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The form of the first advertisement that has one: so its leads are counted where ads are. */
function rushForm({ world }: Meta): string {
  const ad = [...world.ads.values()].find(({ formId }) => formId !== undefined)
  if (ad?.formId === undefined) throw new Error('No advertisement has a form')
  return ad.formId
}
