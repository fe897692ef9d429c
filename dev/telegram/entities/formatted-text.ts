import type { MessageEntity, User } from 'grammy/types'

/** A text with its formatting; offsets and lengths count UTF-16 units, as everywhere in the API. */
export interface FormattedText {
  text: string
  entities: MessageEntity[]
}

/** Finds a person by id, so that `tg://user?id=…` becomes a mention of someone real. */
export type FindUser = (userId: number) => User | undefined

/** The length that Telegram's limits count: characters, not UTF-16 units. */
export const lengthOf = (text: string) => Array.from(text).length

/** Telegram's parsers report positions in bytes of UTF-8. */
export const byteOffset = (source: string, at: number) => Buffer.byteLength(source.slice(0, at))
