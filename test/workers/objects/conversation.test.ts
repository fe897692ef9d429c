import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { findProject, updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadIdOf, leadOf } from '../../../src/stubs.ts'
import { beginAnew } from '../chats.ts'
import { Outside, telegramError } from '../outside.ts'
import {
  BOT,
  deliver,
  message,
  newGroup,
  newPerson,
  newUser,
  press,
  privateChat,
} from '../updates.ts'

let outside: Outside

beforeEach(async () => {
  await beginAnew()
  outside = new Outside()
})

describe('a person in private', () => {
  it('leaves a request by name, contact and comment, and it becomes a lead', async () => {
    const person = newPerson()
    const chat = privateChat(person)
    const id = String(chat.id)
    for (const text of ['/start', '/lead', 'Aziza', '90 123 45 67', 'English course']) {
      await deliver(message(person, chat, { text }))
    }
    const summary = outside.sent('sendMessage', id).at(-1)
    expect(summary?.params['text']).toContain('+998 90 123 45 67')
    const buttons = summary?.params['reply_markup'] as {
      inline_keyboard: { callback_data: string }[][]
    }
    const send = buttons.inline_keyboard[0]?.[0]?.callback_data ?? ''
    const update = press(person, chat, 5, send)
    await deliver(update)
    await deliver(update)
    const lead = await leadOf(env, leadIdOf('telegram', `${chat.id}:${update.update_id}`)).read()
    expect(lead?.lead).toMatchObject({
      name: 'Aziza',
      phone: '+998901234567',
      status: 'new',
      source: 'telegram',
      userId: id,
    })
    expect(lead?.lead.notes.map(({ text }) => text)).toEqual(['English course'])
    expect(outside.sent('sendMessage', id).at(-1)?.params['text']).toContain('принята')
  })
})

/** A group that shows the first project's leads, and a lead whose card it shows. */
async function groupWithLead(details: Partial<Parameters<typeof receive>[0]> = {}) {
  const group = newGroup()
  const chatId = String(group.id)
  await updateProject(env.DB, 'main', { chatId, threadId: null })
  const id = await receive(details)
  return { group, chatId, id }
}

async function receive(details: { name?: string; userId?: string }): Promise<string> {
  const id = crypto.randomUUID()
  await leadOf(env, id).carryOut({
    id,
    type: 'receive',
    by: null,
    lead: { projectId: 'main', source: 'telegram', sourceRef: null, name: 'Aziza', ...details },
  })
  await settle(id)
  return id
}

/** Waits until the lead has told everybody and its chat has said everything. */
async function settle(leadId: string): Promise<void> {
  await leadOf(env, leadId).show()
  const project = await findProject(env.DB, 'main')
  await conversationOf(env, project?.chatId ?? '').kick()
}

async function pressCard(
  person: ReturnType<typeof newPerson>,
  group: ReturnType<typeof newGroup>,
  verb: string,
  leadId: string,
): Promise<void> {
  await deliver(press(person, group, 100, `v1:${verb}:${leadId}`))
  await settle(leadId)
}

describe('a card in a group', () => {
  it('is sent once and edited in place as the lead is taken and closed', async () => {
    const { group, chatId, id } = await groupWithLead()
    const manager = await newUser('manager', 'Olim')
    await pressCard(manager, group, 'take', id)
    await pressCard(manager, group, 'won', id)
    expect(outside.sent('sendMessage', chatId)).toHaveLength(1)
    const edits = outside
      .sent('editMessageText', chatId)
      .map(({ params }) => String(params['text']))
    expect(edits[0]).toContain('В работе')
    expect(edits.at(-1)).toContain('Успех')
    expect(outside.sent('answerCallbackQuery').map(({ params }) => params['text'])).toEqual([
      'Заявка ваша. Звоните!',
      'Поздравляем!',
    ])
  })

  it('tells a manager who was late who has it', async () => {
    const { group, id } = await groupWithLead()
    await pressCard(await newUser('manager', 'Olim'), group, 'take', id)
    await pressCard(await newUser('manager', 'Nodir'), group, 'take', id)
    const answer = outside.sent('answerCallbackQuery').at(-1)
    expect(answer?.params).toMatchObject({ text: 'Уже взял(а) Olim', show_alert: true })
  })

  it('obeys nobody who is no manager, whatever their client sends', async () => {
    const { group, id } = await groupWithLead()
    await pressCard(newPerson('Stranger'), group, 'take', id)
    expect(outside.sent('answerCallbackQuery').at(-1)?.params['show_alert']).toBe(true)
    expect((await leadOf(env, id).read())?.lead.status).toBe('new')
  })

  it('tells the person who left the request that it was taken, and that it is closed', async () => {
    const client = newPerson()
    const { group, id } = await groupWithLead({ userId: String(client.id) })
    const manager = await newUser('manager', 'Olim')
    await pressCard(manager, group, 'take', id)
    await pressCard(manager, group, 'won', id)
    await conversationOf(env, String(client.id)).kick()
    const told = outside.sent('sendMessage', String(client.id)).map(({ params }) => params['text'])
    expect(told).toEqual([expect.stringContaining('Olim'), expect.stringContaining('закрыта')])
  })

  it('becomes a note of its lead when a manager replies to it', async () => {
    const { group, chatId, id } = await groupWithLead()
    const manager = await newUser('manager', 'Olim')
    const reply = { message_id: 0, date: 0, chat: group, from: BOT } as const
    const card = await cardMessage(chatId, id)
    const reply_to_message = { ...reply, message_id: card ?? 0 }
    await deliver(message(manager, group, { text: 'Call at 15:00', reply_to_message } as never))
    await settle(id)
    expect((await leadOf(env, id).read())?.lead.notes).toMatchObject([
      { text: 'Call at 15:00', author: 'Olim' },
    ])
    expect(outside.sent('editMessageText', chatId).at(-1)?.params['text']).toContain(
      'Call at 15:00',
    )
  })

  it('is sent anew when somebody has deleted it', async () => {
    const { group, chatId, id } = await groupWithLead()
    outside.answer(({ name }) =>
      name === 'editMessageText'
        ? telegramError(400, 'Bad Request: message to edit not found')
        : undefined,
    )
    await pressCard(await newUser('manager'), group, 'take', id)
    expect(outside.sent('sendMessage', chatId)).toHaveLength(2)
  })
})

