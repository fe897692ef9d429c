import { describe, expect, it } from 'vitest'
import { ANN, BOB, CAROL, DAN, forum, refusal, stage } from './stage.ts'

/** Ann has started the bot. */
async function started() {
  const made = await stage({ webhook: false })
  made.telegram.say(ANN, ANN, { text: '/start' })
  return made
}

describe('sendMessage', () => {
  it('answers with the message as everybody now sees it', async () => {
    const { api, telegram, clock } = await started()
    const sent = await api.sendMessage(ANN, '<b>Здравствуйте</b>, +998901112233', {
      parse_mode: 'HTML',
    })
    expect(sent).toEqual({
      message_id: 2,
      from: {
        id: 8_100_200_300,
        is_bot: true,
        first_name: 'TargetBot',
        username: 'target_demo_bot',
      },
      chat: { id: ANN, type: 'private', first_name: 'Анна' },
      date: Math.floor(clock.now() / 1000),
      text: 'Здравствуйте, +998901112233',
      entities: [
        { type: 'bold', offset: 0, length: 12 },
        { type: 'phone_number', offset: 14, length: 13 },
      ],
    })
    expect(telegram.messages(ANN).at(-1)).toEqual({ ...sent, edits: 0 })
  })

  it.each([
    ['', 'Bad Request: message text is empty'],
    [' \n ', 'Bad Request: text must be non-empty'],
    ['<b></b>', 'Bad Request: text must be non-empty'],
    ['<br>', `Bad Request: can't parse entities: Unsupported start tag "br" at byte offset 0`],
    ['x'.repeat(4097), 'Bad Request: message is too long'],
    ['x'.repeat(32_769), 'Bad Request: text is too long'],
  ])('refuses %#: %s', async (text, words) => {
    const { api } = await started()
    expect(await refusal(api.sendMessage(ANN, text, { parse_mode: 'HTML' }))).toBe(`400 ${words}`)
  })

  it('takes 4096 characters, however many units they need', async () => {
    const { api } = await started()
    expect((await api.sendMessage(ANN, '👍'.repeat(4096))).text).toHaveLength(8192)
  })

  it('numbers messages of private chats and basic groups together, of a supergroup apart', async () => {
    const { api, telegram } = await started()
    telegram.say(BOB, BOB, { text: '/start' })
    const group = telegram.addGroup({ type: 'group', title: 'Семья', admins: [DAN] })
    const supergroup = telegram.addGroup({ title: 'Отдел', admins: [DAN] })
    const send = async (chat: number) => (await api.sendMessage(chat, 'x')).message_id
    expect([await send(ANN), await send(BOB), await send(group)]).toEqual([3, 4, 5])
    expect([await send(supergroup), await send(supergroup), await send(ANN)]).toEqual([2, 3, 6])
  })
})

describe('sending is refused', () => {
  it.each([
    ['nobody', '', '400 Bad Request: chat_id is empty'],
    ['an unknown id', 555, '400 Bad Request: chat not found'],
    ['a name', '@nobody', '400 Bad Request: chat not found'],
    ['somebody the bot never met', BOB, '400 Bad Request: chat not found'],
  ])('to %s', async (_, chat, words) => {
    const { api } = await started()
    expect(await refusal(api.sendMessage(chat, 'x'))).toBe(words)
  })

  it('to somebody of a common group who never started the bot', async () => {
    const { api, telegram } = await started()
    telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [BOB] })
    expect(await refusal(api.sendMessage(BOB, 'x'))).toBe(
      "403 Forbidden: bot can't initiate conversation with a user",
    )
  })

  it('to somebody who blocked the bot, until they take it back', async () => {
    const { api, telegram } = await started()
    const { message_id } = await api.sendMessage(ANN, 'x')
    telegram.block(ANN)
    for (const call of [api.sendMessage(ANN, 'x'), api.sendChatAction(ANN, 'typing')]) {
      expect(await refusal(call)).toBe('403 Forbidden: bot was blocked by the user')
    }
    expect(await api.editMessageText(ANN, message_id, 'y')).toMatchObject({ text: 'y' })
    telegram.unblock(ANN)
    expect(await api.sendMessage(ANN, 'x')).toMatchObject({ text: 'x' })
  })

  it('to a deleted account', async () => {
    const { api, telegram } = await started()
    telegram.deactivate(ANN)
    expect(await refusal(api.sendMessage(ANN, 'x'))).toBe('403 Forbidden: user is deactivated')
  })

  it.each([
    ['supergroup', 'kicked', '403 Forbidden: bot was kicked from the supergroup chat'],
    ['supergroup', 'left', '403 Forbidden: bot is not a member of the supergroup chat'],
    ['group', 'kicked', '403 Forbidden: bot was kicked from the group chat'],
    ['group', 'left', '403 Forbidden: bot is not a member of the group chat'],
  ] as const)('to a %s where the bot is %s', async (type, standing, words) => {
    const { api, telegram } = await started()
    const id = telegram.addGroup({ type, title: 'Отдел', admins: [DAN] })
    telegram.setBot(id, standing)
    expect(await refusal(api.sendMessage(id, 'x'))).toBe(words)
  })

  it('where the bot is restricted, by kind', async () => {
    const { api, telegram } = await started()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN] })
    telegram.setBot(id, 'restricted', { can_send_messages: true })
    expect(await api.sendMessage(id, 'x')).toMatchObject({ text: 'x' })
    expect(await refusal(api.sendDocument(id, 'some-file'))).toBe(
      '400 Bad Request: not enough rights to send documents to the chat',
    )
    telegram.setBot(id, 'restricted')
    expect(await refusal(api.sendMessage(id, 'x'))).toBe(
      '400 Bad Request: not enough rights to send text messages to the chat',
    )
  })
})

