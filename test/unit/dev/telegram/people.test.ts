import { createHmac } from 'node:crypto'
import type { Update } from 'grammy/types'
import { describe, expect, it } from 'vitest'
import { ANN, BOB, DAN, forum, stage, TOKEN } from './stage.ts'

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/** What the bot hears of what Ann says. */
async function heard(saying: Parameters<Awaited<ReturnType<typeof stage>>['telegram']['say']>[2]) {
  const { telegram, updates } = await stage()
  telegram.say(ANN, ANN, saying)
  await telegram.idle()
  return updates[0]?.message
}

describe('somebody may send', () => {
  it.each([
    [
      { text: '/start ad_7' },
      { text: '/start ad_7', entities: [{ type: 'bot_command', offset: 0, length: 6 }] },
    ],
    [{ text: '  Анна  ' }, { text: 'Анна' }],
    [{ sticker: '👍' }, { sticker: { emoji: '👍', type: 'regular' } }],
    [{ voice: 7 }, { voice: { duration: 7 } }],
    [
      { location: { latitude: 41.3, longitude: 69.2 } },
      { location: { latitude: 41.3, longitude: 69.2 } },
    ],
    [
      { photo: { name: 'a.png', bytes: PNG }, caption: 'см. a.uz' },
      {
        photo: [{ width: 1, height: 1, file_size: PNG.length }],
        caption: 'см. a.uz',
        caption_entities: [{ type: 'url' }],
      },
    ],
    [
      { document: { name: 'смета.csv', bytes: Buffer.from('a;b') } },
      { document: { file_name: 'смета.csv', mime_type: 'text/csv', file_size: 3 } },
    ],
    [
      { text: 'x', forwardFrom: { userId: BOB } },
      { forward_origin: { type: 'user', sender_user: { id: BOB } } },
    ],
    [
      { text: 'x', forwardFrom: { name: 'Скрытый' } },
      { forward_origin: { type: 'hidden_user', sender_user_name: 'Скрытый' } },
    ],
  ])('%#: %j', async (saying, message) => {
    expect(await heard(saying)).toMatchObject({
      from: { id: ANN, language_code: 'ru' },
      ...message,
    })
  })

  it.each([
    [{}, 'Nothing is said'],
    [{ text: ' ' }, 'An empty message cannot be sent'],
    [{ text: 'x'.repeat(4097) }, 'The message is too long'],
    [{ text: 'x', threadId: 5 }, 'There is no topic 5'],
  ])('nothing like %#: %s', async (saying, words) => {
    const { telegram } = await stage()
    expect(() => telegram.say(ANN, ANN, saying)).toThrow(words)
  })
})

describe('a contact', () => {
  it.each([
    ['one’s own number carries one’s own id', 'own' as const, ANN],
    [
      'the number of another person of Telegram carries theirs',
      { phone_number: '998907770011', first_name: 'Б' },
      BOB,
    ],
    [
      'a number that nobody in Telegram has carries none',
      { phone_number: '+998900000000', first_name: 'Х' },
      undefined,
    ],
  ])('%s', async (_, contact, userId) => {
    const { telegram, updates } = await stage()
    telegram.addUser({ id: BOB, first_name: 'Bob', phone_number: '+998907770011' })
    telegram.say(ANN, ANN, { contact })
    await telegram.idle()
    expect(updates[0]?.message?.contact?.user_id).toBe(userId)
  })

  it('of one’s own needs a number', async () => {
    const { telegram } = await stage()
    expect(() => telegram.say(BOB, BOB, { contact: 'own' })).toThrow('2001 has no phone number')
  })
})

describe('somebody', () => {
  it('may change their text, of which the bot is told', async () => {
    const { telegram, updates, clock } = await stage()
    const { messageId } = telegram.say(ANN, ANN, { text: '/start' })
    await clock.advance(5_000)
    telegram.edit(ANN, ANN, messageId, 'Добрый день')
    await telegram.idle()
    const edited: Update['edited_message'] = updates[1]?.edited_message
    expect(edited).toMatchObject({ message_id: messageId, text: 'Добрый день' })
    expect(edited).not.toHaveProperty('entities')
    expect(edited?.edit_date).toBe((edited?.date ?? 0) + 5)
    expect(() => telegram.edit(BOB, ANN, messageId, 'x')).toThrow('There is no group 1001')
  })

  it('who runs a group may write in its name, and is then nobody in particular', async () => {
    const { telegram, updates } = await stage()
    const { id } = forum({ telegram })
    telegram.say(DAN, id, { text: 'от имени группы', isAnonymous: true })
    await telegram.idle()
    expect(updates[0]?.message).toMatchObject({
      from: { id: 1087968824, is_bot: true, username: 'GroupAnonymousBot' },
      sender_chat: { id, type: 'supergroup' },
    })
  })

  it('who blocked the bot cannot write to it', async () => {
    const { telegram } = await stage()
    telegram.block(ANN)
    expect(() => telegram.say(ANN, ANN, { text: 'x' })).toThrow('unblock first')
  })

  it('writes only where they are', async () => {
    const { telegram } = await stage()
    const { id } = forum({ telegram })
    expect(() => telegram.say(ANN, id, { text: 'x' })).toThrow(`${ANN} is not in ${id}`)
    expect(() => telegram.say(4, 4, { text: 'x' })).toThrow('There is no person 4')
  })

  it('may delete a message, of which the bot is not told', async () => {
    const { telegram } = await stage()
    const { messageId } = telegram.say(ANN, ANN, { text: 'x' })
    await telegram.idle()
    telegram.deleteMessage(ANN, messageId)
    expect(telegram.messages(ANN)).toEqual([])
    await telegram.idle()
    expect(telegram.deliveries).toHaveLength(1)
    expect(() => telegram.deleteMessage(ANN, messageId)).toThrow('There is no message')
  })
})

it('initData is signed as Telegram signs it, over everything but the hash', async () => {
  const { telegram, clock } = await stage({ webhook: false })
  const fields = new URLSearchParams(telegram.initData(ANN, { startParam: 'lead_7' }))
  const hash = fields.get('hash')
  fields.delete('hash')
  const check = [...fields]
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
  const secret = createHmac('sha256', 'WebAppData').update(TOKEN).digest()
  expect(hash).toBe(createHmac('sha256', secret).update(check).digest('hex'))
  expect(JSON.parse(fields.get('user') ?? '')).toEqual({
    id: ANN,
    first_name: 'Анна',
    language_code: 'ru',
  })
  expect(fields.get('auth_date')).toBe(String(Math.floor(clock.now() / 1000)))
  expect(fields.get('start_param')).toBe('lead_7')
  expect(fields.has('signature')).toBe(true)
})
