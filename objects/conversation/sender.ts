import type { Api } from 'grammy/web'
import { CHAT, HTML, type MessageParams, messageRow } from '../../src/bot/owed.ts'
import { Pace } from '../../src/bot/pace.ts'
import { simplify } from '../../src/bot/simplify.ts'
import { SHUT_CODES, type ShutReason, type Trouble, troubleOf } from '../../src/bot/telegram.ts'
import { text } from '../../src/bot/texts.ts'
import { log } from '../../src/log.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import type { ConversationTables } from './sql.ts'

export interface SenderDeps {
  telegram: Api
  tables: ConversationTables
  outbox: Outbox
  chatId: string
  /** Messages a minute that a group takes. */
  groupLimit: number
  /** The group is a supergroup with this id now; false when that cannot be. */
  moved: (chatId: string) => boolean
  /** Nothing can be said here; called in the transaction that parks what was to be said. */
  shut: (why: ShutReason) => void
  /** Something was said here: whatever kept us from it is over. */
  spoke: () => void
  /** The topic is closed or deleted: what belongs there was said in General. */
  lostTopic: (threadId: number) => void
}

/** Of what can be edited in a group's minute so much is left for changes of leads. */
const KEPT_FOR_CHANGES = 10

/** How far behind the last known message one is looked for whose sending got no answer. */
const ADOPT_WITHIN = 10

/**
 * The way to one Telegram chat, and what its refusals mean. Telegram knows no idempotency keys, so a
 * message whose sending got no answer is looked for before it is sent again: a bot can tell its own
 * message by editing it to what it says already.
 */
export class Sender {
  readonly #deps: SenderDeps
  #lastSeen = 0
  #pace: Pace | null = null
  readonly #edits: Pace

  constructor(deps: SenderDeps) {
    this.#deps = deps
    this.#edits = new Pace(this.#limit)
  }

  /** Messages of the chat count up: a message of ours that is looked for comes after this one. */
  sawMessage(messageId: number): void {
    this.#lastSeen = Math.max(this.#lastSeen, messageId)
  }

  /** What nobody waits for is edited later while much else is; `null`: there is room for it. */
  editsCrowded(): Delivery | null {
    const at = this.#edits.nextAt(Date.now(), KEPT_FOR_CHANGES)
    return at > Date.now() ? { result: 'later', at, reason: 'PACE', isForAll: false } : null
  }

