import { env } from 'cloudflare:workers'
import type { Update } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { recordParked } from '../../../src/store/parked.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { beginAnew, newSmallGroup } from '../chats.ts'
import { crash } from '../crash.ts'
import { Outside, telegramError, telegramOk } from '../outside.ts'
import { deliver, message, newGroup, newPerson, newUser, press, privateChat } from '../updates.ts'

let outside: Outside
let person: ReturnType<typeof newPerson>
let chatId: string

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await beginAnew()
  outside = new Outside()
  person = newPerson()
  chatId = String(person.id)
})

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function later(ms: number, id = chatId): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await conversationOf(env, id).kick()
}

/** Telegram says who the bot is, when it says anything. */
function answerWhoIAm(isDown: () => boolean): void {
  outside.answer(({ name }) => {
    if (name !== 'getMe') return undefined
    if (isDown()) return telegramError(500, 'Internal Server Error')
    return telegramOk({ id: 123_456, is_bot: true, first_name: 'Bot', username: 'target_test_bot' })
  })
}

/** Telegram says so only once the function returned is called. */
function holdWhoIAm(): () => void {
  let release: () => void = () => undefined
  const held = new Promise<void>((resolve) => (release = resolve))
  answerWhoIAm(() => false)
  outside.answer(async ({ name }) => {
    if (name === 'getMe') await held
    return undefined
  })
  return release
}

/** How often a person was told what they can do. */
function helpGiven(): number {
  return outside
    .sent('sendMessage', chatId)
    .filter(({ params }) => String(params['text']).includes('/language')).length
}

describe('a command that names the bot', () => {
  const say = (text: string) => message(person, privateChat(person), { text })

  it('waits until Telegram has said what the bot is called', async () => {
    let isDown = true
    answerWhoIAm(() => isDown)
    await deliver(say('/help@target_test_bot'))
    expect(helpGiven()).toBe(0)
    isDown = false
    await later(25_000)
    expect(helpGiven()).toBe(1)
  })

  it('holds up nobody who writes after it', async () => {
    const release = holdWhoIAm()
    const conversation = conversationOf(env, chatId)
    for (const text of ['/help@target_test_bot', '/help']) {
      await conversation.receive(say(text), 'https://bot.test')
    }
    await vi.waitFor(() => expect(helpGiven()).toBe(1))
    release()
  })

  it('of another bot is none of ours, also a day later under a new name', async () => {
    let name = 'target_test_bot'
    outside.answer((call) =>
      call.name === 'getMe'
        ? telegramOk({ id: 123_456, is_bot: true, first_name: 'Bot', username: name })
        : undefined,
    )
    await deliver(say('/help@other_bot'))
    await deliver(say('/help@new_bot'))
    expect(outside.sent('getMe')).toHaveLength(1)
    expect(helpGiven()).toBe(0)
    name = 'new_bot'
    vi.setSystemTime(Date.now() + 25 * 3_600_000)
    await deliver(say('/help@new_bot'))
    expect(helpGiven()).toBe(1)
  })
})

describe('an update that waited', () => {
  const receive = (text: string) =>
    conversationOf(env, chatId).receive(
      message(person, privateChat(person), { text }),
      'https://bot.test',
    )

  it('undoes nothing of what was said meanwhile', async () => {
    await receive('/lead')
    const release = holdWhoIAm()
    await receive('/help@target_test_bot')
    await receive('Aziza')
    release()
    await conversationOf(env, chatId).kick()
    await receive('90 123 45 67')
    await conversationOf(env, chatId).kick()
    expect(outside.sent('sendMessage', chatId).at(-1)?.params['text']).toContain('интересует')
  })
})

