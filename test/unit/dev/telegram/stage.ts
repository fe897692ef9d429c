import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { Api, GrammyError } from 'grammy'
import type { Update } from 'grammy/types'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import { virtualClock } from '../../../../dev/telegram/clock.ts'
import type { TelegramOptions } from '../../../../dev/telegram/assemble.ts'
import { createTelegram } from '../../../../dev/telegram/telegram.ts'

export const TOKEN = '8100200300:AAE-secret_of-a_stand-in'
export const BOT = { id: 8_100_200_300, username: 'target_demo_bot', first_name: 'TargetBot' }

/** The people of every test: a client, two managers and an admin. */
export const ANN = 1001
export const BOB = 2001
export const CAROL = 2002
export const DAN = 3001

const WEBHOOK = 'https://bot.example.com/telegram/webhook'

/** What a test needs: Telegram, a real client of it, a clock, and the bot's end of the webhook. */
export type Stage = ReturnType<typeof makeStage>

function makeStage(options: Partial<TelegramOptions>) {
  const clock = virtualClock()
  const updates: Update[] = []
  const requests: Request[] = []
  const bot = {
    /** What the webhook answers; tests replace it. */
    answer: (_update: Update): Response | Promise<Response> => new Response(),
  }
  const telegram = createTelegram({
    token: TOKEN,
    bot: BOT,
    clock,
    floodLimits: false,
    fetch: async (request) => {
      requests.push(request.clone())
      const update = z.custom<Update>().parse(await request.json())
      updates.push(update)
      return bot.answer(update)
    },
    ...options,
  })
  return { telegram, clock, bot, updates, requests }
}

/** Sets the stage; the bot's webhook is set unless `webhook` is false. */
export async function stage({
  webhook = true,
  ...options
}: Partial<TelegramOptions> & { webhook?: boolean } = {}) {
  const made = makeStage(options)
  const { telegram } = made
  telegram.addUser({
    id: ANN,
    first_name: 'Анна',
    language_code: 'ru',
    phone_number: '+998901112233',
  })
  telegram.addUser({ id: BOB, first_name: 'Bob', username: 'bob_manager' })
  telegram.addUser({ id: CAROL, first_name: 'Carol', last_name: 'Quinn' })
  telegram.addUser({ id: DAN, first_name: 'Dan' })
  const server = serve({ fetch: telegram.app.fetch, port: 0, hostname: '127.0.0.1' })
  await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const { port } = server.address() as AddressInfo
  const root = `http://127.0.0.1:${port}`
  const api = new Api(TOKEN, { apiRoot: root })
  onTestFinished(async () => {
    await telegram.close()
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
  })
  if (webhook) await api.setWebhook(WEBHOOK, { secret_token: 'the-secret' })
  return { ...made, api, root }
}

/** Makes the bot answer nothing until `open` is called. */
export function holdBot({ bot }: Pick<Stage, 'bot'>): { open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  bot.answer = async () => {
    await promise
    return new Response()
  }
  return { open: resolve }
}

/** A message with one button, `Take`, as every lead card has. */
export const CARD = {
  reply_markup: { inline_keyboard: [[{ text: 'Take', callback_data: 'v1:claim:7' }]] },
}

/** How the API refused, as `code description`; fails when it did not. */
export async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    if (error instanceof GrammyError) return `${error.error_code} ${error.description}`
    throw error
  }
  throw new Error('The call was not refused')
}

/** A forum with a topic, two managers and an admin who owns it. */
export function forum(
  { telegram }: Pick<Stage, 'telegram'>,
  bot: 'member' | 'administrator' = 'administrator',
) {
  const id = telegram.addGroup({
    title: 'Лиды',
    is_forum: true,
    topics: ['Новые'],
    admins: [DAN],
    members: [BOB, CAROL],
    bot,
  })
  const topicId = telegram.topics(id)[0]?.id ?? 0
  return { id, topicId }
}
