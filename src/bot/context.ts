import { type Api, Context } from 'grammy/web'
import type { Update, UserFromGetMe } from 'grammy/types'
import { type Locale, localeFor } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import type { Settings } from '../settings.ts'
import type { ShutReason } from './telegram.ts'
import { answerRow, errandRow, type Markup, messageRow } from './owed.ts'
import type { ErrandArgs, ErrandName } from './errands.ts'
import type { LeadForm } from './flow.ts'
import type { Origin } from './start-payload.ts'
import { type TextKey, type TextParams, plainText, text } from './texts.ts'

/** What a conversation remembers between updates. */
export interface Memory {
  /** The language chosen; until then it is the one of the person's Telegram. */
  locale: Locale | null
  /** A request that is being left. */
  form: LeadForm | null
  /** Whether the person has a reply keyboard of ours below what they write. */
  hasKeyboard: boolean
  /** Where the person came from last, and when (ms). */
  origin: (Origin & { at: number }) | null
  /** The messages that the request sent last was made of: their edits come too late. */
  sentIn: number[]
  /** The album, or the messages forwarded together, that was answered last, and when (s). */
  batch: { key: string; at: number } | null
  /** What a manager searched for last, by the update that asked. */
  searches?: { id: number; words: string }[]
  /** The chat that this one has become: a group that was made a supergroup. */
  movedTo: string | null
  /** Why nothing can be said here, and since when (ms); `null`: it can. */
  shut: { why: ShutReason; at: number } | null
  /** Topics that were found closed or deleted: what belongs there goes to General. */
  lostTopics: number[]
}

/** Who wrote or pressed, as Telegram tells it. */
export interface Person {
  id: string
  name: string
  username: string | null
  locale: Locale
}

/** What a feature may look at and change; nothing is done until it is all written down. */
export interface Turn {
  memory: Memory
  owes: NewRow[]
  settings: Settings
  /** The lead whose card this message of the chat is. */
  leadOfCard(messageId: number): string | null
}

/**
 * What a feature gets. It decides without waiting for anything: what has to be said or done is owed
 * and carried out once it is stored.
 */
export class BotContext extends Context {
  readonly turn: Turn

  constructor(update: Update, api: Api, me: UserFromGetMe, turn: Turn) {
    super(update, api, me)
    this.turn = turn
  }

  get locale(): Locale {
    return this.turn.memory.locale ?? this.person?.locale ?? this.turn.settings.DEFAULT_LOCALE
  }

  get person(): Person | null {
    const { from } = this
    if (!from || from.is_bot) return null
    return {
      id: String(from.id),
      name: [from.first_name, from.last_name].filter(Boolean).join(' ') || `id ${from.id}`,
      username: from.username ?? null,
      locale: localeFor(from.language_code, this.turn.settings.DEFAULT_LOCALE),
    }
  }

  /** Owes a message to this chat, in its language. */
  say(key: TextKey, params: TextParams = {}, markup?: Markup): void {
    const threadId = this.msg?.is_topic_message ? (this.msg.message_thread_id ?? null) : null
    this.turn.owes.push(messageRow(text(this.locale, key, params), { threadId, markup }))
  }

  /** A button's label in this chat's language. */
  label(key: TextKey): string {
    return plainText(this.locale, key)
  }

  /** Owes the answer to the press that this update is. */
  answer(key?: TextKey): void {
    const id = this.callbackQuery?.id
    if (id) this.turn.owes.push(answerRow(id, key ? plainText(this.locale, key) : ''))
  }

  /** Owes something that needs others: the database, a lead, a workflow. */
  owe<Name extends ErrandName>(name: Name, args: ErrandArgs<Name>): void {
    const { update_id: updateId } = this.update
    this.turn.owes.push(errandRow(updateId, { name, args, locale: this.locale }))
  }
}
