import { describe, expect, it } from 'vitest'
import { ANN, BOB, CARD, CAROL, forum, refusal, stage } from './stage.ts'

const TOO_OLD =
  '400 Bad Request: query is too old and response timeout expired or query ID is invalid'

async function withCard() {
  const made = await stage()
  const { id } = forum(made)
  const { message_id } = await made.api.sendMessage(id, 'Lead', CARD)
  const query = (index = 0) => made.telegram.presses[index]?.id ?? ''
  return { ...made, id, message_id, query }
}

describe('a press', () => {
  it('reaches the bot with the card, and its answer reaches who pressed', async () => {
    const { telegram, api, id, message_id, query, updates } = await withCard()
    const answer = telegram.press(BOB, id, message_id, 'Take')
    await telegram.idle()
    expect(updates.at(-1)?.callback_query).toEqual({
      id: query(),
      from: { id: BOB, is_bot: false, first_name: 'Bob', username: 'bob_manager' },
      message: expect.objectContaining({ message_id, text: 'Lead', ...CARD }),
      chat_instance: expect.stringMatching(/^-?\d+$/),
      data: 'v1:claim:7',
    })
    await api.answerCallbackQuery(query(), { text: 'Ваша заявка' })
    expect(await answer).toEqual({ text: 'Ваша заявка', show_alert: false, url: '' })
  })

  it('may be by label or by data; of a button that is not there it is a mistake of the test', async () => {
    const { telegram, id, message_id } = await withCard()
    void telegram.press(BOB, id, message_id, 'v1:claim:7')
    expect(telegram.presses).toHaveLength(1)
    await expect(telegram.press(BOB, id, message_id, 'Give')).rejects.toThrow(
      'has no button "Give" to press; it has: Take',
    )
  })

  it('may carry any data at all, as from a client of bad intent', async () => {
    const { telegram, id, message_id, updates } = await withCard()
    void telegram.press(CAROL, id, message_id, { data: 'v1:delete:everything' })
    await telegram.idle()
    expect(updates.at(-1)?.callback_query?.data).toBe('v1:delete:everything')
  })

  it('of a message that was deleted meanwhile names it only', async () => {
    const { telegram, api, id, message_id, updates } = await withCard()
    await api.deleteMessage(id, message_id)
    void telegram.press(BOB, id, message_id, { data: 'v1:claim:7' })
    await telegram.idle()
    expect(updates.at(-1)?.callback_query?.message).toEqual({
      message_id,
      date: 0,
      chat: { id, type: 'supergroup', title: 'Лиды', is_forum: true },
    })
  })

  it('is for those who are in the chat', async () => {
    const { telegram, id, message_id } = await withCard()
    await expect(telegram.press(ANN, id, message_id, 'Take')).rejects.toThrow('1001 is not in')
  })
})

describe('answerCallbackQuery', () => {
  it('is refused the second time', async () => {
    const { telegram, api, id, message_id, query } = await withCard()
    void telegram.press(BOB, id, message_id, 'Take')
    expect(await api.answerCallbackQuery(query())).toBe(true)
    expect(await refusal(api.answerCallbackQuery(query()))).toBe(TOO_OLD)
  })

  it('is refused after a minute, when the client has stopped waiting', async () => {
    const { telegram, api, clock, id, message_id, query } = await withCard()
    const answer = telegram.press(BOB, id, message_id, 'Take')
    await clock.advance(59_999)
    expect(telegram.presses[0]?.answer).toBeUndefined()
    await clock.advance(1)
    expect(await answer).toBe('expired')
    expect(await refusal(api.answerCallbackQuery(query()))).toBe(TOO_OLD)
  })

  it('is refused for a query that never was', async () => {
    const { api } = await stage()
    expect(await refusal(api.answerCallbackQuery('12345'))).toBe(TOO_OLD)
  })

  it.each([
    [
      { text: 'Ж'.repeat(200), show_alert: true },
      { text: 'Ж'.repeat(200), show_alert: true, url: '' },
    ],
    [
      { url: 'https://t.me/target_demo_bot?start=7' },
      { text: '', show_alert: false, url: 'https://t.me/target_demo_bot?start=7' },
    ],
  ])('may say %j', async (given, shown) => {
    const { telegram, api, id, message_id, query } = await withCard()
    const answer = telegram.press(BOB, id, message_id, 'Take')
    await api.answerCallbackQuery(query(), given)
    expect(await answer).toEqual(shown)
  })

  it.each([
    [{ text: 'x'.repeat(201) }, '400 Bad Request: MESSAGE_TOO_LONG'],
    [{ url: 'https://example.com' }, '400 Bad Request: URL_INVALID'],
  ])('may not say %#: %s', async (given, words) => {
    const { telegram, api, id, message_id, query } = await withCard()
    void telegram.press(BOB, id, message_id, 'Take')
    expect(await refusal(api.answerCallbackQuery(query(), given))).toBe(words)
  })
})
