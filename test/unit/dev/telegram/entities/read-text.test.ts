import { describe, expect, it } from 'vitest'
import { readText, tidy } from '../../../../../dev/telegram/entities/read-text.ts'

const nobody = () => undefined
const found = (text: string) =>
  tidy({ text, entities: [] }).entities.map(
    ({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`,
  )

describe('Telegram finds by itself', () => {
  it.each([
    ['/start ad_7', ['bot_command /start']],
    ['go /lead@target_demo_bot now', ['bot_command /lead@target_demo_bot']],
    ['и/или, http://a.uz/b', ['url http://a.uz/b']],
    [
      'пишите @bob_manager или bob@mail.uz',
      ['email bob@mail.uz', 'mention @bob_manager'].toSorted().toReversed(),
    ],
    [
      'https://example.com/a?b=1, и example.uz.',
      ['url https://example.com/a?b=1', 'url example.uz'],
    ],
    ['звоните +998 90 111-22-33 завтра', ['phone_number +998 90 111-22-33']],
    ['#срочно и #123', ['hashtag #срочно']],
    ['цена 1.5 млн', []],
    ['a/b', []],
  ])('in «%s»: %j', (text, expected) => {
    expect(found(text).toSorted()).toEqual(expected.toSorted())
  })

  it('nothing inside code and links', () => {
    const { entities } = readText(
      { text: '<code>/start</code> <a href="a.uz">@bob_manager</a>', parseMode: 'HTML' },
      nobody,
    )
    expect(entities.map(({ type }) => type)).toEqual(['code', 'text_link'])
  })
})

describe('a text', () => {
  it.each([
    ['  \n Привет \n ', 'Привет'],
    ['a\r\nb', 'a\nb'],
    ['a\tb\u0000c', 'a b c'],
    ['a\u202eb', 'ab'],
  ])('%j is kept as %j', (given, kept) => {
    expect(tidy({ text: given, entities: [] }).text).toBe(kept)
  })

  it('moves and clips its entities with what is removed', () => {
    const entities = [{ type: 'bold', offset: 3, length: 4 } as const]
    expect(tidy({ text: ' \r\nЖаб  ', entities })).toEqual({
      text: 'Жаб',
      entities: [{ type: 'bold', offset: 0, length: 3 }],
    })
  })

  it('may come with entities, of which Telegram ignores those it finds itself', () => {
    const entities = [
      { type: 'bold', offset: 0, length: 2 },
      { type: 'url', offset: 0, length: 2 },
      { type: 'text_link', offset: 3, length: 2, url: 'https://a.uz/' },
      { type: 'italic', offset: 40, length: 2 },
    ]
    expect(readText({ text: 'да нет', entities }, nobody).entities).toEqual([
      { type: 'bold', offset: 0, length: 2 },
      { type: 'text_link', offset: 3, length: 2, url: 'https://a.uz/' },
    ])
  })

  it.each([
    [
      { text: 'x', entities: [{ type: 'loud', offset: 0, length: 1 }] },
      'Unsupported type specified',
    ],
    [{ text: 'x', parseMode: 'Markdown' }, 'unsupported parse_mode'],
    [{ text: 'Ж'.repeat(16_385) }, 'text is too long'],
  ])('is refused: %#', (source, words) => {
    expect(() => readText(source, nobody)).toThrow(words)
  })

  it.each(['html', 'HTML', 'hTmL'])('has its parse mode in any case: %s', (parseMode) => {
    expect(readText({ text: '<b>x</b>', parseMode }, nobody).text).toBe('x')
  })
})
