import { describe, expect, it } from 'vitest'
import { readInlineMarkup, readMarkup } from '../../../../dev/telegram/markup.ts'

const read = (markup: unknown, isPrivate = true) =>
  readMarkup(JSON.stringify(markup), { isPrivate })
const inline = (...buttons: unknown[]) => ({ inline_keyboard: [buttons] })
const keyboard = (...buttons: unknown[]) => ({ keyboard: [buttons] })

const rows = (count: number) => ({
  inline_keyboard: Array.from({ length: count }, () => [{ text: 'A', callback_data: 'x' }]),
})

describe('an inline keyboard', () => {
  it.each([
    [{ text: 'A', callback_data: 'x'.repeat(64) }],
    [{ text: 'A', callback_data: 'Ж'.repeat(32) }],
    [{ text: 'A', url: 'https://t.me/target_demo_bot?start=ad_7' }],
    [{ text: 'A', url: 'tg://user?id=7' }],
    [{ text: 'A', url: 'http://127.0.0.1:8787/portal' }],
    [{ text: 'A', web_app: { url: 'https://app.example.com/' } }],
    [{ text: 'A', copy_text: { text: 'x' } }],
    [{ text: 'A', switch_inline_query_current_chat: '' }],
    [{ text: 'A', disabled: {} }],
    [{ text: 'A', callback_data: 'x', style: 'danger' }],
  ])('may have %j', (button) => {
    expect(read(inline(button))).toEqual(inline(button))
  })

  it.each([
    [{ text: 'A', callback_data: 'x'.repeat(65) }, 'BUTTON_DATA_INVALID'],
    [{ text: 'A', callback_data: 'Ж'.repeat(33) }, 'BUTTON_DATA_INVALID'],
    [
      { text: 'A', callback_data: '' },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [
      { text: 'A' },
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
    ],
    [{ callback_data: 'x' }, `can't parse inline keyboard button: Can't find field "text"`],
    [
      { text: ['A'], callback_data: 'x' },
      `can't parse inline keyboard button: Field "text" must be of type String`,
    ],
    [{ text: '', callback_data: 'x' }, 'inline keyboard button text must be non-empty'],
    ['A', "can't parse inline keyboard button: InlineKeyboardButton must be an Object"],
    [
      { text: 'A', url: 'http://localhost:8787' },
      "inline keyboard button URL 'http://localhost:8787' is invalid: Wrong HTTP URL",
    ],
    [
      { text: 'A', url: 'ftp://a.uz' },
      "inline keyboard button URL 'ftp://a.uz' is invalid: Unsupported URL protocol",
    ],
    [
      { text: 'A', url: 'https://a.uz:99999' },
      "inline keyboard button URL 'https://a.uz:99999' is invalid: Wrong port number specified in the URL",
    ],
    [
      { text: 'A', web_app: { url: 'http://a.uz' } },
      "inline keyboard button Web App URL 'http://a.uz' is invalid: Only HTTPS links are allowed",
    ],
    [
      { text: 'A', callback_data: 'x', style: 'loud' },
      "can't parse inline keyboard button: invalid button style specified",
    ],
  ])('with %j is refused: %s', (button, words) => {
    expect(() => read(inline(button))).toThrow(`Bad Request: ${words}`)
  })

  it('has no web_app buttons in groups', () => {
    const button = { text: 'A', web_app: { url: 'https://app.example.com/' } }
    expect(() => read(inline(button), false)).toThrow('Bad Request: BUTTON_TYPE_INVALID')
  })

  it('loses its empty rows, and is none when nothing is left', () => {
    const row = [{ text: 'A', callback_data: 'x' }]
    expect(read({ inline_keyboard: [[], row, []] })).toEqual({ inline_keyboard: [row] })
    expect(read({ inline_keyboard: [[]] })).toBeUndefined()
  })

  it('may have a hundred buttons and no more', () => {
    expect(read(rows(100))).toEqual(rows(100))
    expect(() => read(rows(101))).toThrow('Bad Request: reply markup is too long')
  })

  it('gets the slash that Telegram adds to a bare host', () => {
    expect(read(inline({ text: 'A', url: 'Example.uz' }))).toEqual(
      inline({ text: 'A', url: 'http://example.uz/' }),
    )
  })
})

describe('a reply keyboard', () => {
  it('may ask for the phone number in a private chat only', () => {
    const ask = keyboard({ text: 'Мой номер', request_contact: true })
    expect(read({ ...ask, resize_keyboard: true })).toEqual({ ...ask, resize_keyboard: true })
    expect(() => read(ask, false)).toThrow(
      'Bad Request: phone number can be requested in private chats only',
    )
  })

  it.each([
    [keyboard({ text: '' }), 'keyboard button text must be non-empty'],
    [keyboard(7), "can't parse keyboard button: KeyboardButton must be a String or an Object"],
    [{ keyboard: ['A'] }, 'field "keyboard" must be an Array of Arrays'],
    [
      keyboard({ text: 'A', web_app: { url: 'http://a.uz' } }),
      "keyboard button Web App URL 'http://a.uz' is invalid: Only HTTPS links are allowed",
    ],
  ])('%j is refused: %s', (markup, words) => {
    expect(() => read(markup)).toThrow(`Bad Request: ${words}`)
  })

  it('may be plain words', () => {
    expect(read(keyboard('Да', 'Нет'))).toEqual(keyboard({ text: 'Да' }, { text: 'Нет' }))
  })
})

describe('reply_markup', () => {
  it.each([
    ['', undefined],
    ['{}', undefined],
    ['{"remove_keyboard":true}', { remove_keyboard: true }],
    [
      '{"force_reply":true,"input_field_placeholder":"Имя"}',
      { force_reply: true, input_field_placeholder: 'Имя' },
    ],
  ])('%s is %j', (raw, markup) => {
    expect(readMarkup(raw, { isPrivate: true })).toEqual(markup)
  })

  it.each([
    ['[]', 'object expected as reply markup'],
    ['null', 'object expected as reply markup'],
    ['{', "can't parse reply keyboard markup JSON object"],
  ])('%s is refused: %s', (raw, words) => {
    expect(() => readMarkup(raw, { isPrivate: true })).toThrow(`Bad Request: ${words}`)
  })

  it('of an edit is inline or nothing', () => {
    expect(() => readInlineMarkup('{"remove_keyboard":true}', { isPrivate: true })).toThrow(
      'Bad Request: inline keyboard expected',
    )
  })
})
