import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { healthOf } from '../../../src/health.ts'
import { settingsOf } from '../../../src/settings.ts'
import { findProject, insertProject, updateProject } from '../../../src/store/projects.ts'
import { findUser } from '../../../src/store/users.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import {
  beginAnew,
  boundGroup,
  give,
  myChatMember,
  newSmallGroup,
  parkedReasons,
  receiveLead,
  toldTo,
} from '../chats.ts'
import { crash } from '../crash.ts'
import { Outside, telegramError, telegramOk } from '../outside.ts'
import { deliver, message, newGroup, newUser, press, privateChat } from '../updates.ts'

/** The admin by configuration, who hears of everything. */
const ADMIN = 1001

let outside: Outside

beforeEach(async () => {
  await beginAnew()
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  await env.DB.prepare('DELETE FROM parked').run()
  return () => vi.useRealTimers()
})

/** Cards of a lead that stand in a chat. */
function cards(chatId: string | number, name = 'Aziza'): number {
  return [...outside.messages(String(chatId)).values()].filter((text) => text.includes(name)).length
}

/** Nothing can be said in a chat, until the returned function is called. */
function shutChat(chatId: string | number, code: number, description: string): () => void {
  let isShut = true
  outside.answer(({ name, params }) =>
    isShut && name.startsWith('send') && String(params['chat_id']) === String(chatId)
      ? telegramError(code, description)
      : undefined,
  )
  return () => {
    isShut = false
  }
}

describe('a person who has blocked the bot', () => {
  const BLOCKED = 'Forbidden: bot was blocked by the user'

  it('is passed over, and what was said meanwhile is said when they are back', async () => {
    const person = await newUser('manager')
    const chat = privateChat(person)
    const unblock = shutChat(chat.id, 403, BLOCKED)
    // What other tests have left is in order here.
    for (const table of ['connections', 'parked']) await env.DB.exec(`delete from ${table}`)
    await deliver(message(person, chat, { text: '/language' }))
    expect((await findUser(env.DB, String(person.id)))?.blockedAt).not.toBeNull()
    expect(await parkedReasons(String(chat.id))).toEqual(['TELEGRAM_BLOCKED'])
    const health = await healthOf(env, settingsOf(env))
    expect(health.parked.byReason['TELEGRAM_BLOCKED']).toBe(1)
    expect(health.status).toBe('ok')
    unblock()
    await give(chat.id, myChatMember(person, chat, [{ status: 'kicked' }, { status: 'member' }]))
    expect((await findUser(env.DB, String(person.id)))?.blockedAt).toBeNull()
    expect(await parkedReasons(String(chat.id))).toEqual([])
    expect(outside.messages(String(chat.id)).size).toBe(1)
  })

  it.each(['/start', 'hello'])(
    'is back when they write %s, whatever was told before',
    async (text) => {
      const person = await newUser('client')
      const chat = privateChat(person)
      await give(chat.id, myChatMember(person, chat, [{ status: 'member' }, { status: 'kicked' }]))
      expect((await findUser(env.DB, String(person.id)))?.blockedAt).not.toBeNull()
      await deliver(message(person, chat, { text }))
      expect((await findUser(env.DB, String(person.id)))?.blockedAt).toBeNull()
    },
  )
})

