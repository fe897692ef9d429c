import type { MessageEntity } from 'grammy/types'

type FoundType = 'url' | 'email' | 'phone_number' | 'bot_command' | 'mention' | 'hashtag'

const DOMAINS =
  'com|net|org|info|biz|io|me|app|dev|ru|uz|kz|kg|tj|by|ua|su|рф|site|online|shop|store'

/** Earlier rows win where two would overlap: the `@` of an address is not a mention. */
const PATTERNS: readonly (readonly [FoundType, RegExp])[] = [
  [
    'email',
    /(?<![\p{L}\p{N}_.+-])[a-z\d][\w.+-]*@[a-z\d-]+(?:\.[a-z\d-]+)*\.[a-z]{2,}(?![\p{L}\p{N}_])/giu,
  ],
  ['url', /(?<![\p{L}\p{N}_@/])(?:https?:\/\/|tg:\/\/)[^\s<>"]*[^\s<>"'.,:;!?()[\]{}«»]/giu],
  [
    'url',
    new RegExp(
      `(?<![\\p{L}\\p{N}_@/.-])(?:[\\p{L}\\p{N}-]+\\.)+(?:${DOMAINS})(?![\\p{L}\\p{N}_-])(?:[/?#][^\\s<>"]*[^\\s<>"'.,:;!?()])?`,
      'giu',
    ),
  ],
  ['phone_number', /(?<![\p{L}\p{N}_+])\+\d(?:[\s()-]{0,2}\d){8,14}(?![\p{L}\p{N}_])/gu],
  ['bot_command', /(?<![\p{L}\p{N}_/<>])\/\w{1,64}(?:@\w{3,32})?(?![\p{L}\p{N}_/<>@])/gu],
  ['mention', /(?<![\p{L}\p{N}_])@\w{2,32}(?![\p{L}\p{N}_])/gu],
  ['hashtag', /(?<![\p{L}\p{N}_])#(?=[\p{N}_]*\p{L})[\p{L}\p{N}_]{1,256}(?![\p{L}\p{N}_#])/gu],
]

const overlap = (a: MessageEntity, b: MessageEntity) =>
  a.offset < b.offset + b.length && b.offset < a.offset + a.length

/** Formatting that leaves no room for a link or a command inside. */
const CLOSED = new Set(['code', 'pre', 'text_link', 'text_mention', 'custom_emoji', 'date_time'])

/** What Telegram finds in a text by itself, outside code and links that are already there. */
export function foundEntities(text: string, given: readonly MessageEntity[]): MessageEntity[] {
  const taken = given.filter((entity) => CLOSED.has(entity.type))
  const found: MessageEntity[] = []
  for (const [type, pattern] of PATTERNS) {
    for (const { index, 0: match } of text.matchAll(pattern)) {
      const entity: MessageEntity = { type, offset: index, length: match.length }
      if (![...taken, ...found].some((other) => overlap(entity, other))) found.push(entity)
    }
  }
  return found
}
