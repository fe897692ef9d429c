import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Update, User } from 'grammy/types'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Lead } from '../../../objects/lead/lead.ts'
import { listLeads } from '../../../src/store/leads.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { beginAnew, boundGroup, newSmallGroup, receiveLead } from '../chats.ts'
import { crash } from '../crash.ts'
import { FIRST_MESSAGE, Outside, telegramError } from '../outside.ts'
import { instead } from '../team.ts'
import { BOT, message, newGroup, newUser, press } from '../updates.ts'

let outside: Outside
let group: ReturnType<typeof newGroup>
let chatId: string
let id: string
let olim: User

beforeEach(async () => {
  await beginAnew()
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  const bound = await boundGroup()
  group = bound.group
  chatId = bound.chatId
  id = await receiveLead(chatId)
  olim = await newUser('manager', 'Olim')
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const take = () => press(olim, group, FIRST_MESSAGE, `v1:take:${id}`)

/** Brings an update as Telegram does: again, as long as it gets no answer. */
async function bring(update: Update): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await conversationOf(env, chatId).receive(update, 'https://bot.test')
    } catch (error) {
      if (tries === 5) throw error
    }
  }
}

async function kick(ms = 0, chat = chatId): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await conversationOf(env, chat).kick()
}

async function inLists() {
  const { leads } = await listLeads(env.DB, {}, { after: null, limit: 10 })
  return leads.find((lead) => lead.id === id)
}

const cardIn = (chat = chatId) => String(outside.messages(chat).get(FIRST_MESSAGE))
const edits = () => outside.sent('editMessageText', chatId)

async function expectTakenOnce(): Promise<void> {
  const read = await leadOf(env, id).read()
  expect(read?.events.map(({ type }) => type)).toEqual(['receive', 'claim'])
  expect(await inLists()).toMatchObject({ status: 'in_progress', assignee: { name: 'Olim' } })
  expect(cardIn()).toContain('Olim')
  expect(outside.sent('sendMessage', chatId)).toHaveLength(1)
  expect(outside.sent('answerCallbackQuery').at(-1)?.params['text']).toContain('Заявка ваша')
  expect(await conversationOf(env, chatId).owed()).toMatchObject({ waiting: 0, parked: 0 })
}

/** What an object owes, whether due or not, apart from ages to be corrected later. */
async function owedBy(stub: DurableObjectStub): Promise<string[]> {
  return runInDurableObject(stub, (_, { storage }) => {
    const sql = "SELECT kind FROM outbox WHERE kind <> 'refresh'"
    return storage.sql
      .exec<{ kind: string }>(sql)
      .toArray()
      .map(({ kind }) => kind)
  })
}

