import { describe, expect, it } from 'vitest'
import { GrammyError } from 'grammy'
import { ANN, BOB, BOT, CARD, CAROL, DAN, forum, refusal, stage } from './stage.ts'

async function migrated() {
  const made = await stage()
  const old = made.telegram.addGroup({
    id: -4_001,
    title: 'Отдел',
    admins: [DAN],
    members: [BOB],
  })
  const card = await made.api.sendMessage(old, 'Lead')
  return { ...made, old, card, id: made.telegram.migrate(old) }
}

async function group(bot: 'member' | 'administrator' = 'member') {
  const made = await stage()
  const id = made.telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [BOB], bot })
  const hears = (saying: Parameters<typeof made.telegram.say>[2]) =>
    made.telegram.say(BOB, id, saying).updateId !== null
  return { ...made, id, hears }
}

describe('a basic group that becomes a supergroup', () => {
  it('tells the bot of the new id in the old chat and of the old id in the new', async () => {
    const { telegram, updates, old, id } = await migrated()
    await telegram.idle()
    expect(updates.map(({ message }) => message)).toMatchObject([
      { chat: { id: old, type: 'group' }, migrate_to_chat_id: id },
      { chat: { id, type: 'supergroup' }, migrate_from_chat_id: old, message_id: 1 },
    ])
  })

  it('refuses what is sent to the old id, with the new one', async () => {
    const { api, old, id } = await migrated()
    const error: unknown = await api.sendMessage(old, 'x').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(GrammyError)
    expect(error).toMatchObject({
      error_code: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      parameters: { migrate_to_chat_id: id },
    })
  })

  it('still shows the old chat, and leaves its messages there', async () => {
    const { api, old, id, card } = await migrated()
    expect(await api.getChat(old)).toMatchObject({ id: old, type: 'group' })
    expect(await refusal(api.editMessageText(id, card.message_id + 50, 'x'))).toBe(
      '400 Bad Request: message to edit not found',
    )
  })

  it('takes its people along', async () => {
    const { telegram, old, id } = await migrated()
    expect(telegram.say(BOB, id, { text: 'x' }).messageId).toBe(2)
    expect(() => telegram.say(BOB, old, { text: 'x' })).toThrow(`has become ${id}`)
  })
})

describe('privacy mode', () => {
  it.each([
    ['just talk', false],
    [`/stats@${BOT.username}`, true],
    [`/stats@${BOT.username.toUpperCase()}`, true],
    ['/stats@another_bot', false],
    ['/stats', false],
    ['@target_demo_bot, ты где?', false],
  ])('shows the bot «%s»: %s', async (text, isShown) => {
    const { hears } = await group()
    expect(hears({ text })).toBe(isShown)
  })

  it('shows plain commands once the bot was the last to speak', async () => {
    const { api, id, hears } = await group()
    await api.sendMessage(id, 'Чем помочь?')
    expect(hears({ text: '/stats' })).toBe(true)
    expect(hears({ text: 'just talk' })).toBe(false)
  })

  it('shows answers to the bot, whatever they are', async () => {
    const { api, id, hears } = await group()
    const { message_id } = await api.sendMessage(id, 'Lead')
    expect(hears({ text: 'звонил, не берёт', replyTo: message_id })).toBe(true)
    expect(hears({ sticker: '👍', replyTo: message_id })).toBe(true)
  })

  it('shows everything to a bot that runs the group, and presses to any', async () => {
    const admin = await group('administrator')
    expect(admin.hears({ text: 'just talk' })).toBe(true)
    const member = await group()
    const { message_id } = await member.api.sendMessage(member.id, 'Lead', CARD)
    void member.telegram.press(BOB, member.id, message_id, 'Take')
    await member.telegram.idle()
    expect(member.updates).toHaveLength(1)
  })

  it('may be off for a bot', async () => {
    const { telegram } = await stage({ bot: { ...BOT, can_read_all_group_messages: true } })
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [BOB] })
    expect(telegram.say(BOB, id, { text: 'just talk' }).updateId).not.toBeNull()
  })

  it('hides edits with their messages', async () => {
    const { telegram, id } = await group()
    const { messageId } = telegram.say(BOB, id, { text: 'just talk' })
    expect(telegram.edit(BOB, id, messageId, 'other talk').updateId).toBeNull()
  })
})