/** Some time later everything that waited is due. */
async function later(chatId: string, ms: number): Promise<void> {
  vi.setSystemTime(Date.now() + ms)
  await conversationOf(env, chatId).kick()
}

describe('a message whose sending got no answer', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['Date'] })
    return () => vi.useRealTimers()
  })

  /** A Telegram that takes messages, numbers them from 500, and keeps its bot from learning it. */
  function takesSilently(): { id: number; text: unknown }[] {
    const taken: { id: number; text: unknown }[] = []
    outside.answer(({ name, params }) => {
      if (name === 'sendMessage') {
        taken.push({ id: 500 + taken.length, text: params['text'] })
        throw new TypeError('connection lost')
      }
      if (name !== 'editMessageText') return undefined
      const known = taken.find(({ id }) => id === params['message_id'])
      return known?.text === params['text']
        ? telegramError(400, 'Bad Request: message is not modified')
        : telegramError(400, 'Bad Request: message to edit not found')
    })
    return taken
  }

  it('is found again and not sent twice, although Telegram knows no idempotency keys', async () => {
    const group = newGroup()
    const chatId = String(group.id)
    const admin = await newUser('admin')
    const command = message(admin, group, { text: '/bind', message_id: 499 })
    await deliver(command)
    const taken = takesSilently()
    const id = await receive({})
    await later(chatId, 5_000)
    expect(taken.filter(({ text }) => String(text).includes('Aziza'))).toHaveLength(1)
    expect(await cardMessage(chatId, id)).toBe(500)
  })

  it('is sent again when it is not there', async () => {
    const { chatId } = await groupWithLead()
    let isDown = true
    outside.answer(({ name }) => {
      if (!isDown) return undefined
      return name === 'editMessageText'
        ? telegramError(400, 'Bad Request: message to edit not found')
        : new Response('<html>Bad Gateway</html>', { status: 502 })
    })
    const id = await receive({})
    isDown = false
    outside.answer(({ name }) =>
      name === 'editMessageText'
        ? telegramError(400, 'Bad Request: message to edit not found')
        : undefined,
    )
    await later(chatId, 5_000)
    expect(await cardMessage(chatId, id)).not.toBeNull()
  })

  it('waits as long as Telegram says, and then goes out once', async () => {
    const { chatId } = await groupWithLead()
    let refusals = 0
    outside.answer(({ name }) => {
      if (name !== 'sendMessage' || refusals > 0) return undefined
      refusals += 1
      return telegramError(429, 'Too Many Requests: retry after 30', { retry_after: 30 })
    })
    const before = outside.sent('sendMessage', chatId).length
    const id = await receive({})
    await later(chatId, 20_000)
    expect(outside.sent('sendMessage', chatId)).toHaveLength(before + 1)
    await later(chatId, 11_000)
    expect(outside.sent('sendMessage', chatId)).toHaveLength(before + 2)
    expect(outside.sent('editMessageText', chatId)).toHaveLength(0)
    expect(await cardMessage(chatId, id)).not.toBeNull()
  })
})

/** The message that is a lead's card in a chat. */
async function cardMessage(chatId: string, leadId: string): Promise<number | null> {
  return runInDurableObject(conversationOf(env, chatId), (_, state) => {
    const sql = 'SELECT message_id FROM card WHERE lead_id = ?'
    return state.storage.sql.exec<{ message_id: number | null }>(sql, leadId).one().message_id
  })
}