describe('a press below a card that stands in one chat', () => {
  it('is done when Telegram hears that it was taken in, and leaves nothing owed', async () => {
    await bring(take())
    expect(await owedBy(conversationOf(env, chatId))).toEqual([])
    expect(await owedBy(leadOf(env, id))).toEqual([])
    await expectTakenOnce()
    expect(edits()).toHaveLength(1)
  })

  it('is done once however many copies of it come at once', async () => {
    const update = take()
    await Promise.all(Array.from({ length: 10 }, () => bring(update)))
    await bring(update)
    await expectTakenOnce()
    expect(edits()).toHaveLength(1)
    expect(outside.sent('answerCallbackQuery')).toHaveLength(1)
  })

  const moments = ['before', 'after'] as const
  const calls = ['editMessageText', 'answerCallbackQuery']
  it.each(calls.flatMap((name) => moments.map((moment) => [moment, name] as const)))(
    'is done when the chat dies %s Telegram takes %s, and Telegram brings it again',
    async (moment, name) => {
      let isOver = false
      outside.answer(async (call) => {
        if (call.name !== name || isOver) return undefined
        isOver = true
        if (moment === 'after') outside.deliverSilently(call)
        await crash(conversationOf(env, chatId))
        throw new TypeError('cut off')
      })
      await bring(take())
      await kick()
      expect(isOver).toBe(true)
      await expectTakenOnce()
    },
  )

  const whoDies = ['chat', 'lead'] as const
  it.each(whoDies.flatMap((who) => moments.map((moment) => [who, moment] as const)))(
    'is done when the %s dies %s the lead is changed',
    async (who, moment) => {
      let isOver = false
      instead(Lead.prototype, 'carryOutIn', async ({ really }) => {
        if (isOver) return really()
        isOver = true
        if (moment === 'after') await really()
        await crash(who === 'chat' ? conversationOf(env, chatId) : leadOf(env, id))
        throw new Error('cut off')
      })
      await bring(take())
      if (who === 'lead') await kick(30_000)
      expect(isOver).toBe(true)
      await expectTakenOnce()
    },
  )

  it.each(moments)('is done when the chat dies %s the lists are written', async (moment) => {
    let isOver = false
    instead(Object.getPrototypeOf(env.DB), 'batch', async ({ really }) => {
      if (isOver) return really()
      isOver = true
      if (moment === 'after') await really()
      await crash(conversationOf(env, chatId))
      throw new Error('cut off')
    })
    await bring(take())
    expect(isOver).toBe(true)
    await expectTakenOnce()
  })

  it('is owed to the lists while these cannot be written', async () => {
    const down = vi.spyOn(Object.getPrototypeOf(env.DB), 'batch').mockImplementation(() => {
      throw new Error('D1_ERROR: Network connection lost.')
    })
    await bring(take())
    await kick()
    expect(cardIn()).toContain('Olim')
    expect((await inLists())?.status).toBe('new')
    expect(await owedBy(conversationOf(env, chatId))).toEqual(['changed'])
    down.mockRestore()
    await kick(30_000)
    await expectTakenOnce()
  })

  it('is owed to the card while Telegram is down, and the lists know at once', async () => {
    let isDown = true
    outside.answer(() => (isDown ? new Response('Bad Gateway', { status: 502 }) : undefined))
    await bring(take())
    expect((await inLists())?.status).toBe('in_progress')
    expect(cardIn()).not.toContain('Olim')
    await crash(conversationOf(env, chatId))
    isDown = false
    await kick(30_000)
    await expectTakenOnce()
  })

  it('is acknowledged although Telegram hangs, and done when it answers', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    outside.answer(async ({ name }) => {
      if (name === 'editMessageText') await promise
      return undefined
    })
    const update = take()
    await bring(update)
    resolve()
    await bring(update)
    await kick(30_000)
    await expectTakenOnce()
  })

  it('waits with the card as long as Telegram says', async () => {
    outside.answer(({ name }) =>
      name === 'editMessageText' && edits().length === 1
        ? telegramError(429, 'Too Many Requests: retry after 30', { retry_after: 30 })
        : undefined,
    )
    await bring(take())
    await kick(20_000)
    expect(edits()).toHaveLength(1)
    await kick(11_000)
    expect(edits()).toHaveLength(2)
    await expectTakenOnce()
  })

  it('sends the card anew when somebody has deleted it', async () => {
    outside.messages(chatId).delete(FIRST_MESSAGE)
    await bring(take())
    await kick()
    expect(cardIn()).toContain('Olim')
    expect((await inLists())?.status).toBe('in_progress')
  })

  it('is shown in the supergroup that the group has become meanwhile', async () => {
    const next = String(newGroup().id)
    const small = newSmallGroup()
    await updateProject(env.DB, 'main', { chatId: String(small.id) })
    chatId = String(small.id)
    id = await receiveLead(chatId)
    outside.answer(({ params }) =>
      String(params['chat_id']) === chatId
        ? telegramError(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
            migrate_to_chat_id: Number(next),
          })
        : undefined,
    )
    await bring(press(olim, small, FIRST_MESSAGE, `v1:take:${id}`))
    await kick()
    await kick(0, next)
    expect(cardIn(next)).toContain('Olim')
    expect((await inLists())?.status).toBe('in_progress')
  })

  it('keeps the order of two that follow each other', async () => {
    const won = press(olim, group, FIRST_MESSAGE, `v1:won:${id}`)
    await Promise.all([bring(take()), bring(won)])
    await bring(press(olim, group, FIRST_MESSAGE, `v1:won:${id}`))
    await kick()
    expect(cardIn()).toContain('Успех')
    expect(await inLists()).toMatchObject({ status: 'closed', outcome: 'won' })
  })
})

describe('a reply to such a card', () => {
  it('is noted once although the chat dies as the card is changed', async () => {
    let isOver = false
    outside.answer(async ({ name }) => {
      if (name !== 'editMessageText' || isOver) return undefined
      isOver = true
      await crash(conversationOf(env, chatId))
      throw new TypeError('cut off')
    })
    const reply_to_message = { message_id: FIRST_MESSAGE, date: 0, chat: group, from: BOT }
    await bring(message(olim, group, { text: 'Call later', reply_to_message } as never))
    expect((await inLists())?.notes).toMatchObject([{ text: 'Call later' }])
    expect(cardIn()).toContain('Call later')
    expect(await owedBy(conversationOf(env, chatId))).toEqual([])
  })
})

describe('a press below a card that stands in two chats', () => {
  it.each(['the present one', 'the one before'])('is shown in both, from %s', async (which) => {
    const before = { chatId, group }
    const present = await boundGroup()
    await leadOf(env, id).show()
    await kick(0, present.chatId)
    const from = which === 'the present one' ? present : before
    chatId = from.chatId
    await bring(press(olim, from.group, FIRST_MESSAGE, `v1:take:${id}`))
    await leadOf(env, id).kick()
    for (const chat of [before.chatId, present.chatId]) {
      await kick(0, chat)
      expect(cardIn(chat)).toContain('Olim')
    }
    expect((await inLists())?.status).toBe('in_progress')
  })

  it('is shown in both although the chat has died and was replaced in between', async () => {
    let present: string | null = null
    instead(Lead.prototype, 'carryOutIn', async ({ really }) => {
      const answer = await really()
      if (present !== null) return answer
      present = (await boundGroup()).chatId
      await crash(conversationOf(env, chatId))
      throw new Error('cut off')
    })
    await bring(take())
    await leadOf(env, id).kick()
    for (const chat of [chatId, String(present)]) {
      await kick(0, chat)
      expect(cardIn(chat)).toContain('Olim')
    }
    expect((await inLists())?.status).toBe('in_progress')
  })
})