describe('membership', () => {
  it('of the bot changes with an update of its own and a service message', async () => {
    const { telegram, updates } = await stage()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN], bot: 'left' })
    telegram.setBot(id, 'member')
    telegram.setBot(id, 'administrator', { can_manage_topics: false })
    telegram.setBot(id, 'kicked')
    await telegram.idle()
    const changes = updates.flatMap(({ my_chat_member: change }) =>
      change
        ? [`${change.from.id}: ${change.old_chat_member.status} → ${change.new_chat_member.status}`]
        : [],
    )
    expect(changes).toEqual([
      `${DAN}: left → member`,
      `${DAN}: member → administrator`,
      `${DAN}: administrator → kicked`,
    ])
    expect(updates.flatMap(({ message }) => message?.new_chat_members ?? [])).toMatchObject([
      { id: BOT.id },
    ])
    expect(updates.flatMap(({ message }) => message?.left_chat_member ?? [])).toMatchObject([
      { id: BOT.id },
    ])
  })

  it('of the bot in a private chat is whether it is blocked', async () => {
    const { telegram, updates } = await stage()
    telegram.say(ANN, ANN, { text: '/start' })
    expect(telegram.unblock(ANN)).toBeNull()
    telegram.block(ANN)
    expect(telegram.block(ANN)).toBeNull()
    telegram.unblock(ANN)
    await telegram.idle()
    expect(updates.flatMap(({ my_chat_member: change }) => change ?? [])).toMatchObject([
      {
        chat: { id: ANN, type: 'private' },
        from: { id: ANN },
        old_chat_member: { status: 'member', user: { id: BOT.id, is_bot: true } },
        new_chat_member: { status: 'kicked', until_date: 0 },
      },
      { old_chat_member: { status: 'kicked' }, new_chat_member: { status: 'member' } },
    ])
    expect(telegram.messages(ANN)).toHaveLength(1)
  })

  it('of people is told as service messages to every bot', async () => {
    const { telegram, updates } = await stage()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [BOB] })
    telegram.setMember(id, CAROL, 'member')
    telegram.setMember(id, CAROL, 'left')
    await telegram.idle()
    expect(updates.map(({ message }) => message)).toMatchObject([
      { from: { id: CAROL }, new_chat_members: [{ id: CAROL }] },
      { from: { id: CAROL }, left_chat_member: { id: CAROL } },
    ])
  })

  it('ends when the bot leaves by itself', async () => {
    const { api, telegram, updates } = await stage()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN] })
    expect(await api.leaveChat(id)).toBe(true)
    await telegram.idle()
    expect(updates[0]?.my_chat_member).toMatchObject({
      from: { id: BOT.id },
      new_chat_member: { status: 'left' },
    })
    expect(telegram.say(DAN, id, { text: `/x@${BOT.username}` }).updateId).toBeNull()
  })

  it('is asked with getChatMember: of oneself always, of others if the bot runs the group', async () => {
    const { api, telegram } = await stage()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [BOB] })
    expect(await api.getChatMember(id, BOT.id)).toMatchObject({ status: 'member' })
    expect(await refusal(api.getChatMember(id, BOB))).toBe(
      '400 Bad Request: member list is inaccessible',
    )
    telegram.setBot(id, 'administrator')
    expect(await api.getChatMember(id, BOT.id)).toMatchObject({
      status: 'administrator',
      can_manage_topics: true,
    })
    expect(await api.getChatMember(id, BOB)).toMatchObject({ status: 'member', user: { id: BOB } })
    expect(await api.getChatMember(id, CAROL)).toMatchObject({ status: 'left' })
    expect(await refusal(api.getChatMember(id, 987))).toBe(
      '400 Bad Request: PARTICIPANT_ID_INVALID',
    )
    expect(await refusal(api.getChatMember(id, 0))).toBe(
      '400 Bad Request: invalid user_id specified',
    )
  })

  it('is asked with getChatAdministrators', async () => {
    const { api, telegram } = await stage()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN, CAROL], members: [BOB] })
    const admins = await api.getChatAdministrators(id)
    expect(admins.map(({ status, user }) => [status, user.id])).toEqual([
      ['creator', DAN],
      ['administrator', CAROL],
    ])
    telegram.say(ANN, ANN, { text: '/start' })
    expect(await refusal(api.getChatAdministrators(ANN))).toBe(
      '400 Bad Request: there are no administrators in the private chat',
    )
  })
})