describe('a group where nothing can be said', () => {
  it.each([
    ['left', 403, 'Forbidden: bot was kicked from the supergroup chat', 'больше нет в чате'],
    ['left', 403, 'Forbidden: the group chat was deleted', 'больше нет в чате'],
    ['unknown', 400, 'Bad Request: chat not found', 'не находит чат'],
    ['muted', 400, 'Bad Request: have no write access to the chat', 'нельзя писать'],
  ] as const)(
    'is told of to the admins once, and its cards come when that is over (%s: %i %s)',
    async (why, code, description, words) => {
      const { group, chatId } = await boundGroup()
      const before = (await toldTo(outside, ADMIN)).length
      const open = shutChat(chatId, code, description)
      const first = await receiveLead(chatId, 'Aziza')
      await receiveLead(chatId, 'Botir')
      expect((await toldTo(outside, ADMIN)).slice(before)).toEqual([expect.stringContaining(words)])
      expect((await conversationOf(env, chatId).shut())?.why).toBe(why)
      expect(await parkedReasons(chatId)).toHaveLength(2)
      const by = { id: '7', name: 'Olim', role: 'manager' } as const
      await leadOf(env, first).carryOut({ id: 'take', type: 'claim', by })
      open()
      const admin = await newUser('admin')
      await give(chatId, myChatMember(admin, group, [{ status: 'left' }, { status: 'member' }]))
      expect([cards(chatId, 'Aziza'), cards(chatId, 'Botir')]).toEqual([1, 1])
      expect(await parkedReasons(chatId)).toEqual([])
      expect((await findProject(env.DB, 'main'))?.chatId).toBe(chatId)
    },
  )

  it('is found to be open again by the next thing that can be said, though nobody told us', async () => {
    const { chatId } = await boundGroup()
    const open = shutChat(chatId, 400, 'Bad Request: have no write access to the chat')
    await receiveLead(chatId, 'Aziza')
    open()
    await receiveLead(chatId, 'Botir')
    await conversationOf(env, chatId).kick()
    expect([cards(chatId, 'Aziza'), cards(chatId, 'Botir')]).toEqual([1, 1])
    expect(await conversationOf(env, chatId).shut()).toBeNull()
  })

  it('shows a card whose showing was refused when its lead changes, or when it is bound again', async () => {
    const { group, chatId } = await boundGroup()
    let isRefused = true
    outside.answer(({ name }) =>
      isRefused && name === 'sendMessage'
        ? telegramError(400, 'Bad Request: nobody knows this one')
        : undefined,
    )
    const first = await receiveLead(chatId, 'Gulnora')
    await receiveLead(chatId, 'Jamshid')
    isRefused = false
    const by = { id: '7', name: 'Olim', role: 'manager' } as const
    await leadOf(env, first).carryOut({ id: 'take', type: 'claim', by })
    await leadOf(env, first).show()
    await conversationOf(env, chatId).kick()
    expect([cards(chatId, 'Gulnora'), cards(chatId, 'Jamshid')]).toEqual([1, 0])
    expect(await parkedReasons(chatId)).toHaveLength(1)
    await deliver(message(await newUser('admin'), group, { text: '/bind' }))
    expect([cards(chatId, 'Gulnora'), cards(chatId, 'Jamshid')]).toEqual([1, 1])
    expect(await parkedReasons(chatId)).toEqual([])
  })

  it('is told of when the bot is removed, restricted or demoted, each once however often it comes', async () => {
    const { group, chatId } = await boundGroup()
    const admin = await newUser('admin')
    const before = (await toldTo(outside, ADMIN)).length
    const removed = myChatMember(admin, group, [{ status: 'administrator' }, { status: 'kicked' }])
    await give(chatId, removed)
    await give(chatId, removed)
    const open = shutChat(chatId, 403, 'Forbidden: bot was kicked from the supergroup chat')
    await receiveLead(chatId)
    expect((await toldTo(outside, ADMIN)).slice(before)).toEqual([
      expect.stringContaining('больше нет в чате'),
    ])
    const muted = { status: 'restricted', is_member: true, can_send_messages: false } as const
    await give(chatId, myChatMember(admin, group, [{ status: 'member' }, muted]))
    expect((await toldTo(outside, ADMIN)).at(-1)).toContain('нельзя писать')
    open()
    const demoted = myChatMember(admin, group, [{ status: 'administrator' }, { status: 'member' }])
    await give(chatId, demoted)
    expect((await toldTo(outside, ADMIN)).at(-1)).toContain('больше не администратор')
  })

  it('concerns nobody when no project is bound to it', async () => {
    const group = newGroup()
    const before = (await toldTo(outside, ADMIN)).length
    const admin = await newUser('admin')
    await give(group.id, myChatMember(admin, group, [{ status: 'member' }, { status: 'left' }]))
    expect((await toldTo(outside, ADMIN)).slice(before)).toEqual([])
  })
})

describe('whoever adds the bot to a group', () => {
  it.each([
    ['admin', 'отправьте в этом чате'],
    ['manager', 'администратор должен отправить'],
  ] as const)(
    'is told in private what is next, and the group hears nothing (%s)',
    async (role, words) => {
      const user = await newUser(role)
      const group = newGroup()
      await give(group.id, myChatMember(user, group, [{ status: 'left' }, { status: 'member' }]))
      expect(await toldTo(outside, user.id)).toEqual([expect.stringContaining(words)])
      expect(outside.sent('sendMessage', String(group.id))).toEqual([])
    },
  )
})