  /** Only groups are known to take so many messages a minute and no more. */
  get #limit(): number {
    const { chatId, groupLimit } = this.#deps
    return chatId.startsWith('-') ? groupLimit : Infinity
  }

  /** How fast messages go out here. */
  get pace(): Pace {
    this.#pace ??= new Pace(this.#limit, this.#deps.tables.lastSent(this.#limit))
    return this.#pace
  }

  /** Sends a message of which, from here on, is known that it may have been sent. */
  async send(
    row: OutboxRow,
    send: () => Promise<number>,
    edit: (id: number) => Promise<unknown>,
  ): Promise<number> {
    const { outbox, tables } = this.#deps
    const lost = row.mark === null ? null : await this.#adopt(Number(row.mark), edit)
    if (lost !== null) return lost
    outbox.note(row, String(Math.max(this.#lastSeen, tables.lastMessage())))
    this.pace.took(Date.now())
    const messageId = await send().catch((error: unknown) => {
      // It was refused, so it was not sent: there is nothing to look for.
      if (troubleOf(error).kind === 'wait') outbox.note(row, null)
      throw error
    })
    this.#deps.spoke()
    this.sawMessage(messageId)
    return messageId
  }

  /** Finds the message that was sent after `after` without an answer; `null` when there is none. */
  async #adopt(after: number, edit: (id: number) => Promise<unknown>): Promise<number | null> {
    for (let id = after + 1; id <= after + ADOPT_WITHIN; id++) {
      const found = (await outcomeOf(edit(id))) ?? (await outcomeOf(edit(id)))
      if (found?.kind === 'same') return id
      // Beyond the last message there is nothing to find.
      if (found && /not found/i.test(found.reason) && id > this.#lastSeen) return null
    }
    return null
  }

  async sendText(params: MessageParams): Promise<number> {
    const { telegram, chatId: chat_id } = this.#deps
    const message = await this.#repaired(params, (what) =>
      telegram.raw.sendMessage({ chat_id, ...what }),
    )
    return message.message_id
  }

  async edit(messageId: number, params: MessageParams): Promise<unknown> {
    const { telegram, chatId: chat_id } = this.#deps
    this.#edits.took(Date.now())
    return this.#repaired(params, ({ text: words, parse_mode, reply_markup: markup }) =>
      telegram.raw.editMessageText({
        chat_id,
        message_id: messageId,
        text: words,
        link_preview_options: HTML.link_preview_options,
        ...(parse_mode ? { parse_mode } : {}),
        ...(markup && 'inline_keyboard' in markup ? { reply_markup: markup } : {}),
      }),
    )
  }

  /** Says something; when Telegram refuses a part of it, once more without that part. */
  async #repaired<T>(
    params: MessageParams,
    say: (params: MessageParams) => Promise<T>,
  ): Promise<T> {
    try {
      return await say(params)
    } catch (error) {
      const trouble = troubleOf(error)
      const simpler = simplify(params, trouble)
      if (!simpler) throw error
      const { message_thread_id: threadId } = params
      if (trouble.kind === 'thread' && threadId) this.#deps.lostTopic(threadId)
      // Everything else that is refused of a message is a bug of ours.
      else log('error', 'telegram.message_refused', { code: trouble.kind })
      return this.#repaired(simpler, say)
    }
  }

  /** Edits a message of ours; false when it is no more, or can be edited no more. */
  async change(messageId: number, params: MessageParams): Promise<boolean> {
    try {
      await this.edit(messageId, params)
      return true
    } catch (error) {
      const { kind } = troubleOf(error)
      if (kind === 'same') return true
      // A deleted topic has taken its messages along, and in a closed one nothing can be changed.
      if (kind === 'gone' || kind === 'thread') return false
      throw error
    }
  }

  /** What `act` returns is written with the row's end. */
  async attempt(row: OutboxRow, act: () => Promise<(() => void) | void>): Promise<Delivery> {
    try {
      const commit = await act()
      return { result: 'done', ...(commit ? { commit } : {}) }
    } catch (error) {
      return this.#deliveryOf(troubleOf(error), row)
    }
  }

  #deliveryOf(trouble: Trouble, row: OutboxRow): Delivery {
    switch (trouble.kind) {
      case 'same':
      case 'late':
      case 'gone':
        return { result: 'done' }
      case 'wait': {
        const at = Date.now() + trouble.seconds * 1000
        return { result: 'later', at, reason: 'TELEGRAM_FLOOD' }
      }
      case 'down':
        return { result: 'unreachable', reason: trouble.reason }
      case 'moved':
        return this.#movedOn(trouble.chatId, row)
      case 'large':
        return this.#tooLarge(row)
      case 'shut':
        return this.#shut(row, trouble.why)
      case 'thread':
        // Not even General takes it.
        return this.#shut(row, 'muted')
      default:
        return this.#parked(row, trouble.reason)
    }
  }

  /** A file that no chat takes is read in the portal. */
  #tooLarge(row: OutboxRow): Delivery {
    const { locale } = JSON.parse(row.body)
    const say = messageRow(text(locale, 'report.too_large'))
    return { result: 'done', commit: () => this.#deps.outbox.add([say]) }
  }

  #shut(row: OutboxRow, found: ShutReason): Delivery {
    // Whom Telegram does not know at all is a person who never began, or is gone.
    const isPerson = found === 'unknown' && !this.#deps.chatId.startsWith('-')
    const why = isPerson ? 'blocked' : found
    return this.#elsewhere(row, why) ?? this.#parked(row, SHUT_CODES[why], why)
  }

  /** What was to be sent waits until all that is owed here is given over; edits have lost their message. */
  #movedOn(chatId: string, row: OutboxRow): Delivery {
    const { outbox, moved } = this.#deps
    if (!moved(chatId)) return this.#parked(row, 'TELEGRAM_MOVED')
    outbox.note(row, null)
    if (row.key !== CHAT) return { result: 'done' }
    return { result: 'later', at: Date.now(), reason: 'TELEGRAM_MOVED' }
  }

  /** What has to be said is said in another chat, if one is named. */
  #elsewhere(row: OutboxRow, why: ShutReason): Delivery | null {
    const { orElse } = JSON.parse(row.body)
    if (row.kind !== 'call' || !orElse) return null
    const commit = () => {
      this.#deps.outbox.add([{ key: 'elsewhere', kind: 'elsewhere', body: orElse }])
      this.#deps.shut(why)
    }
    return { result: 'done', commit }
  }

  #parked(row: OutboxRow, reason: string, why: ShutReason | null = null): Delivery {
    const { tables, shut } = this.#deps
    const commit = () => {
      if (row.kind === 'card') tables.cardParked(JSON.parse(row.body).leadId)
      if (why) shut(why)
    }
    return { result: 'refused', reason, commit }
  }
}

/**
 * What an edit says of a message: `same` that it is ours and says this already, `gone` that it is not
 * to be edited. `null`: it has been changed, after which a second edit says `same`.
 */
async function outcomeOf(edit: Promise<unknown>): Promise<{ kind: string; reason: string } | null> {
  try {
    await edit
    return null
  } catch (error) {
    const trouble = troubleOf(error)
    if (trouble.kind === 'same' || trouble.kind === 'gone') return trouble
    throw error
  }
}
