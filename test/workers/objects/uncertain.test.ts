import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { receiveLead } from '../chats.ts'
import { Outside, telegramError } from '../outside.ts'
import { deliver, message, newGroup, newPerson, privateChat } from '../updates.ts'

let outside: Outside
let chatId: string

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  chatId = String(newGroup().id)
  await updateProject(env.DB, 'main', { chatId, threadId: null })
  // The chat has a history: what is looked for comes after its last message.
  await conversationOf(env, chatId).tell({ key: 'first', text: 'bind.private', params: {} })
  await conversationOf(env, chatId).kick()
})

afterEach(() => {
  vi.useRealTimers()
})

async function later(ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await conversationOf(env, chatId).kick()
}

/** How many of the chat's messages hold these words. */
function count(words: string): number {
  return [...outside.messages(chatId).values()].filter((text) => text.includes(words)).length
}

async function parkedOf(name: string): Promise<{ reason: string }[]> {
  const { results } = await env.DB.prepare('SELECT * FROM parked WHERE name = ?')
    .bind(name)
    .all<{ reason: string }>()
  return results
}

describe('a card of which nobody knows whether it was sent', () => {
  it('is finished before anything else is said, and takes no other message for its own', async () => {
    let isDown = true
    outside.answer(({ name }) =>
      isDown && name === 'sendMessage' ? telegramError(502, 'Bad Gateway') : undefined,
    )
    await receiveLead(chatId, 'Aziza')
    isDown = false
    await conversationOf(env, chatId).tell({ key: 'second', text: 'refused.admin', params: {} })
    await later(25_000)
    expect(count('Aziza')).toBe(1)
    expect(count('администратор')).toBe(1)
  })

  it('never becomes the card of another lead', async () => {
    const first = await receiveLead(chatId, 'Aziza')
    const gone = [...outside.messages(chatId)].find(([, text]) => text.includes('Aziza'))?.[0]
    let isDown = true
    outside.answer(({ name, params }) => {
      if (name === 'editMessageText' && params['message_id'] === gone) {
        return telegramError(400, 'Bad Request: message to edit not found')
      }
      return isDown && name === 'sendMessage' ? telegramError(502, 'Bad Gateway') : undefined
    })
    const by = { id: '7', name: 'Olim', role: 'manager' } as const
    await leadOf(env, first).carryOut({ id: 'take', type: 'claim', by })
    await leadOf(env, first).show()
    await conversationOf(env, chatId).kick()
    const second = await receiveLead(chatId, 'Botir')
    isDown = false
    await later(25_000)
    // A lead of an earlier test may come to its card here.
    const sql = 'SELECT message_id AS id FROM card WHERE lead_id IN (?, ?)'
    const ids = await runInDurableObject(conversationOf(env, chatId), (_, state) =>
      state.storage.sql.exec<{ id: number }>(sql, first, second).toArray(),
    )
    expect(new Set(ids.map(({ id }) => id)).size).toBe(2)
    expect(count('Botir')).toBe(1)
  })

  it('is still looked for after Telegram has said to wait', async () => {
    let mode: 'lost' | 'flood' | 'well' = 'lost'
    outside.answer((call) => {
      if (mode === 'lost' && call.name === 'sendMessage') {
        outside.deliverSilently(call)
        throw new TypeError('connection lost')
      }
      if (mode !== 'flood') return undefined
      return telegramError(429, 'Too Many Requests: retry after 3', { retry_after: 3 })
    })
    await receiveLead(chatId, 'Aziza')
    mode = 'flood'
    await later(5_000)
    mode = 'well'
    await later(10_000)
    expect(count('Aziza')).toBe(1)
  })
})

describe('an answer that is not Telegram’s', () => {
  it('means that Telegram cannot be reached, and what was to be said is said later', async () => {
    let isGarbage = true
    outside.answer(({ name }) =>
      isGarbage && name === 'sendMessage'
        ? Response.json({ message: 'Internal server error' }, { status: 502 })
        : undefined,
    )
    await receiveLead(chatId, 'Aziza')
    isGarbage = false
    await later(25_000)
    expect(count('Aziza')).toBe(1)
    expect(await parkedOf(chatId)).toEqual([])
  })
})

describe('what fails in a way that nobody foresaw', () => {
  it('is shown after ten tries, tried on, and shown no more once it succeeds', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    chatId = String(chat.id)
    await env.DB.prepare('ALTER TABLE users RENAME TO users_away').run()
    await deliver(message(person, chat, { text: '/help' }))
    for (let n = 0; n < 12; n++) await later(20_000)
    expect(await parkedOf(chatId)).toMatchObject([
      { reason: expect.stringContaining('no such table') },
    ])
    await env.DB.prepare('ALTER TABLE users_away RENAME TO users').run()
    await later(20_000)
    expect(count('/lead')).toBe(1)
    expect(await parkedOf(chatId)).toEqual([])
  })
})

describe('a reason that holds a secret', () => {
  it('is kept without it', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    let token = ''
    outside.answer(({ name, params }) => {
      token = /token=([\w-]+)/.exec(JSON.stringify(params))?.[1] ?? ''
      if (name !== 'sendMessage' || !token) return undefined
      return telegramError(400, `Bad Request: button URL 'https://x/portal/enter?token=${token}'`)
    })
    await deliver(message(person, chat, { text: '/portal' }))
    const [parked] = await parkedOf(String(chat.id))
    expect(parked?.reason).toContain('button URL')
    expect(parked?.reason).not.toContain(token)
  })
})
