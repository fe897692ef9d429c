import type { MessageEntity } from 'grammy/types'
import { badRequest } from '../errors.ts'
import { checkLink, linkedUserId } from '../links.ts'
import type { FindUser, FormattedText } from './formatted-text.ts'

/** An HTML tag that is open: where its text begins and what it was given. */
export interface Tag {
  name: string
  attributes: Map<string, string>
  offset: number
}

interface Place {
  offset: number
  length: number
}

const SIMPLE = {
  b: 'bold',
  strong: 'bold',
  i: 'italic',
  em: 'italic',
  u: 'underline',
  ins: 'underline',
  s: 'strikethrough',
  strike: 'strikethrough',
  del: 'strikethrough',
  span: 'spoiler',
  'tg-spoiler': 'spoiler',
} as const
const OTHERS = new Set(['a', 'tg-emoji', 'tg-time', 'pre', 'code', 'blockquote'])

const isSimple = (name: string): name is keyof typeof SIMPLE => Object.hasOwn(SIMPLE, name)

/** Whether Telegram's HTML has this tag at all. */
export const isKnownTag = (name: string) => isSimple(name) || OTHERS.has(name)

/** Adds the entity of a tag that has just been closed at the end of the text. */
export function closeTag(tag: Tag, { text, entities }: FormattedText, findUser: FindUser): void {
  const place = { offset: tag.offset, length: text.length - tag.offset }
  if (place.length === 0) return
  if (tag.name === 'pre' || tag.name === 'code') closeCode(tag, place, entities)
  else entities.push(...entitiesOf(tag, text.slice(tag.offset), place, findUser))
}

function entitiesOf(tag: Tag, text: string, place: Place, findUser: FindUser): MessageEntity[] {
  const { name, attributes } = tag
  if (isSimple(name)) return [{ type: SIMPLE[name], ...place }]
  if (name === 'a') return linkEntities(attributes.get('href') || text, place, findUser)
  if (name === 'tg-emoji') return [emojiEntity(attributes.get('emoji-id') ?? '', place)]
  if (name === 'tg-time') return timeEntities(attributes, place)
  return [{ type: attributes.has('expandable') ? 'expandable_blockquote' : 'blockquote', ...place }]
}

/** A link to a person is a mention; a link that Telegram refuses is silently plain text. */
export function linkEntities(href: string, place: Place, findUser: FindUser): MessageEntity[] {
  const userId = linkedUserId(href)
  if (userId !== undefined) {
    const user = findUser(userId)
    return user ? [{ type: 'text_mention', user, ...place }] : []
  }
  const checked = checkLink(href)
  return 'url' in checked ? [{ type: 'text_link', url: checked.url, ...place }] : []
}

function emojiEntity(custom_emoji_id: string, place: Place): MessageEntity {
  if (!/^[1-9]\d*$/.test(custom_emoji_id)) {
    throw badRequest("Can't parse entities: Invalid custom emoji identifier specified")
  }
  return { type: 'custom_emoji', custom_emoji_id, ...place }
}

function timeEntities(attributes: Map<string, string>, place: Place): MessageEntity[] {
  const unix_time = Number.parseInt(attributes.get('unix') ?? '', 10)
  return unix_time > 0 ? [{ type: 'date_time', unix_time, date_time_format: '', ...place }] : []
}

/** The language of a `code` waits here for a `pre` around it; alone it is forgotten. */
const languages = new WeakMap<MessageEntity, string>()

/** `<pre><code class="language-x">` is one block with a language, whichever tag is outside. */
function closeCode(tag: Tag, place: Place, entities: MessageEntity[]): void {
  const language = /^language-(.+)/.exec(tag.attributes.get('class') ?? '')?.[1]
  const inner = entities.at(-1)
  const isWhole = inner?.offset === place.offset && inner.length === place.length
  if (tag.name === 'code' && isWhole && inner.type === 'pre' && language) {
    inner.language = language
    return
  }
  if (tag.name === 'pre' && isWhole && inner.type === 'code' && languages.has(inner)) {
    entities.splice(-1, 1, { type: 'pre', ...place, language: languages.get(inner) ?? '' })
    return
  }
  const entity: MessageEntity = { type: tag.name === 'pre' ? 'pre' : 'code', ...place }
  if (language) languages.set(entity, language)
  entities.push(entity)
}