describe('a group that has become a supergroup', () => {
  const UPGRADED = 'Bad Request: group chat was upgraded to a supergroup chat'

  /** An ordinary group with a card, and the supergroup that it becomes. */
  async function upgraded() {
    const old = newSmallGroup()
    const next = { ...newGroup(), title: old.title }
    await updateProject(env.DB, 'main', { chatId: String(old.id), threadId: null })
    await receiveLead(String(old.id), 'Aziza')
    outside.answer(({ name, params }) =>
      name.startsWith('send') && String(params['chat_id']) === String(old.id)
        ? telegramError(400, UPGRADED, { migrate_to_chat_id: next.id })
        : undefined,
    )
    const admin = await newUser('admin')
    const service = (content: object) =>
      message(admin, 'migrate_to_chat_id' in content ? old : next, content)
    const signals = {
      to: () => give(old.id, service({ migrate_to_chat_id: next.id })),
      from: () => give(next.id, service({ migrate_from_chat_id: old.id })),
      error: async () => {
        await conversationOf(env, String(old.id)).tell({
          key: crypto.randomUUID(),
          text: 'bind.private',
          params: {},
        })
        await conversationOf(env, String(old.id)).kick()
      },
    }
    const settle = async () => {
      await conversationOf(env, String(old.id)).kick()
      await conversationOf(env, String(next.id)).kick()
    }
    return { old, next, signals, settle }
  }

  it.each([
    [['to', 'from', 'error']],
    [['from', 'to', 'error']],
    [['error', 'to', 'from']],
    [['to']],
    [['from']],
    [['error']],
    [['to', 'to', 'from', 'from', 'error']],
  ] as const)('goes on there once, by whichever signals: %s', async (order) => {
    const { old, next, signals, settle } = await upgraded()
    for (const signal of order) await signals[signal]()
    await settle()
    expect(cards(next.id)).toBe(1)
    expect((await findProject(env.DB, 'main'))?.chatId).toBe(String(next.id))
    await receiveLead(String(next.id), 'Botir')
    // Whoever still knows the old id is led on.
    await conversationOf(env, String(old.id)).tell({
      key: 'late',
      text: 'bind.private',
      params: {},
    })
    await settle()
    expect(cards(next.id, 'Botir')).toBe(1)
    expect(cards(next.id, '/bind')).toBe(order.filter((signal) => signal === 'error').length + 1)
    expect(outside.sent('sendMessage', String(old.id)).length).toBeLessThanOrEqual(2)
  })

  it('takes along what was parked, and is moved on although the old one died in the middle', async () => {
    const { old, next, signals, settle } = await upgraded()
    const chatId = String(old.id)
    const open = shutChat(old.id, 400, 'Bad Request: nobody knows this one')
    await conversationOf(env, chatId).tell({ key: 'kept', text: 'bind.private', params: {} })
    expect(await parkedReasons(chatId)).toHaveLength(1)
    await crash(conversationOf(env, chatId))
    open()
    await signals.to()
    await crash(conversationOf(env, chatId))
    await settle()
    expect(cards(next.id, '/bind')).toBe(1)
    expect(cards(next.id)).toBe(1)
    expect(await parkedReasons(chatId)).toEqual([])
  })

  it('is not believed of a supergroup, so that nothing can go round in circles', async () => {
    const { group, chatId } = await boundGroup()
    const other = newGroup()
    const admin = await newUser('admin')
    await give(chatId, message(admin, group, { migrate_to_chat_id: other.id }))
    await receiveLead(chatId)
    expect(cards(chatId)).toBe(1)
    expect(cards(other.id)).toBe(0)
  })
})

