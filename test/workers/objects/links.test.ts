import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { conversationOf } from '../../../src/stubs.ts'
import { Outside, telegramError } from '../outside.ts'
import { deliver, message, newPerson, newUser, privateChat } from '../updates.ts'
import { ask } from '../worker.ts'

let outside: Outside

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
})

afterEach(() => {
  vi.useRealTimers()
})

const TOKEN = /token=([\w.-]{36,})/

/** The tokens that a chat was given, in order; a message that was changed gives its last. */
function tokensIn(chatId: string): string[] {
  const texts = [...outside.messages(chatId).values()]
  return texts.flatMap((text) => TOKEN.exec(text)?.[1] ?? [])
}

async function outboxOf(chatId: string): Promise<Record<string, SqlStorageValue>[]> {
  return runInDurableObject(conversationOf(env, chatId), (_, state) =>
    state.storage.sql.exec('SELECT * FROM outbox').toArray(),
  )
}

async function later(chatId: string): Promise<void> {
  vi.setSystemTime(Date.now() + 25_000)
  await conversationOf(env, chatId).kick()
}

async function enter(token: string | undefined): Promise<string> {
  const response = await ask('GET', `/portal/enter?token=${token}`)
  return (response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
}

const statusOf = async (cookie: string) =>
  (await ask('GET', '/api/me', { headers: { cookie } })).status

describe('a personal link', () => {
  it.each(['/portal', '/connect'])('of %s stands nowhere while it waits', async (command) => {
    const person = await newUser('admin')
    const chat = privateChat(person)
    const chatId = String(chat.id)
    let isDown = true
    outside.answer(({ name }) =>
      isDown && name === 'sendMessage' ? telegramError(502, 'Bad Gateway') : undefined,
    )
    await deliver(message(person, chat, { text: command }))
    const rows = await outboxOf(chatId)
    expect(rows.filter(({ kind }) => kind === 'link')).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toMatch(TOKEN)
    isDown = false
    await later(chatId)
    const [token] = tokensIn(chatId)
    expect(await statusOf(await enter(token))).toBe(200)
  })

  it('whose sending got no answer is said once, and the one that stands there opens', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    const chatId = String(chat.id)
    await deliver(message(person, chat, { text: '/start', message_id: 1 }))
    let isLost = true
    outside.answer((call) => {
      if (!isLost || call.name !== 'sendMessage') return undefined
      isLost = false
      outside.deliverSilently(call)
      throw new TypeError('connection lost')
    })
    await deliver(message(person, chat, { text: '/portal', message_id: 2 }))
    await later(chatId)
    const tokens = tokensIn(chatId)
    expect(tokens).toHaveLength(1)
    expect(await statusOf(await enter(tokens[0]))).toBe(200)
  })

  it('does not wait for somebody who has blocked the bot', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    outside.answer(({ name }) =>
      name === 'sendMessage'
        ? telegramError(403, 'Forbidden: bot was blocked by the user')
        : undefined,
    )
    await deliver(message(person, chat, { text: '/portal' }))
    expect(await outboxOf(String(chat.id))).toEqual([])
  })

  it('that nobody asked for lets its person in for days, and ends nothing they have', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    const chatId = String(chat.id)
    await deliver(message(person, chat, { text: '/portal' }))
    const before = await enter(tokensIn(chatId).at(-1))
    const tell = async (key: string) => {
      const params = { name: 'Owner', days: 7 }
      const told = {
        key,
        text: 'alert.token_expiring',
        params,
        connectAt: 'https://bot.test',
      } as const
      await conversationOf(env, chatId).tell(told)
      await conversationOf(env, chatId).kick()
      const markup = JSON.stringify(outside.sent('sendMessage', chatId).at(-1)?.params)
      return /token=([\w.]+)&next=\/meta\/connect/.exec(markup)?.[1] ?? ''
    }
    const pass = await tell('one')
    expect(await statusOf(before)).toBe(200)
    expect(await statusOf(await enter(pass))).toBe(200)
    const [id = '', until = '', signature = ''] = pass.split('.')
    for (const forged of [
      `${Number(id) + 1}.${until}.${signature}`,
      `${id}.${Number(until) + 1}.${signature}`,
      `${id}.${until}.${'0'.repeat(64)}`,
      `${id}.${until}.`,
    ]) {
      expect(await enter(forged)).toBe('')
    }
    await deliver(message(person, chat, { text: '/portal' }))
    expect(await enter(pass)).toBe('')
    const other = await tell('two')
    vi.setSystemTime(Date.now() + 3 * 86_400_000)
    expect(await enter(other)).toBe('')
  })

  it('to Facebook leaves the portal’s link and sessions as they are', async () => {
    const person = await newUser('admin')
    const chat = privateChat(person)
    const chatId = String(chat.id)
    await deliver(message(person, chat, { text: '/portal' }))
    const portal = tokensIn(chatId).at(-1)
    const cookie = await enter(portal)
    await deliver(message(person, chat, { text: '/connect' }))
    const pass = tokensIn(chatId).at(-1)
    expect(await statusOf(await enter(pass))).toBe(200)
    expect(await statusOf(cookie)).toBe(200)
    expect(await statusOf(await enter(portal))).toBe(200)
  })

  it('ends the link before it and every session begun with that', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    const chatId = String(chat.id)
    await deliver(message(person, chat, { text: '/portal' }))
    const first = tokensIn(chatId).at(-1)
    const cookies = [await enter(first), await enter(first)]
    for (const cookie of cookies) expect(await statusOf(cookie)).toBe(200)
    await deliver(message(person, chat, { text: '/portal' }))
    for (const cookie of cookies) expect(await statusOf(cookie)).toBe(401)
    expect(await enter(first)).toBe('')
    expect(await statusOf(await enter(tokensIn(chatId).at(-1)))).toBe(200)
  })
})
