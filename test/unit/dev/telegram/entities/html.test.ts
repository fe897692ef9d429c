import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseHtml } from '../../../../../dev/telegram/entities/html.ts'

const ANN = { id: 7, is_bot: false, first_name: 'Анна' }
const parse = (source: string) => parseHtml(source, (id) => (id === 7 ? ANN : undefined))
const escape = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const ALPHABET = `<>/ba"'= &;Ж`

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

describe('HTML', () => {
  it.each([
    ['<b>x</b> <strong>y</strong>', 'x y', ['bold 0 1', 'bold 2 1']],
    ['<i>x</i><em>y</em>', 'xy', ['italic 0 1', 'italic 1 1']],
    ['<u>x</u><ins>y</ins>', 'xy', ['underline 0 1', 'underline 1 1']],
    [
      '<s>x</s><strike>y</strike><del>z</del>',
      'xyz',
      ['strikethrough 0 1', 'strikethrough 1 1', 'strikethrough 2 1'],
    ],
    [
      '<tg-spoiler>x</tg-spoiler><span class="tg-spoiler">y</span>',
      'xy',
      ['spoiler 0 1', 'spoiler 1 1'],
    ],
    ['<code>x</code>', 'x', ['code 0 1']],
    [
      '<blockquote>x</blockquote><blockquote expandable>y</blockquote>',
      'xy',
      ['blockquote 0 1', 'expandable_blockquote 1 1'],
    ],
    ['<B>x</B>', 'x', ['bold 0 1']],
    ['<b>x</>', 'x', ['bold 0 1']],
    ['<b></b>x', 'x', []],
    ['<b>Ж<i>👍</i></b>!', 'Ж👍!', ['italic 1 2', 'bold 0 3']],
    ['a &lt;b&gt; &amp;amp; &quot;c&quot; &#1046; &#x416;', 'a <b> &amp; "c" Ж Ж', []],
    ['&nbsp; &copy; &', '&nbsp; &copy; &', []],
    ['&lt &gt', '< >', []],
  ])('%s is «%s» with %j', (source, text, entities) => {
    const parsed = parse(source)
    expect(parsed.text).toBe(text)
    expect(
      parsed.entities.map(({ type, offset, length }) => `${type} ${offset} ${length}`),
    ).toEqual(entities)
  })

  it.each([
    ['<a href="https://Example.com">x</a>', { type: 'text_link', url: 'https://example.com/' }],
    [
      '<a href="example.com/a?b=&quot;c&quot;">x</a>',
      { type: 'text_link', url: 'http://example.com/a?b="c"' },
    ],
    ['<a href="tg://user?id=7">x</a>', { type: 'text_mention', user: ANN }],
    ['<a>example.com</a>', { type: 'text_link', url: 'http://example.com/' }],
    ['<pre><code class="language-python">x</code></pre>', { type: 'pre', language: 'python' }],
    ['<code class="language-python"><pre>x</pre></code>', { type: 'pre', language: 'python' }],
    [
      '<tg-emoji emoji-id="5368324170671202286">👍</tg-emoji>',
      { type: 'custom_emoji', custom_emoji_id: '5368324170671202286' },
    ],
  ])('%s is one entity', (source, entity) => {
    const { entities } = parse(source)
    expect(entities).toHaveLength(1)
    expect(entities[0]).toMatchObject(entity)
  })

  it.each([
    '<a href="tel:+998901112233">x</a>',
    '<a href="localhost">x</a>',
    '<a href="tg://user?id=8">x</a>',
  ])('%s is plain text: Telegram drops links that it does not take', (source) => {
    expect(parse(source)).toEqual({ text: 'x', entities: [] })
  })

  it.each([
    ['Жа <br>', 'Unsupported start tag "br" at byte offset 5'],
    ['<p>x</p>', 'Unsupported start tag "p" at byte offset 0'],
    ['Анна <3', 'Unclosed start tag at byte offset 9'],
    ['<b>x', `Can't find end tag corresponding to start tag "b"`],
    ['<b><i>x</b></i>', 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'],
    ['x</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>x</b', 'Unclosed end tag at byte offset 4'],
    ['<a href=a/b>x</a>', 'Unexpected end of name token at byte offset 8'],
    ['<a "x">y</a>', 'Empty attribute name in the tag "a" at byte offset 0'],
    ['<a href', 'Unclosed start tag "a" at byte offset 0'],
    ['<a href="x', 'Unclosed start tag at byte offset 0'],
    ['<span>x</span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['<tg-emoji emoji-id="x">y</tg-emoji>', 'Invalid custom emoji identifier specified'],
    [
      '&#xd800;',
      'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
    ],
  ])('%s is refused: %s', (source, words) => {
    expect(() => parse(source)).toThrow(`Bad Request: can't parse entities: ${words}`)
  })

  it('gives back any text that was escaped, bold or not', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(parse(escape(text))).toEqual({ text, entities: [] })
        const bold = text === '' ? [] : [{ type: 'bold', offset: 0, length: text.length }]
        expect(parse(`<b>${escape(text)}</b>`)).toEqual({ text, entities: bold })
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