describe('a topic', () => {
  const topic = (threadId: number) => ({ message_thread_id: threadId, is_topic_message: true })

  it.each([
    'Bad Request: message thread not found',
    'Bad Request: TOPIC_CLOSED',
    'Bad Request: TOPIC_DELETED',
  ])(
    'that is closed or deleted gives its cards to General, and the admins hear of it once (%s)',
    async (description) => {
      const { chatId } = await boundGroup(77)
      outside.answer(({ params }) =>
        params['message_thread_id'] === 77 ? telegramError(400, description) : undefined,
      )
      const before = (await toldTo(outside, ADMIN)).length
      await receiveLead(chatId, 'Aziza')
      await receiveLead(chatId, 'Botir')
      expect([cards(chatId, 'Aziza'), cards(chatId, 'Botir')]).toEqual([1, 1])
      await conversationOf(env, chatId).kick()
      expect((await toldTo(outside, ADMIN)).slice(before)).toEqual([
        expect.stringContaining('закрыта или удалена'),
      ])
    },
  )

  it('is left for another by /bind there: open cards go along, and say so where they stood', async () => {
    const { group, chatId } = await boundGroup(77)
    await receiveLead(chatId, 'Zarnigor')
    const first = [...outside.messages(chatId).keys()][0]
    await deliver(message(await newUser('admin'), group, { text: '/bind', ...topic(88) }))
    const card = outside
      .sent('sendMessage', chatId)
      .findLast(({ params }) => String(params['text']).includes('Zarnigor'))
    expect(card?.params['message_thread_id']).toBe(88)
    expect(outside.messages(chatId).get(first ?? 0)).toContain('в другой теме')
    expect(cards(chatId, 'Zarnigor')).toBe(1)
  })

  it('holds everything back while General is closed too, and goes on when it is opened', async () => {
    const { group, chatId } = await boundGroup()
    let isClosed = true
    outside.answer(({ name }) =>
      isClosed && name === 'sendMessage'
        ? telegramError(400, 'Bad Request: TOPIC_CLOSED')
        : undefined,
    )
    await receiveLead(chatId)
    expect(await parkedReasons(chatId)).toEqual(['TELEGRAM_NO_RIGHTS'])
    isClosed = false
    const admin = await newUser('admin')
    await give(chatId, message(admin, group, { forum_topic_reopened: {} }))
    expect(cards(chatId)).toBe(1)
  })
})

describe('an admin who hides behind the group', () => {
  const anonymous = { id: 1_087_968_824, is_bot: true, first_name: 'Group' } as const

  it('is asked to write as themselves, and binds nothing', async () => {
    const group = newGroup()
    await give(group.id, message(anonymous, group, { text: '/bind', sender_chat: group }))
    expect(outside.sent('sendMessage', String(group.id)).at(-1)?.params['text']).toContain(
      'от себя',
    )
    expect((await findProject(env.DB, 'main'))?.chatId).not.toBe(String(group.id))
  })
})

describe('/bind', () => {
  beforeEach(() => {
    outside.answer(({ name, params }) => {
      if (name === 'getChat')
        return telegramOk({ id: params['chat_id'], type: 'supergroup', is_forum: true })
      if (name === 'getChatMember')
        return telegramOk({ status: 'administrator', can_manage_topics: false })
      return undefined
    })
  })

  it('says what the bot may do there, and what it lacks', async () => {
    const group = newGroup()
    await deliver(message(await newUser('admin'), group, { text: '/bind' }))
    const text = outside.sent('sendMessage', String(group.id)).at(-1)?.params['text']
    expect(text).toContain('Готово')
    expect(text).toContain('Бот — администратор')
    expect(text).toContain('Нет права «Управление темами»')
  })

  it('asks which project when there are several, and obeys only an admin’s press', async () => {
    const group = newGroup()
    const chatId = String(group.id)
    const other = crypto.randomUUID()
    await insertProject(env.DB, other, 'Other')
    await updateProject(env.DB, 'main', { chatId, threadId: null })
    const admin = await newUser('admin')
    await deliver(message(admin, group, { text: '/bind' }))
    const question = outside.sent('sendMessage', chatId).at(-1)
    expect(JSON.stringify(question?.params['reply_markup'])).toContain(`v1:bind:${other}`)
    const messageId = [...outside.messages(chatId).keys()].at(-1) ?? 0
    await deliver(press(await newUser('manager'), group, messageId, `v1:bind:${other}`))
    expect(outside.sent('answerCallbackQuery').at(-1)?.params['show_alert']).toBe(true)
    expect((await findProject(env.DB, other))?.chatId).toBeNull()
    await deliver(press(admin, group, messageId, `v1:bind:${other}`))
    expect((await findProject(env.DB, other))?.chatId).toBe(chatId)
    const answer = outside.messages(chatId).get(messageId)
    expect(answer).toContain('Other')
    expect(answer).toContain('Сюда же приходят заявки')
    await env.DB.prepare('DELETE FROM projects WHERE id = ?').bind(other).run()
  })
})
