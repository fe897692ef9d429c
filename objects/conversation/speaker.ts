import { type Api, InputFile } from 'grammy/web'
import {
  type Call,
  deleteRow,
  type EditParams,
  type FormPart,
  type MessageParams,
  retireRow,
  type ShownLead,
} from '../../src/bot/owed.ts'
import { troubleOf } from '../../src/bot/telegram.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import type { Sender } from './sender.ts'
import type { ConversationTables } from './sql.ts'

/** A document as it goes to a chat. */
export interface Letter {
  caption: string
  fileName: string
  bytes: ArrayBuffer
  threadId: number | null
}

export interface SpeakerDeps {
  telegram: Api
  sender: Sender
  tables: ConversationTables
  outbox: Outbox
  chatId: string
}

/** Says in one Telegram chat what is no card: answers, changed messages, files. */
export class Speaker {
  readonly #deps: SpeakerDeps

  constructor(deps: SpeakerDeps) {
    this.#deps = deps
  }

  async call(row: OutboxRow, call: Call): Promise<Delivery> {
    const { raw } = this.#deps.telegram
    switch (call.method) {
      case 'sendMessage': {
        const { params, lead, form } = call
        const edit = (id: number) => this.#deps.sender.edit(id, params)
        const said = (id: number) => {
          if (lead) this.#deps.tables.shown.remember(id, lead)
          if (form) this.#formSaid(id, form, params)
        }
        return this.#say(row, () => this.#deps.sender.sendText(params), edit, said)
      }
      case 'editMessageText':
        return this.#deps.sender.attempt(row, async () =>
          this.#changeMessage(call.params, call.lead),
        )
      case 'editMessageReplyMarkup': {
        const params = { chat_id: this.#deps.chatId, ...call.params }
        return this.#deps.sender.attempt(row, async () => {
          await raw.editMessageReplyMarkup(params)
          return () => this.#deps.tables.buttonsGone(params.message_id)
        })
      }
      case 'deleteMessage': {
        const params = { chat_id: this.#deps.chatId, ...call.params }
        return this.#deps.sender.attempt(row, async () => void (await raw.deleteMessage(params)))
      }
      case 'answerCallbackQuery':
        return this.#deps.sender.attempt(
          row,
          async () => void (await raw.answerCallbackQuery(call.params)),
        )
    }
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
    said: (messageId: number) => void = () => undefined,
  ): Promise<Delivery> {
    const { tables } = this.#deps
    return this.#deps.sender.attempt(row, async () => {
      const messageId = await this.#deps.sender.send(row, send, edit)
      return () => {
        tables.saveLastMessage(messageId)
        said(messageId)
      }
    })
  }

  /** Of all that a form says only the last has buttons, and what was there for a moment goes. */
  #formSaid(messageId: number, form: FormPart, { reply_markup: markup }: MessageParams): void {
    const { tables, outbox } = this.#deps
    if (form === 'clears') return outbox.add([deleteRow(messageId)])
    const before = tables.formButtons()
    if (before !== null) outbox.add([retireRow(before)])
    tables.saveFormButtons(markup && 'inline_keyboard' in markup ? messageId : null)
  }

  /** Changes a message; one that shows a lead never goes back to an older version of it. */
  async #changeMessage(params: EditParams, lead?: ShownLead): Promise<() => void> {
    const { shown } = this.#deps.tables
    const { message_id: id, reply_markup: markup } = params
    const isOlder = lead && (shown.in(id)?.version ?? 0) > lead.version
    if (!isOlder) await this.#deps.sender.change(id, params)
    return () => {
      if (lead && !isOlder) shown.remember(id, lead)
      if (!markup) this.#deps.tables.buttonsGone(id)
    }
  }
}
