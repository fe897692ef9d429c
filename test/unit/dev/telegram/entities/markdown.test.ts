import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseMarkdown } from '../../../../../dev/telegram/entities/markdown.ts'

const ANN = { id: 7, is_bot: false, first_name: 'Анна' }
const parse = (source: string) => parseMarkdown(source, (id) => (id === 7 ? ANN : undefined))
const escape = (text: string) => text.replaceAll(/[\\_*[\]()~`>#+\-=|{}.!]/g, String.raw`\$&`)

const ALPHABET = '*_~|`[]()!>\\\n aЖ'

/** Whether the parser took a source, or refused it in the words of Telegram. */
function outcome(source: string): string {
  try {
    parse(source)
  } catch (error) {
    const words = String(error)
    return words.includes("Bad Request: can't parse entities: ") ? 'as Telegram does' : words
  }
  return 'as Telegram does'
}

describe('MarkdownV2', () => {
  it.each([
    [
      '*x* _y_ __z__ ~s~ ||h||',
      'x y z s h',
      ['bold 0 1', 'italic 2 1', 'underline 4 1', 'strikethrough 6 1', 'spoiler 8 1'],
    ],
    ['*Ж _👍_*', 'Ж 👍', ['italic 2 2', 'bold 0 4']],
    ['`a_b*c`', 'a_b*c', ['code 0 5']],
    ['```\nx\n```', 'x\n', ['pre 0 2']],
    ['>one\n>two\nthree', 'one\ntwo\nthree', ['blockquote 0 8']],
    ['>one\n>two', 'one\ntwo', ['blockquote 0 7']],
    ['>hidden||\nshown', 'hidden\nshown', ['expandable_blockquote 0 7']],
    ['>hidden||', 'hidden', ['expandable_blockquote 0 6']],
    [String.raw`1\.5 \- 2`, '1.5 - 2', []],
    ['**x', 'x', []],
    ['____x', 'x', []],
  ])('%s is «%s» with %j', (source, text, entities) => {
    const parsed = parse(source)
    expect(parsed.text).toBe(text)
    expect(
      parsed.entities.map(({ type, offset, length }) => `${type} ${offset} ${length}`),
    ).toEqual(entities)
  })

  it.each([
    ['[x](https://example.com)', { type: 'text_link', url: 'https://example.com/' }],
    [
      String.raw`[x](https://example.com/a\)b)`,
      { type: 'text_link', url: 'https://example.com/a)b' },
    ],
    ['[x](tg://user?id=7)', { type: 'text_mention', user: ANN }],
    ['```python\nx```', { type: 'pre', language: 'python' }],
    [
      '![👍](tg://emoji?id=5368324170671202286)',
      { type: 'custom_emoji', custom_emoji_id: '5368324170671202286' },
    ],
  ])('%s is one entity', (source, entity) => {
    const { entities } = parse(source)
    expect(entities).toHaveLength(1)
    expect(entities[0]).toMatchObject(entity)
  })

  it.each([
    ['Цена 1.5', String.raw`Character '.' is reserved and must be escaped with the preceding '\'`],
    ['a-b', String.raw`Character '-' is reserved and must be escaped with the preceding '\'`],
    ['wow!', String.raw`Character '!' is reserved and must be escaped with the preceding '\'`],
    ['a > b', String.raw`Character '>' is reserved and must be escaped with the preceding '\'`],
    ['a|b', String.raw`Character '|' is reserved and must be escaped with the preceding '\'`],
    ['Жа *x', "Can't find end of Bold entity at byte offset 5"],
    ['snake_case', "Can't find end of Italic entity at byte offset 5"],
    ['`x', "Can't find end of Code entity at byte offset 0"],
    ['```x', "Can't find end of Pre entity at byte offset 0"],
    ['```py\nx', "Can't find end of PreCode entity at byte offset 0"],
    ['[x](https://example.com', "Can't find end of a URL at byte offset 4"],
    ['![x]', 'The entity must contain a tg://emoji or tg://time URL'],
    ['![x](https://example.com)', 'Invalid tg://emoji or tg://time URL specified'],
    ['>*a\nb*', "Can't find end of Bold entity at byte offset 1"],
  ])('%s is refused: %s', (source, words) => {
    expect(() => parse(source)).toThrow(`Bad Request: can't parse entities: ${words}`)
  })

  it('gives back any text that was escaped, bold or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parse(escape(text))).toEqual({ text, entities: [] })
        const bold = text === '' ? [] : [{ type: 'bold', offset: 0, length: text.length }]
        expect(parse(`*${escape(text)}*`)).toEqual({ text, entities: bold })
      }),
    )
  })

  it('never loops and never fails in any other way than Telegram does', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...ALPHABET.split('')) }), (source) => {
        expect(outcome(source)).toBe('as Telegram does')
      }),
    )
  })
})
