import { describe, expect, it } from 'vitest'
import { ANN, BOB, CARD, DAN, forum, refusal, stage } from './stage.ts'

const NOT_MODIFIED =
  '400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message'
const DAY = 86_400_000

async function withCard() {
  const made = await stage({ webhook: false })
  made.telegram.say(ANN, ANN, { text: '/start' })
  const card = await made.api.sendMessage(ANN, '<b>Lead</b>', { parse_mode: 'HTML', ...CARD })
  return { ...made, card }
}

describe('an edit', () => {
  it('replaces the text and marks the message as edited, and the bot is told nothing', async () => {
    const { api, telegram, clock, card } = await withCard()
    const waiting = telegram.webhookInfo().pending_update_count
    await clock.advance(60_000)
    const edited = await api.editMessageText(ANN, card.message_id, 'Taken', CARD)
    expect(edited).toMatchObject({
      text: 'Taken',
      date: card.date,
      edit_date: card.date + 60,
      ...CARD,
    })
    expect(edited).not.toHaveProperty('entities')
    expect(telegram.messages(ANN).at(-1)).toMatchObject({ text: 'Taken', edits: 1 })
    expect(telegram.webhookInfo().pending_update_count).toBe(waiting)
  })

  it('removes the keyboard when it does not bring one', async () => {
    const { api, card } = await withCard()
    expect(await api.editMessageText(ANN, card.message_id, 'Taken')).not.toHaveProperty(
      'reply_markup',
    )
  })

  it('that changes nothing is refused; any difference is an edit', async () => {
    const { api, card } = await withCard()
    const html = { parse_mode: 'HTML' } as const
    const edit = (text: string, other: object = CARD) =>
      api.editMessageText(ANN, card.message_id, text, { ...html, ...other })
    expect(await refusal(edit('<b>Lead</b>'))).toBe(NOT_MODIFIED)
    expect(await refusal(edit('  <strong>Lead</strong> '))).toBe(NOT_MODIFIED)
    expect(await edit('<i>Lead</i>')).toMatchObject({ entities: [{ type: 'italic' }] })
    expect(await edit('<i>Lead</i>', {})).not.toHaveProperty('reply_markup')
    expect(await refusal(edit('<i>Lead</i>', {}))).toBe(NOT_MODIFIED)
  })

  it('has no time limit for the bot’s own messages', async () => {
    const { api, clock, card } = await withCard()
    await clock.advance(400 * DAY)
    expect(await api.editMessageText(ANN, card.message_id, 'Old')).toMatchObject({ text: 'Old' })
  })

  it('of a message that brought another keyboard is refused for ever', async () => {
    const { api } = await withCard()
    for (const reply_markup of [
      { keyboard: [['Да']] },
      { remove_keyboard: true as const },
      { force_reply: true as const },
    ]) {
      const { message_id } = await api.sendMessage(ANN, 'x', { reply_markup })
      expect(await refusal(api.editMessageText(ANN, message_id, 'y'))).toBe(
        "400 Bad Request: message can't be edited",
      )
    }
  })

  it('of somebody else’s message is refused', async () => {
    const { api } = await withCard()
    expect(await refusal(api.editMessageText(ANN, 1, 'y'))).toBe(
      "400 Bad Request: message can't be edited",
    )
  })

  it.each([
    [999, 'x', '400 Bad Request: message to edit not found'],
    [2, '', '400 Bad Request: message text is empty'],
    [2, 'x'.repeat(4097), '400 Bad Request: MESSAGE_TOO_LONG'],
    [
      2,
      '<b>x',
      `400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`,
    ],
  ])('of message %i to %# is refused: %s', async (id, text, words) => {
    const { api } = await withCard()
    expect(await refusal(api.editMessageText(ANN, id, text, { parse_mode: 'HTML' }))).toBe(words)
  })

  it('of nothing is refused, by message or by inline message', async () => {
    const { api } = await withCard()
    expect(await refusal(api.raw.editMessageText({ text: 'x' }))).toBe(
      '400 Bad Request: message identifier is not specified',
    )
    expect(await refusal(api.raw.editMessageText({ text: 'x', inline_message_id: 'abc' }))).toBe(
      '400 Bad Request: MESSAGE_ID_INVALID',
    )
  })

  it('of the keyboard alone leaves the text', async () => {
    const { api, card } = await withCard()
    expect(await refusal(api.editMessageReplyMarkup(ANN, card.message_id, CARD))).toBe(NOT_MODIFIED)
    expect(await api.editMessageReplyMarkup(ANN, card.message_id)).toMatchObject({ text: 'Lead' })
    expect(await refusal(api.editMessageReplyMarkup(ANN, card.message_id))).toBe(NOT_MODIFIED)
  })
})

describe('deleteMessage', () => {
  it('removes it for everybody', async () => {
    const { api, telegram, card } = await withCard()
    expect(await api.deleteMessage(ANN, card.message_id)).toBe(true)
    expect(telegram.messages(ANN)).toHaveLength(1)
    expect(await refusal(api.deleteMessage(ANN, card.message_id))).toBe(
      '400 Bad Request: message to delete not found',
    )
    expect(await refusal(api.editMessageText(ANN, card.message_id, 'x'))).toBe(
      '400 Bad Request: message to edit not found',
    )
  })

  it('is refused after 48 hours', async () => {
    const { api, telegram, clock, card } = await withCard()
    const { id } = forum({ telegram })
    const lead = await api.sendMessage(id, 'Lead')
    await clock.advance(2 * DAY)
    expect(await refusal(api.deleteMessage(ANN, card.message_id))).toBe(
      "400 Bad Request: message can't be deleted for everyone",
    )
    expect(await refusal(api.deleteMessage(id, lead.message_id))).toBe(
      "400 Bad Request: message can't be deleted",
    )
  })

  it('of other people’s messages in a group takes the right to it', async () => {
    const { api, telegram } = await withCard()
    const id = telegram.addGroup({ title: 'Отдел', admins: [DAN], members: [BOB] })
    const { messageId } = telegram.say(BOB, id, { text: 'x' })
    expect(await refusal(api.deleteMessage(id, messageId))).toBe(
      "400 Bad Request: message can't be deleted",
    )
    telegram.setBot(id, 'administrator')
    expect(await api.deleteMessage(id, messageId)).toBe(true)
  })

  it('never takes away the message that opened a topic', async () => {
    const { api, telegram } = await withCard()
    const { id, topicId } = forum({ telegram })
    expect(await refusal(api.deleteMessage(id, topicId))).toBe(
      "400 Bad Request: message can't be deleted",
    )
  })
})