describe('topics', () => {
  it('are made, renamed, closed, reopened and deleted by the bot, which is told of its own deeds', async () => {
    const { api, telegram, updates } = await stage()
    const { id } = forum({ telegram })
    const topic = await api.createForumTopic(id, 'Проект «Клиника»', { icon_color: 0xffd67e })
    const thread = topic.message_thread_id
    expect(topic).toEqual({
      message_thread_id: thread,
      name: 'Проект «Клиника»',
      icon_color: 0xffd67e,
    })
    await api.editForumTopic(id, thread, { name: 'Клиника' })
    await api.closeForumTopic(id, thread)
    await api.reopenForumTopic(id, thread)
    await telegram.idle()
    expect(updates.map(({ message }) => message)).toMatchObject([
      {
        message_id: thread,
        message_thread_id: thread,
        forum_topic_created: { name: 'Проект «Клиника»' },
      },
      { message_thread_id: thread, forum_topic_edited: { name: 'Клиника' } },
      { forum_topic_closed: {} },
      { forum_topic_reopened: {} },
    ])
    await api.sendMessage(id, 'x', { message_thread_id: thread })
    await api.deleteForumTopic(id, thread)
    expect(telegram.messages(id, { threadId: thread })).toEqual([])
  })

  it.each([
    ['a chat without topics', '400 Bad Request: the chat is not a forum'],
    ['a bot without the right', '400 Bad Request: not enough rights to create a topic'],
    ['an empty name', '400 Bad Request: name must be non-empty'],
    ['a colour that is not on the list', '400 Bad Request: invalid icon color specified'],
  ])('are refused for %s', async (what, words) => {
    const { api, telegram } = await stage()
    const { id } = forum({ telegram })
    const plain = telegram.addGroup({ title: 'Отдел', admins: [DAN], bot: 'administrator' })
    if (what.includes('right')) telegram.setBot(id, 'administrator', { can_manage_topics: false })
    const call = what.includes('without topics')
      ? api.createForumTopic(plain, 'x')
      : api.raw.createForumTopic({
          chat_id: id,
          name: what.includes('name') ? '' : 'x',
          ...(what.includes('colour') && { icon_color: 1 as never }),
        })
    expect(await refusal(call)).toBe(words)
  })

  it('are refused twice and for ids that are none', async () => {
    const { api, telegram } = await stage()
    const { id, topicId } = forum({ telegram })
    await api.closeForumTopic(id, topicId)
    expect(await refusal(api.closeForumTopic(id, topicId))).toBe(
      '400 Bad Request: TOPIC_NOT_MODIFIED',
    )
    expect(await refusal(api.deleteForumTopic(id, 999))).toBe('400 Bad Request: TOPIC_ID_INVALID')
  })

  it('mark what people write in them; General marks nothing', async () => {
    const { telegram, updates } = await stage()
    const { id, topicId } = forum({ telegram })
    telegram.say(BOB, id, { text: 'in it', threadId: topicId })
    telegram.say(BOB, id, { text: 'in General' })
    await telegram.idle()
    expect(updates[0]?.message).toMatchObject({
      message_thread_id: topicId,
      is_topic_message: true,
    })
    expect(updates[1]?.message).not.toHaveProperty('message_thread_id')
    expect(updates[1]?.message).not.toHaveProperty('is_topic_message')
  })

  it('that are closed are for admins', async () => {
    const { telegram } = await stage()
    const { id, topicId } = forum({ telegram })
    telegram.changeTopic(id, topicId, 'close')
    expect(() => telegram.say(BOB, id, { text: 'x', threadId: topicId })).toThrow(
      'The topic is closed',
    )
    expect(telegram.say(DAN, id, { text: 'x', threadId: topicId }).updateId).not.toBeNull()
  })
})