describe('an answer to a press', () => {
  let group: ReturnType<typeof newGroup>

  beforeEach(() => {
    group = newGroup()
    chatId = String(group.id)
  })

  async function pressed(): Promise<void> {
    await deliver(press(newPerson(), group, 100, `v1:take:${crypto.randomUUID()}`))
  }

  it('is given up when nobody can wait for it any more', async () => {
    outside.answer(({ name }) =>
      name === 'answerCallbackQuery' ? telegramError(502, 'Bad Gateway') : undefined,
    )
    await pressed()
    expect((await conversationOf(env, chatId).owed()).waiting).toBe(1)
    await later(100_000)
    expect((await conversationOf(env, chatId).owed()).waiting).toBe(1)
    const tries = outside.sent('answerCallbackQuery').length
    await later(60_000)
    expect(await conversationOf(env, chatId).owed()).toMatchObject({ waiting: 0, parked: 0 })
    expect(outside.sent('answerCallbackQuery')).toHaveLength(tries)
  })

  it('leaves room for a manager’s press, however many hang', async () => {
    await updateProject(env.DB, 'main', { chatId, threadId: null })
    const id = crypto.randomUUID()
    const lead = { projectId: 'main', source: 'api', sourceRef: null, name: 'Aziza' } as const
    await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let hanging = 0
    const full = new Promise<void>((resolve) => {
      outside.answer(async ({ name, params }) => {
        if (name !== 'answerCallbackQuery') return undefined
        if (params['show_alert'] !== true && params['show_alert'] !== 'true') return undefined
        if (++hanging === 3) resolve()
        await held
        return undefined
      })
    })
    const conversation = conversationOf(env, chatId)
    const receive = (update: Update) => conversation.receive(update, 'https://bot.test')
    for (let n = 0; n < 8; n++) await receive(press(newPerson(), group, 100, `v1:take:${id}`))
    await full
    const manager = await newUser('manager', 'Olim')
    await receive(press(manager, group, 100, `v1:take:${id}`))
    await vi.waitFor(async () =>
      expect((await leadOf(env, id).read())?.lead.assignee?.name).toBe('Olim'),
    )
    expect(hanging).toBe(3)
    release()
    await conversation.kick()
  })
})

describe('a group that has become a supergroup', () => {
  it('is told once what it was owed, although the old chat dies in between', async () => {
    chatId = String(newSmallGroup().id)
    const next = String(newGroup().id)
    const old = conversationOf(env, chatId)
    outside.answer(({ name, params }) =>
      name === 'sendMessage' && String(params['chat_id']) === chatId
        ? telegramError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
            migrate_to_chat_id: Number(next),
          })
        : undefined,
    )
    let isAlive = true
    outside.answer(async ({ name, params }) => {
      if (!isAlive || name !== 'sendMessage' || String(params['chat_id']) !== next) return undefined
      isAlive = false
      await crash(old)
      return undefined
    })
    await old.tell({ key: '1', text: 'refused.admin', params: {} })
    // It dies in the middle of this: that is what is tried.
    await old.kick().catch(() => undefined)
    for (let n = 0; n < 3; n++) {
      vi.setSystemTime(Date.now() + 60_000)
      await conversationOf(env, chatId).kick()
      await conversationOf(env, next).kick()
    }
    expect(outside.messages(next).size).toBe(1)
  })

  it('takes over once what comes under one key', async () => {
    const body = JSON.stringify({ method: 'sendMessage', params: { text: 'hello' } })
    const row = { key: 'chat', priority: 0, seq: 2, kind: 'call', body, attempts: 0, mark: null }
    for (let n = 0; n < 2; n++) {
      await conversationOf(env, chatId).takeOver({ from: '1', cards: [], rows: [row] })
      await conversationOf(env, chatId).kick()
    }
    expect(outside.messages(chatId).size).toBe(1)
  })
})

describe('leads that waited for a chat', () => {
  it('all go on when there is one, behind however many that cannot', async () => {
    const group = newGroup()
    chatId = String(group.id)
    await updateProject(env.DB, 'main', { chatId: null, threadId: null })
    const waiting = { object: 'lead', kind: 'card', reason: 'NO_CHAT', attempts: 1 }
    vi.setSystemTime('2026-01-01')
    const lost = Array.from({ length: 201 }, (_, n) => ({ name: crypto.randomUUID(), seq: n + 1 }))
    await Promise.all(lost.map((row) => recordParked(env.DB, { ...waiting, ...row })))
    vi.useRealTimers()
    const id = crypto.randomUUID()
    const lead = { projectId: 'main', source: 'api', sourceRef: null, name: id } as const
    await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
    await leadOf(env, id).show()
    // In the lists it is closed by now: only what is parked tells that it still waits.
    await env.DB.prepare("UPDATE leads SET status = 'closed' WHERE id = ?").bind(id).run()
    await deliver(message(await newUser('admin'), group, { text: '/bind' }))
    await conversationOf(env, chatId).kick()
    expect([...outside.messages(chatId).values()].some((text) => text.includes(id))).toBe(true)
    await env.DB.prepare("DELETE FROM parked WHERE reason = 'NO_CHAT'").run()
  })
})
