import { badRequest } from '../errors.ts'
import { byteOffset, type FindUser, type FormattedText } from './formatted-text.ts'
import { closeTag, isKnownTag, type Tag } from './tags.ts'

const REFERENCE = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(lt|gt|amp|quot)(?![a-z]));?/iy
const NAMED: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"' }

const isSpace = (c: string) => c === '' || /[\s\0]/.test(c)

/** Reads parse_mode HTML; throws in Telegram's own words, with offsets in bytes. */
export function parseHtml(source: string, findUser: FindUser): FormattedText {
  return new HtmlParser(source, findUser).parse()
}

class HtmlParser {
  readonly #source: string
  readonly #findUser: FindUser
  readonly #open: Tag[] = []
  readonly #result: FormattedText = { text: '', entities: [] }
  #at = 0

  constructor(source: string, findUser: FindUser) {
    this.#source = source
    this.#findUser = findUser
  }

  parse(): FormattedText {
    while (this.#at < this.#source.length) {
      if (this.#peek() !== '<') this.#result.text += this.#character()
      else if (this.#source[this.#at + 1] === '/') this.#endTag()
      else this.#startTag()
    }
    const unclosed = this.#open.at(-1)
    if (unclosed) this.#fail(`Can't find end tag corresponding to start tag "${unclosed.name}"`)
    if (!this.#result.text.isWellFormed()) {
      this.#fail(
        'Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units',
      )
    }
    return this.#result
  }

  #peek(): string {
    return this.#source[this.#at] ?? ''
  }

  #fail(problem: string, at?: number): never {
    const where = at === undefined ? '' : ` at byte offset ${byteOffset(this.#source, at)}`
    throw badRequest(`Can't parse entities: ${problem}${where}`)
  }

  #skip(accepts: (c: string) => boolean): string {
    const start = this.#at
    while (this.#at < this.#source.length && accepts(this.#peek())) this.#at++
    return this.#source.slice(start, this.#at)
  }

  /** One character of text; only four named references exist, any other stays as it is written. */
  #character(): string {
    REFERENCE.lastIndex = this.#at
    const [all, hex, decimal, name] = REFERENCE.exec(this.#source) ?? []
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal ?? 0)
    const isCode = code > 0 && code < 0x10_ff_ff
    const decoded = name ? NAMED[name] : isCode ? String.fromCodePoint(code) : undefined
    this.#at += decoded && all ? all.length : 1
    return decoded ?? this.#source[this.#at - 1] ?? ''
  }

  #startTag(): void {
    const begin = this.#at++
    const name = this.#skip((c) => !isSpace(c) && c !== '>').toLowerCase()
    if (this.#peek() === '') this.#fail('Unclosed start tag', begin)
    if (!isKnownTag(name)) this.#fail(`Unsupported start tag "${name}"`, begin)
    const attributes = this.#attributes(name, begin)
    if (name === 'span' && attributes.get('class') !== 'tg-spoiler') {
      this.#fail('Tag "span" must have class "tg-spoiler"', begin)
    }
    this.#open.push({ name, attributes, offset: this.#result.text.length })
  }

  #attributes(tag: string, begin: number): Map<string, string> {
    const attributes = new Map<string, string>()
    for (;;) {
      this.#skip(isSpace)
      if (this.#peek() === '>') break
      const name = this.#skip((c) => !isSpace(c) && !'=>/"\''.includes(c))
      if (name === '') this.#fail(`Empty attribute name in the tag "${tag}"`, begin)
      this.#skip(isSpace)
      const hasValue = this.#peek() === '='
      if (hasValue) this.#at++
      this.#skip(isSpace)
      if (this.#peek() === '') this.#fail(`Unclosed start tag "${tag}"`, begin)
      attributes.set(name, hasValue ? this.#value(begin) : '')
    }
    this.#at++
    return attributes
  }

  #value(begin: number): string {
    const quote = this.#peek()
    const value = quote === '"' || quote === "'" ? this.#quoted(quote) : this.#token()
    if (this.#peek() === '') this.#fail('Unclosed start tag', begin)
    return value
  }

  #quoted(quote: string): string {
    let value = ''
    this.#at++
    while (this.#peek() !== quote && this.#peek() !== '') value += this.#character()
    this.#at++
    return value
  }

  #token(): string {
    const start = this.#at
    const value = this.#skip((c) => /[a-z\d.-]/i.test(c)).toLowerCase()
    if (!isSpace(this.#peek()) && this.#peek() !== '>') {
      this.#fail('Unexpected end of name token', start)
    }
    return value
  }

  #endTag(): void {
    const begin = this.#at
    const open = this.#open.pop()
    if (!open) this.#fail('Unexpected end tag', begin)
    this.#at += 2
    const name = this.#skip((c) => !isSpace(c) && c !== '>').toLowerCase()
    this.#skip(isSpace)
    if (this.#peek() !== '>') this.#fail('Unclosed end tag', begin)
    this.#at++
    if (name !== '' && name !== open.name) {
      const found = `, expected "</${open.name}>", found "</${name}>"`
      this.#fail(`Unmatched end tag at byte offset ${byteOffset(this.#source, begin)}${found}`)
    }
    closeTag(open, this.#result, this.#findUser)
  }
}
