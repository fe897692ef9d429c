import { type Api, InputFile } from 'grammy/web'
import { renderCard } from '../../src/bot/card.ts'
import { type Call, CHAT, HTML, type MessageParams, PRIORITY } from '../../src/bot/owed.ts'
import { type Trouble, troubleOf } from '../../src/bot/telegram.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow, Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import type { ConversationTables, OwedCard } from './sql.ts'

/** What a conversation owes for a card. */
export function cardRow({ leadId, isNew }: OwedCard): NewRow {
  const priority = isNew ? PRIORITY.newCard : PRIORITY.cardChange
  return { key: CHAT, kind: 'card', body: { leadId }, priority }
}

/** A document as it goes to a chat. */
export interface Letter {
  caption: string
  fileName: string
  bytes: ArrayBuffer
  threadId: number | null
}

export interface SpeakerDeps {
  telegram: Api
  tables: ConversationTables
  outbox: Outbox
  chatId: string
  /** The group is a supergroup with this id now: gives the row over to its conversation. */
  moved(chatId: string, row: OutboxRow): Promise<void>
}

/** How far behind the last known message one is looked for whose sending got no answer. */
const ADOPT_WITHIN = 10

/**
 * Says in one Telegram chat what its conversation owes. Telegram knows no idempotency keys, so a
 * message whose sending got no answer is looked for before it is sent again: a bot can tell its own
 * message by editing it to what it says already.
 */
export class Speaker {
  readonly #deps: SpeakerDeps
  #lastSeen = 0

  constructor(deps: SpeakerDeps) {
    this.#deps = deps
  }

  /** Messages of the chat count up: a message of ours that is looked for comes after this one. */
  sawMessage(messageId: number): void {
    this.#lastSeen = Math.max(this.#lastSeen, messageId)
  }

  async call(row: OutboxRow, call: Call): Promise<Delivery> {
    const { raw } = this.#deps.telegram
    const chat_id = this.#deps.chatId
    switch (call.method) {
      case 'sendMessage': {
        const { params } = call
        const edit = (id: number) => this.#edit(id, params)
        return this.#say(row, () => this.#sendText(params), edit)
      }
      case 'editMessageText':
        return this.#try(
          row,
          async () => void (await raw.editMessageText({ chat_id, ...call.params })),
        )
      case 'answerCallbackQuery':
        return this.#try(row, async () => void (await raw.answerCallbackQuery(call.params)))
    }
  }

  async card(row: OutboxRow, leadId: string): Promise<Delivery> {
    const { tables } = this.#deps
    const card = tables.card(leadId)
    if (!card) return { result: 'done' }
    const content = { ...renderCard(card.lead, card.place), ...HTML }
    const { version } = card.lead
    return this.#try(row, async () => {
      const { messageId } = card
      if (messageId !== null && (await this.#change(messageId, content))) {
        return () => this.#oweCard(tables.cardShown(leadId, version))
      }
      const thread = card.place.threadId ? { message_thread_id: card.place.threadId } : {}
      const send = () => this.#sendText({ ...content, ...thread })
      const sent = await this.#send(row, send, (id) => this.#edit(id, content))
      return () => this.#oweCard(tables.cardShown(leadId, version, sent))
    })
  }

  async letter(row: OutboxRow, { caption, fileName, bytes, threadId }: Letter): Promise<Delivery> {
    const { telegram, chatId } = this.#deps
    const extra = { caption, parse_mode: 'HTML' } as const
    const send = async (thread: { message_thread_id?: number }) => {
      const file = new InputFile(new Uint8Array(bytes), fileName)
      return (await telegram.sendDocument(chatId, file, { ...extra, ...thread })).message_id
    }
    const sendSomewhere = () =>
      threadId === null
        ? send({})
        : send({ message_thread_id: threadId }).catch((error: unknown) => {
            if (troubleOf(error).kind !== 'thread') throw error
            return send({})
          })
    const edit = (id: number) => telegram.editMessageCaption(chatId, id, extra)
    return this.#say(row, sendSomewhere, edit)
  }

  async #say(
    row: OutboxRow,
    send: () => Promise<number>,
    edit: (id: number) => Promise<unknown>,
  ): Promise<Delivery> {
    return this.#try(row, async () => {
      const messageId = await this.#send(row, send, edit)
      return () => this.#deps.tables.saveLastMessage(messageId)
    })
  }

  /** Sends a message of which, from here on, is known that it may have been sent. */
  async #send(
    row: OutboxRow,
    send: () => Promise<number>,
    edit: (id: number) => Promise<unknown>,
  ): Promise<number> {
    const { outbox, tables } = this.#deps
    const lost = row.mark === null ? null : await this.#adopt(Number(row.mark), edit)
    if (lost !== null) return lost
    outbox.note(row, String(Math.max(this.#lastSeen, tables.lastMessage())))
    const messageId = await send().catch((error: unknown) => {
      // It was refused, so it was not sent: there is nothing to look for.
      if (troubleOf(error).kind === 'wait') outbox.note(row, null)
      throw error
    })
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

  async #sendText(params: MessageParams): Promise<number> {
    try {
      const { raw } = this.#deps.telegram
      const message = await raw.sendMessage({ chat_id: this.#deps.chatId, ...params })
      return message.message_id
    } catch (error) {
      const { kind } = troubleOf(error)
      if (kind === 'markup' && params.parse_mode) return this.#sendText(asPlainText(params))
      if (kind === 'thread' && params.message_thread_id) {
        const { message_thread_id: _thread, ...rest } = params
        return this.#sendText(rest)
      }
      throw error
    }
  }

  async #edit(messageId: number, { text, reply_markup: markup }: MessageParams): Promise<unknown> {
    return this.#deps.telegram.raw.editMessageText({
      chat_id: this.#deps.chatId,
      message_id: messageId,
      text,
      ...HTML,
      ...(markup && 'inline_keyboard' in markup ? { reply_markup: markup } : {}),
    })
  }

  #oweCard(card: OwedCard | null): void {
    if (card) this.#deps.outbox.add([cardRow(card)])
  }

  /** Edits a message of ours; false when it is no more, or can be edited no more. */
  async #change(messageId: number, params: MessageParams): Promise<boolean> {
    try {
      await this.#edit(messageId, params)
      return true
    } catch (error) {
      const { kind } = troubleOf(error)
      if (kind === 'same' || kind === 'gone') return kind === 'same'
      throw error
    }
  }

  /** What `act` returns is written with the row's end. */
  async #try(row: OutboxRow, act: () => Promise<(() => void) | void>): Promise<Delivery> {
    try {
      const commit = await act()
      return { result: 'done', ...(commit ? { commit } : {}) }
    } catch (error) {
      return this.#deliveryOf(troubleOf(error), row)
    }
  }

  async #deliveryOf(trouble: Trouble, row: OutboxRow): Promise<Delivery> {
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
        await this.#deps.moved(trouble.chatId, row)
        return { result: 'done' }
      default:
        return { result: 'refused', reason: trouble.reason }
    }
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

function asPlainText({ parse_mode: _mode, ...params }: MessageParams): MessageParams {
  const text = params.text
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
  return { ...params, text }
}
