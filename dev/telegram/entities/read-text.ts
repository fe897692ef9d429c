import type { MessageEntity } from 'grammy/types'
import { z } from 'zod'
import { badRequest } from '../errors.ts'
import type { FindUser, FormattedText } from './formatted-text.ts'
import { foundEntities } from './found.ts'
import { parseHtml } from './html.ts'
import { parseMarkdown } from './markdown.ts'

const MAX_SOURCE_BYTES = 32_768
const FOUND_BY_TELEGRAM = new Set(
  'mention hashtag cashtag bot_command url email phone_number bank_card_number'.split(' '),
)
const SIMPLE = z.enum([
  'bold',
  'italic',
  'underline',
  'strikethrough',
  'spoiler',
  'code',
  'blockquote',
  'expandable_blockquote',
])

/** What a caller may give for a text: the text, and either a parse mode or entities. */
export interface TextSource {
  text: string
  parseMode?: string
  entities?: unknown
}

/** Turns what a caller gave into the text and entities that Telegram keeps. */
export function readText(source: TextSource, findUser: FindUser): FormattedText {
  if (Buffer.byteLength(source.text) > MAX_SOURCE_BYTES) throw badRequest('text is too long')
  return tidy(parse(source, findUser))
}

function parse(source: TextSource, findUser: FindUser): FormattedText {
  const mode = (source.parseMode ?? '').toLowerCase()
  if (source.text === '' || mode === '' || mode === 'none') {
    return { text: source.text, entities: givenEntities(source.entities, findUser) }
  }
  if (mode === 'html') return parseHtml(source.text, findUser)
  if (mode === 'markdownv2') return parseMarkdown(source.text, findUser)
  throw badRequest('unsupported parse_mode')
}

const Place = z.object({
  type: z.string(),
  offset: z.coerce.number().int(),
  length: z.coerce.number().int(),
  url: z.string().default(''),
  language: z.string().default(''),
  custom_emoji_id: z.coerce.string().default(''),
  user: z.object({ id: z.number() }).optional(),
})

function givenEntities(entities: unknown, findUser: FindUser): MessageEntity[] {
  return Array.isArray(entities) ? entities.flatMap((value) => givenEntity(value, findUser)) : []
}

function givenEntity(value: unknown, findUser: FindUser): MessageEntity[] {
  const parsed = Place.safeParse(value)
  if (!parsed.success) throw badRequest("can't parse MessageEntity: expected an Object")
  const { type, offset, length, url, language, custom_emoji_id, user } = parsed.data
  const place = { offset, length }
  if (FOUND_BY_TELEGRAM.has(type)) return []
  if (type === 'pre') return [{ type, ...place, ...(language && { language }) }]
  if (type === 'text_link') return [{ type, url, ...place }]
  if (type === 'custom_emoji') return [{ type, custom_emoji_id, ...place }]
  if (type === 'text_mention') {
    const mentioned = user && findUser(user.id)
    return mentioned ? [{ type, user: mentioned, ...place }] : []
  }
  const simple = SIMPLE.safeParse(type)
  if (simple.success) return [{ type: simple.data, ...place }]
  throw badRequest("can't parse MessageEntity: Unsupported type specified")
}

/** Removes what Telegram removes, trims, and adds the links and commands that it finds itself. */
export function tidy({ text, entities }: FormattedText): FormattedText {
  const cleaned = clean(text)
  const moved = moveEntities(text, entities)
  const firstEntity = Math.min(cleaned.length, ...moved.map(({ offset }) => offset))
  const leading = /^[ \n]*/.exec(cleaned.slice(0, firstEntity))?.[0].length ?? 0
  const trimmed = cleaned.trimEnd().slice(leading)
  const clipped = moved
    .map((entity) => ({ ...entity, offset: entity.offset - leading }))
    .map((entity) => clip(entity, trimmed.length))
    .filter(({ length }) => length > 0)
  return { text: trimmed, entities: sort([...clipped, ...foundEntities(trimmed, clipped)]) }
}

/** Control characters become spaces; carriage returns and direction overrides disappear. */
const clean = (text: string) =>
  text
    .replaceAll(/[\r\u2028-\u202e]|\u030a|\u0333|\u033f/g, '')
    .replaceAll(/(?![\n\u007f-\u009f])\p{Cc}/gu, ' ')

function moveEntities(text: string, entities: readonly MessageEntity[]): MessageEntity[] {
  const moved = (offset: number) => clean(text.slice(0, offset)).length
  return entities
    .filter(({ offset, length }) => offset >= 0 && length > 0)
    .map((entity) => {
      const offset = moved(entity.offset)
      return { ...entity, offset, length: moved(entity.offset + entity.length) - offset }
    })
}

const clip = (entity: MessageEntity, end: number): MessageEntity => ({
  ...entity,
  length: Math.min(entity.length, end - entity.offset),
})

const sort = (entities: MessageEntity[]) =>
  entities.sort((a, b) => a.offset - b.offset || b.length - a.length)