describe('a reply', () => {
  it('shows what it answers, but not what that one answers', async () => {
    const { api, telegram } = await started()
    const first = await api.sendMessage(ANN, 'one')
    const { messageId } = telegram.say(ANN, ANN, { text: 'two', replyTo: first.message_id })
    const third = await api.sendMessage(ANN, 'three', {
      reply_parameters: { message_id: messageId },
    })
    expect(third.reply_to_message).toMatchObject({ message_id: messageId, text: 'two' })
    expect(third.reply_to_message).not.toHaveProperty('reply_to_message')
  })

  it('to nothing is refused, or sent without it when that is allowed', async () => {
    const { api } = await started()
    const reply = (allow_sending_without_reply: boolean) =>
      api.sendMessage(ANN, 'x', {
        reply_parameters: { message_id: 999, allow_sending_without_reply },
      })
    expect(await refusal(reply(false))).toBe('400 Bad Request: message to be replied not found')
    expect(await reply(true)).not.toHaveProperty('reply_to_message')
  })

  it('in a supergroup without topics names the thread, but is not in a topic', async () => {
    const { api, telegram } = await started()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [CAROL] })
    const { message_id } = await api.sendMessage(id, 'one')
    const { messageId } = telegram.say(CAROL, id, { text: 'two', replyTo: message_id })
    const last = telegram.messages(id).at(-1)
    expect(last).toMatchObject({ message_id: messageId, message_thread_id: message_id })
    expect(last).not.toHaveProperty('is_topic_message')
  })
})

describe('a topic', () => {
  it('marks its messages, which answer the message that opened it', async () => {
    const { api, telegram } = await started()
    const { id, topicId } = forum({ telegram })
    expect(await api.sendMessage(id, 'x', { message_thread_id: topicId })).toMatchObject({
      message_thread_id: topicId,
      is_topic_message: true,
      reply_to_message: { message_id: topicId, forum_topic_created: { name: 'Новые' } },
    })
  })

  it('General is what is not named: its number is refused', async () => {
    const { api, telegram } = await started()
    const { id } = forum({ telegram })
    const sent = await api.sendMessage(id, 'x')
    expect(sent).not.toHaveProperty('message_thread_id')
    expect(sent).not.toHaveProperty('reply_to_message')
    expect(await refusal(api.sendMessage(id, 'x', { message_thread_id: 1 }))).toBe(
      '400 Bad Request: message thread not found',
    )
  })

  it('that was deleted is not found', async () => {
    const { api, telegram } = await started()
    const { id, topicId } = forum({ telegram })
    telegram.changeTopic(id, topicId, 'delete')
    expect(await refusal(api.sendMessage(id, 'x', { message_thread_id: topicId }))).toBe(
      '400 Bad Request: message thread not found',
    )
  })

  it('that is closed refuses members, General too, and lets those who run topics in', async () => {
    const { api, telegram } = await started()
    const { id, topicId } = forum({ telegram }, 'member')
    telegram.changeTopic(id, topicId, 'close')
    telegram.changeTopic(id, 1, 'close')
    const calls = () => [
      api.sendMessage(id, 'x', { message_thread_id: topicId }),
      api.sendMessage(id, 'x'),
    ]
    for (const call of calls()) expect(await refusal(call)).toBe('400 Bad Request: TOPIC_CLOSED')
    telegram.setBot(id, 'administrator')
    for (const call of calls()) expect(await call).toMatchObject({ text: 'x' })
  })

  it('is ignored where there are none, and refused in private', async () => {
    const { api, telegram } = await started()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN] })
    expect(await api.sendMessage(id, 'x', { message_thread_id: 77 })).not.toHaveProperty(
      'message_thread_id',
    )
    expect(await refusal(api.sendMessage(ANN, 'x', { message_thread_id: 77 }))).toBe(
      '400 Bad Request: message thread not found',
    )
  })
})

describe('a keyboard', () => {
  it('that is inline is part of the message, any other is under the field', async () => {
    const { api, telegram } = await started()
    const inline = { inline_keyboard: [[{ text: 'A', callback_data: 'a' }]] }
    const asked = {
      keyboard: [[{ text: 'Мой номер', request_contact: true as const }]],
      resize_keyboard: true,
    }
    expect((await api.sendMessage(ANN, 'x', { reply_markup: inline })).reply_markup).toEqual(inline)
    expect(await api.sendMessage(ANN, 'x', { reply_markup: asked })).not.toHaveProperty(
      'reply_markup',
    )
    expect(telegram.keyboard(ANN)).toEqual(asked)
    await api.sendMessage(ANN, 'x')
    expect(telegram.keyboard(ANN)).toEqual(asked)
    await api.sendMessage(ANN, 'x', { reply_markup: { remove_keyboard: true } })
    expect(telegram.keyboard(ANN)).toBeUndefined()
  })

  it('that is wrong kills the whole send', async () => {
    const { api, telegram } = await started()
    const reply_markup = { inline_keyboard: [[{ text: 'A', callback_data: 'Ж'.repeat(40) }]] }
    expect(await refusal(api.sendMessage(ANN, 'x', { reply_markup }))).toBe(
      '400 Bad Request: BUTTON_DATA_INVALID',
    )
    expect(telegram.messages(ANN)).toHaveLength(1)
  })
})
