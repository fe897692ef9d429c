import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { AppEnv } from '../app-env.ts'
import { readUpdate } from '../bot/update.ts'
import { AppError } from '../errors.ts'
import { parseBody } from '../json.ts'
import { log } from '../log.ts'
import { sortNotifications } from '../meta/notifications.ts'
import { isSameSecret, isSignedWith } from '../secrets.ts'
import { conversationOf, pageOf } from '../stubs.ts'
import { publicUrlOf } from '../public-url.ts'

/** Telegram sends at most one update, Meta at most a thousand changes. */
const MAX_UPDATE_BYTES = 1_048_576
const MAX_NEWS_BYTES = 4 * 1_048_576

const tooLarge = () => {
  throw new AppError('PAYLOAD_TOO_LARGE', 'The body is larger than any webhook')
}

/** What Telegram and Meta send us; the secret or the signature comes before everything else. */
export const webhooks = new Hono<AppEnv>()
  .post(
    '/telegram/webhook',
    async (c, next) => {
      const secret = c.req.header('X-Telegram-Bot-Api-Secret-Token') ?? ''
      if (!(await isSameSecret(secret, c.var.settings.TELEGRAM_WEBHOOK_SECRET))) {
        throw new AppError('UNAUTHORIZED', 'The secret token is wrong')
      }
      await next()
    },
    bodyLimit({ maxSize: MAX_UPDATE_BYTES, onError: tooLarge }),
    async (c) => {
      const read = readUpdate(parseBody(await c.req.text()))
      if (!read) throw new AppError('INVALID_REQUEST', 'update_id: this is no update')
      // An update that belongs to no chat says nothing to us, and shall not come again.
      if (read.chatId !== null) {
        await conversationOf(c.env, read.chatId).receive(read.update, publicUrlOf(c))
      }
      return c.body(null, 200)
    },
  )
  .get('/meta/webhook', async (c) => {
    const { meta } = c.var.settings
    if (!meta) throw new AppError('META_OFF', 'Meta is off: its settings are not set')
    const given = c.req.query('hub.verify_token') ?? ''
    if (c.req.query('hub.mode') !== 'subscribe' || !(await isSameSecret(given, meta.verifyToken))) {
      throw new AppError('FORBIDDEN', 'hub.verify_token is wrong')
    }
    return c.text(c.req.query('hub.challenge') ?? '')
  })
  .post('/meta/webhook', bodyLimit({ maxSize: MAX_NEWS_BYTES, onError: tooLarge }), async (c) => {
    const { meta } = c.var.settings
    if (!meta) throw new AppError('META_OFF', 'Meta is off: its settings are not set')
    const bytes = await c.req.arrayBuffer()
    const signature = (c.req.header('X-Hub-Signature-256') ?? '').replace(/^sha256=/, '')
    const secrets = [meta.appSecret, ...(meta.previousSecret === null ? [] : [meta.previousSecret])]
    const signed = await Promise.all(secrets.map((one) => isSignedWith(one, bytes, signature)))
    if (!signed.includes(true)) {
      throw new AppError('UNAUTHORIZED', 'The signature is wrong')
    }
    const news = sortNotifications(parseBody(new TextDecoder().decode(bytes)))
    // Signed by Meta but about something we did not subscribe to: it shall not come again.
    if (!news) log('warn', 'meta.unknown_webhook', { requestId: c.var.requestId })
    else await Promise.all([...news].map(([id, page]) => pageOf(c.env, id).receive(page)))
    return c.body(null, 200)
  })
