import { PEOPLE } from '../dev/demo.ts'
import { type Arena, GROUP_CHAT } from './arena.ts'
import { post, quantile, signed } from './http.ts'
import { countsOf } from './leads.ts'
import type { Figure } from './run.ts'
import { batchOf, workedOff } from './webhook.ts'

const ROUNDS = 8
const PER_ROUND = 25

/** A Telegram across a network takes about so long for a call, ms; and one that takes no time at all. */
const TELEGRAM_TAKES = [40, 0]

const MANAGER = { id: PEOPLE.olim.id, is_bot: false, first_name: 'Olim', language_code: 'ru' }
const CLIENT = { id: PEOPLE.client.id, is_bot: false, first_name: 'Aziza', language_code: 'ru' }

let nextUpdate = 1_000_000

/** From a button's press to the edited card, beside a Worker that only edits a message. */
export async function pressButton(arena: Arena): Promise<Figure[]> {
  await engage(arena)
  await newCards(arena, TELEGRAM_TAKES.length * (ROUNDS + 1) * PER_ROUND)
  const cards = [...arena.servers.cards]
  return compare(arena, 'press', 'editMessageText', async () => {
    const [messageId, leadId] = cards.pop() ?? [0, '']
    await send(arena, pressOf(messageId, `v1:take:${leadId}`))
  })
}

/** The manager has begun with the bot and got their role: more is asked of them than of an admin. */
async function engage(arena: Arena): Promise<void> {
  const greeted = arena.servers.answered('sendMessage')
  await send(arena, messageOf(MANAGER, { id: MANAGER.id, type: 'private' }, '/start'))
  await greeted
  await arena.admin.api('PATCH', `/users/${MANAGER.id}`, { role: 'manager' })
}

/** From a client's message to the answer, beside a Worker that only sends a message. */
export async function answerClient(arena: Arena): Promise<Figure[]> {
  const words = ['/lead', 'Aziza', '+998901234567', '/cancel']
  let said = 0
  return compare(arena, 'answer', 'sendMessage', async () => {
    const text = words[said++ % words.length] ?? ''
    await send(arena, messageOf(CLIENT, { id: CLIENT.id, type: 'private' }, text))
  })
}

type Method = 'sendMessage' | 'editMessageText'

async function compare(
  arena: Arena,
  name: string,
  method: Method,
  ours: () => Promise<void>,
): Promise<Figure[]> {
  const figures: Figure[] = []
  for (const takesMs of TELEGRAM_TAKES) {
    arena.servers.takesMs(takesMs)
    const times: number[] = []
    const floors: number[] = []
    for (let round = 0; round <= ROUNDS; round++) {
      for (const [act, list] of [
        [() => bare(arena, method), floors],
        [ours, times],
      ] as const) {
        for (let n = 0; n < PER_ROUND; n++) {
          const ms = await until(arena, method, act)
          // The first round is for warming up.
          if (round > 0) list.push(ms)
        }
      }
    }
    arena.servers.takesMs(0)
    const bounds = takesMs > 0 ? ['at most 1.5', 'at most 3'] : [null, null]
    for (const [part, bound] of [0.5, 0.99].map((part, n) => [part, bounds[n] ?? null] as const)) {
      const [value, floor] = [quantile(times, part), quantile(floors, part)]
      const what = `${name} p${part * 100}, Telegram ${takesMs} ms`
      figures.push({ name: what, value, unit: 'ms', floor, ratio: value / floor, bound })
    }
  }
  return figures
}

/** Milliseconds from the beginning to Telegram's answer to the call that shows it. */
async function until(arena: Arena, method: Method, act: () => Promise<void>): Promise<number> {
  const begun = performance.now()
  const answered = arena.servers.answered(method)
  await Promise.all([act(), answered])
  const ms = performance.now() - begun
  // What follows (the lists, the answer to the press) is over before the next begins.
  await new Promise((resolve) => setTimeout(resolve, 15))
  return ms
}

async function bare({ floor }: Arena, method: Method): Promise<void> {
  const body = JSON.stringify({ chat_id: GROUP_CHAT.id, message_id: 1, text: 'x' })
  await post(`${floor}/f3/${method}`, body, { 'content-type': 'application/json' })
}

/**
 * Rows written for a lead's whole life: received, taken, one note, closed; its card is sent and
 * edited three times.
 */
export async function countLife(arena: Arena): Promise<Figure[]> {
  await engage(arena)
  const LIVES = 20
  const before = await countsOf(arena)
  const known = new Set(arena.servers.cards.keys())
  for (let n = 0; n < LIVES; n++) await newCards(arena, 1)
  for (const [messageId, leadId] of arena.servers.cards) {
    if (known.has(messageId)) continue
    for (const update of [
      pressOf(messageId, `v1:take:${leadId}`),
      messageOf(MANAGER, GROUP_CHAT, 'Перезвонить', { reply_to_message: cardOf(messageId) }),
      pressOf(messageId, `v1:won:${leadId}`),
    ]) {
      const edited = arena.servers.answered('editMessageText')
      await Promise.all([send(arena, update), edited])
      await new Promise((resolve) => setTimeout(resolve, 300))
    }
  }
  const after = await countsOf(arena)
  const figure = (name: string, key: keyof typeof after, bound: string | null): Figure => {
    const value = (after[key] - before[key]) / LIVES
    return { name, value, unit: 'per lead', floor: null, ratio: null, bound }
  }
  const all = (after.objectRows + after.d1Rows - before.objectRows - before.d1Rows) / LIVES
  return [
    figure('rows in objects, whole life', 'objectRows', null),
    figure('rows in D1, whole life', 'd1Rows', null),
    {
      name: 'rows, whole life',
      value: all,
      unit: 'per lead',
      floor: null,
      ratio: null,
      bound: 'below 60',
    },
    figure('object requests, whole life', 'objectRequests', null),
  ]
}

async function newCards(arena: Arena, count: number): Promise<void> {
  const { servers, worker, settings } = arena
  const before = servers.sent()
  const body = batchOf(count)
  await post(`${worker}/meta/webhook`, body, signed(settings.META_APP_SECRET, body))
  await workedOff(servers, before + count)
}

async function send({ worker, settings }: Arena, update: object): Promise<void> {
  await post(`${worker}/telegram/webhook`, JSON.stringify(update), {
    'content-type': 'application/json',
    'x-telegram-bot-api-secret-token': settings.TELEGRAM_WEBHOOK_SECRET,
  })
}

function cardOf(messageId: number) {
  const from = { id: 8_100_200_300, is_bot: true, first_name: 'TargetBot' }
  return { message_id: messageId, date: 1, chat: GROUP_CHAT, from, text: 'card' }
}

function pressOf(messageId: number, data: string) {
  const id = nextUpdate++
  const press = {
    id: String(id),
    from: MANAGER,
    chat_instance: '1',
    data,
    message: cardOf(messageId),
  }
  return { update_id: id, callback_query: press }
}

function messageOf(from: object, chat: object, text: string, more: object = {}) {
  const id = nextUpdate++
  const command = /^\/\w+/.exec(text)?.[0]
  const entities = command ? [{ type: 'bot_command', offset: 0, length: command.length }] : []
  const message = { message_id: id, date: 1, from, chat, text, entities, ...more }
  return { update_id: id, message }
}
