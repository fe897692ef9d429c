import type { MessageEntity } from 'grammy/types'
import { badRequest } from '../errors.ts'
import { byteOffset, type FindUser, type FormattedText } from './formatted-text.ts'
import { linkEntities } from './tags.ts'

const RESERVED = '_*[]()~`>#+-=|{}.!\n'
const KINDS = {
  '*': { type: 'bold', name: 'Bold' },
  _: { type: 'italic', name: 'Italic' },
  __: { type: 'underline', name: 'Underline' },
  '~': { type: 'strikethrough', name: 'Strikethrough' },
  '||': { type: 'spoiler', name: 'Spoiler' },
  '`': { type: 'code', name: 'Code' },
  '```': { type: 'pre', name: 'Pre' },
  '[': { type: 'text_link', name: 'TextUrl' },
  '![': { type: 'custom_emoji', name: 'CustomEmoji' },
  '>': { type: 'blockquote', name: 'BlockQuote' },
} as const
type Mark = keyof typeof KINDS

interface Open {
  mark: Mark
  /** Where the text of the entity begins in the result, and the mark itself in the source. */
  offset: number
  begin: number
  language?: string
}

/** Reads parse_mode MarkdownV2; throws in Telegram's own words, with offsets in bytes. */
export function parseMarkdown(source: string, findUser: FindUser): FormattedText {
  return new MarkdownParser(source, findUser).parse()
}

class MarkdownParser {
  readonly #source: string
  readonly #findUser: FindUser
  readonly #open: Open[] = []
  readonly #entities: MessageEntity[] = []
  #at = 0
  #text = ''
  #isLineStart = true

  constructor(source: string, findUser: FindUser) {
    this.#source = source
    this.#findUser = findUser
  }

  parse(): FormattedText {
    for (; this.#at < this.#source.length; this.#at++) this.#step(this.#source[this.#at] ?? '')
    this.#closeQuoteAtEnd()
    const unclosed = this.#open.at(-1)
    if (unclosed) this.#failUnclosed(unclosed)
    return { text: this.#text, entities: this.#entities }
  }

  #step(c: string): void {
    const next = this.#source.charCodeAt(this.#at + 1)
    if (c === '\\' && next > 0 && next <= 126) {
      this.#at++
      return this.#put(this.#source[this.#at] ?? '')
    }
    const inside = this.#open.at(-1)
    const isCode = inside?.mark === '`' || inside?.mark === '```'
    if (!(isCode ? '`' : RESERVED).includes(c)) return this.#put(c)
    if (inside && this.#ends(inside.mark)) this.#end(inside)
    else this.#begin(c)
  }

  #put(c: string): void {
    this.#text += c
    if (c !== '\r') this.#isLineStart = c === '\n'
  }

  #fail(problem: string): never {
    throw badRequest(`Can't parse entities: ${problem}`)
  }

  #failUnclosed({ mark, begin, language }: Open): never {
    const offset = byteOffset(this.#source, begin)
    const name = language ? 'PreCode' : KINDS[mark].name
    this.#fail(`Can't find end of ${name} entity at byte offset ${offset}`)
  }

  #is = (mark: string) => this.#source.startsWith(mark, this.#at)
  #hasQuote = () => this.#open.some(({ mark }) => mark === '>')

  #ends(mark: Mark): boolean {
    if (this.#hasQuote() && this.#is('\n') && this.#source[this.#at + 1] !== '>') return true
    if (mark === '>') return false
    if (mark === '[' || mark === '![') return this.#is(']')
    return mark === '_' ? this.#is('_') && !this.#is('__') : this.#is(mark)
  }

  #begin(c: string): void {
    if (c === '\n') return this.#put(c)
    if (c === '>' && this.#isLineStart) {
      if (!this.#hasQuote()) this.#push('>', 1)
      return
    }
    const mark = (['```', '`', '__', '_', '*', '~', '||', '![', '['] as const).find(this.#is)
    if (!mark)
      this.#fail(`Character '${c}' is reserved and must be escaped with the preceding '\\'`)
    this.#push(mark, mark.length)
    if (mark === '```') this.#beginBlock()
  }

  #push(mark: Mark, length: number): void {
    this.#open.push({ mark, offset: this.#text.length, begin: this.#at })
    this.#at += length - 1
  }

  /** After ``` comes an optional language, then one line break that is not part of the text. */
  #beginBlock(): void {
    const [all = '', language = ''] =
      /^([^\s`]*(?=\s))?(?:\r\n|\n\r|\n|\r)?/.exec(this.#source.slice(this.#at + 1)) ?? []
    const open = this.#open.at(-1)
    if (open && language) open.language = language
    this.#at += all.length
  }

  #end(open: Open): void {
    if (this.#is('\n')) return this.#endQuote(open)
    this.#at += (open.mark === '[' || open.mark === '![' ? 1 : open.mark.length) - 1
    this.#open.pop()
    const place = { offset: open.offset, length: this.#text.length - open.offset }
    if (open.mark === '[' || open.mark === '![') return this.#endLink(open.mark, place)
    const type = KINDS[open.mark].type
    if (place.length === 0) return
    if (type === 'pre') {
      this.#entities.push({ type, ...place, ...(open.language && { language: open.language }) })
    } else this.#entities.push({ type, ...place })
  }

  /** A quotation ends with its line; `||` right before that end makes it expandable. */
  #endQuote(open: Open): void {
    const isExpandable = open.mark === '||' && open.begin === this.#at - 2
    if (isExpandable) this.#open.pop()
    const quote = this.#open.at(-1)
    if (quote?.mark !== '>') this.#failUnclosed(quote ?? open)
    this.#open.pop()
    this.#put('\n')
    this.#quote(quote, isExpandable)
  }

  #closeQuoteAtEnd(): void {
    const last = this.#open.at(-1)
    const isExpandable =
      this.#hasQuote() && last?.mark === '||' && last.begin === this.#source.length - 2
    if (isExpandable) this.#open.pop()
    const quote = this.#open.at(-1)
    if (quote?.mark !== '>') return
    this.#open.pop()
    if (this.#text.length > quote.offset) this.#quote(quote, isExpandable)
  }

  #quote({ offset }: Open, isExpandable: boolean): void {
    const type = isExpandable ? 'expandable_blockquote' : 'blockquote'
    this.#entities.push({ type, offset, length: this.#text.length - offset })
  }

  #endLink(mark: '[' | '![', place: { offset: number; length: number }): void {
    const hasUrl = this.#source[this.#at + 1] === '('
    if (mark === '![' && !hasUrl)
      this.#fail('The entity must contain a tg://emoji or tg://time URL')
    const url = hasUrl ? this.#url() : this.#text.slice(place.offset)
    if (mark === '[') {
      if (place.length > 0) this.#entities.push(...linkEntities(url, place, this.#findUser))
      return
    }
    const custom_emoji_id = /^tg:\/\/emoji\?id=(\d+)/.exec(url)?.[1]
    if (!custom_emoji_id) this.#fail('Invalid tg://emoji or tg://time URL specified')
    this.#entities.push({ type: 'custom_emoji', custom_emoji_id, ...place })
  }

  #url(): string {
    const start = this.#at + 2
    const [all = '', url = '', end] =
      /^((?:\\[^\u007f-\uffff]|[^)])*)(\))?/.exec(this.#source.slice(start)) ?? []
    if (!end)
      this.#fail(`Can't find end of a URL at byte offset ${byteOffset(this.#source, start)}`)
    this.#at = start + all.length - 1
    return url.replace(/\\([^\u007f-\uffff])/g, '$1')
  }
}
