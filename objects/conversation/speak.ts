import { type Api, InputFile } from 'grammy/web'
import { ageStep } from '../../src/bot/age.ts'
import { renderCard } from '../../src/bot/card.ts'
import {
  type Call,
  CHAT,
  EDIT_PRIORITY,
  type EditParams,
  EDITS,
  HTML,
  type MessageParams,
  messageRow,
  PRIORITY,
  type ShownLead,
} from '../../src/bot/owed.ts'
import { Pace } from '../../src/bot/pace.ts'
import { text } from '../../src/bot/texts.ts'
import { simplify } from '../../src/bot/simplify.ts'
import { SHUT_CODES, type ShutReason, type Trouble, troubleOf } from '../../src/bot/telegram.ts'
import { isUnanswered, type LeadData } from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow, Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import type { CardPlace, ConversationTables, OwedCard, StoredCard } from './sql.ts'

/** What a conversation owes for a card. */
export function cardRow({ leadId, isNew }: OwedCard): NewRow {
  const body = { leadId }
  return isNew
    ? { key: CHAT, kind: 'card', body, priority: PRIORITY.newCard }
    : { key: EDITS, kind: 'card', body, priority: EDIT_PRIORITY.change }
}

/** That many leads wait to be shown is said before all of them, and corrected as they are shown. */
export function digestRow(place: CardPlace, at?: number): NewRow {
  const body = { place }
  const when = at === undefined ? {} : { at }
  // Corrections go beside what is sent: they change a message of their own.
  const key = at === undefined ? CHAT : 'digest'
  return { key, kind: 'digest', body, priority: PRIORITY.talk, latest: true, ...when }
}

/** Ages of cards are corrected one after another, when no change of a lead waits. */
function refreshRow(at: number): NewRow {
  return { key: EDITS, kind: 'refresh', priority: EDIT_PRIORITY.refresh, latest: true, at }
}

/** A group takes some twenty changes a minute: half of them are left for what matters more. */
const REFRESH_EVERY_MS = 6_000

/** How often it is corrected how many leads wait. */
const DIGEST_EVERY_MS = 15_000

/** Of what can be edited in a group's minute so much is left for changes of leads. */
const KEPT_FOR_CHANGES = 10

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

/** Of a group's minute so many messages are kept for answers and for saying how many leads wait. */
const KEPT_FOR_TALK = 3

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
  #pace: Pace | null = null
  readonly #edits: Pace
  /** How many waiting leads the digest says; `null` when nobody knows. */
  #saidWaiting: number | null = null

  constructor(deps: SpeakerDeps) {
    this.#deps = deps
    this.#edits = new Pace(this.#limit)
  }

  /** Messages of the chat count up: a message of ours that is looked for comes after this one. */
  sawMessage(messageId: number): void {
    this.#lastSeen = Math.max(this.#lastSeen, messageId)
  }

  async call(row: OutboxRow, call: Call): Promise<Delivery> {
    const { raw } = this.#deps.telegram
    switch (call.method) {
      case 'sendMessage': {
        const { params } = call
        const edit = (id: number) => this.#edit(id, params)
        return this.#say(row, () => this.#sendText(params), edit, call.lead)
      }
      case 'editMessageText':
        return this.#try(row, async () => this.#changeMessage(call.params, call.lead))
      case 'editMessageReplyMarkup': {
        const params = { chat_id: this.#deps.chatId, ...call.params }
        return this.#try(row, async () => void (await raw.editMessageReplyMarkup(params)))
      }
      case 'answerCallbackQuery':
        return this.#try(row, async () => void (await raw.answerCallbackQuery(call.params)))
    }
  }

  /** Shows a lead as it is now: in a new message, or in the one that shows it already. */
  async card(row: OutboxRow, leadId: string): Promise<Delivery> {
    const card = this.#deps.tables.card(leadId)
    if (!card) return { result: 'done' }
    return card.messageId === null ? this.#sendCard(row, card) : this.#changeCard(row, card)
  }

  /** How many new cards wait for a minute of the group that has room for them. */
  waiting(): number {
    const rows = this.#deps.outbox.bodies(CHAT, PRIORITY.newCard) as { leadId: string }[]
    return this.#deps.tables.countFree(rows.map(({ leadId }) => leadId))
  }

  /** Whether new cards have to wait: so many come that the group does not take them at once. */
  isCrowded(): boolean {
    const room = this.#paceOf().room(Date.now(), KEPT_FOR_TALK)
    // Only then are they looked at, one by one.
    return this.#deps.outbox.ahead(CHAT, PRIORITY.newCard).count > room && this.waiting() > room
  }

  /** Whether it has to be said that new cards wait. */
  needsDigest(): boolean {
    return this.#deps.tables.digestMessage() === null && this.isCrowded()
  }

  /** Says, or corrects, how many leads wait to be shown. */
  async digest(row: OutboxRow, { place }: { place: CardPlace }): Promise<Delivery> {
    const { outbox, tables } = this.#deps
    const waiting = this.waiting()
    const known = tables.digestMessage()
    const isCorrection = row.key !== CHAT
    // Said already, or over before it was said.
    if (isCorrection ? known === null : known !== null || waiting === 0) return { result: 'done' }
    const crowded = isCorrection ? this.#editsCrowded() : null
    if (crowded) return crowded
    const words = waiting > 0 ? 'digest.waiting' : 'digest.done'
    const content = { text: text(place.locale, words, { count: waiting }), ...HTML }
    const next = () => outbox.add([digestRow(place, Date.now() + DIGEST_EVERY_MS)])
    return this.#try(row, async () => {
      if (known !== null) {
        if (waiting !== this.#saidWaiting) await this.#change(known, content)
        this.#saidWaiting = waiting
        return () => (waiting > 0 ? next() : tables.saveDigestMessage(null))
      }
      const thread = place.threadId ? { message_thread_id: place.threadId } : {}
      const send = () => this.#sendText({ ...content, ...thread })
      const sent = await this.#send(row, send, (id) => this.#edit(id, content))
      this.#saidWaiting = waiting
      return () => {
        tables.saveLastMessage(sent)
        tables.saveDigestMessage(sent)
        next()
      }
    })
  }

  async #sendCard(row: OutboxRow, card: StoredCard): Promise<Delivery> {
    const { tables } = this.#deps
    const { lead, place } = card
    if (row.mark === null) {
      // Somebody has it already: while others wait, it needs nobody's eyes.
      if (lead.status !== 'new' && this.isCrowded()) {
        return { result: 'done', commit: () => tables.skipCard(lead.id) }
      }
      const at = this.#paceOf().nextAt(Date.now(), KEPT_FOR_TALK)
      if (at > Date.now()) return { result: 'later', at, reason: 'PACE', isForAll: false }
    }
    const content = this.#contentOf(card)
    const thread = place.threadId ? { message_thread_id: place.threadId } : {}
    return this.#try(row, async () => {
      const send = () => this.#sendText({ ...content, ...thread })
      const sent = await this.#send(row, send, (id) => this.#edit(id, content))
      return () => this.#shown(lead, sent)
    })
  }

  async #changeCard(row: OutboxRow, card: StoredCard): Promise<Delivery> {
    const { tables } = this.#deps
    const { lead, messageId } = card
    const content = this.#contentOf(card)
    return this.#try(row, async () => {
      if (messageId !== null && (await this.#change(messageId, content))) {
        return () => this.#shown(lead)
      }
      // Somebody has deleted it: it is shown anew.
      return () => this.#oweCard(tables.cardGone(lead.id))
    })
  }

  /** The card shows the lead as it was; what it says of its age will not stay true. */
  #shown(lead: LeadData, messageId?: number): void {
    const { outbox } = this.#deps
    const ageAt = this.#note(lead, messageId)
    const { nextAt } = outbox.ahead(EDITS, EDIT_PRIORITY.refresh)
    if (ageAt !== null && (nextAt ?? Infinity) > ageAt) outbox.add([refreshRow(ageAt)])
  }

  /** Keeps what a card shows now, and when its age has to be corrected (ms). */
  #note(lead: LeadData, messageId?: number): number | null {
    const ageAt = isUnanswered(lead) ? ageStep(lead.waitingSince, Date.now()).nextAt : null
    const sent = messageId === undefined ? {} : { messageId }
    this.#oweCard(this.#deps.tables.cardShown(lead.id, lead.version, { ageAt, ...sent }))
    return ageAt
  }

  /** Corrects what one card says of its age, and owes the next; changes of leads go before. */
  async refresh(row: OutboxRow): Promise<Delivery> {
    const { tables, outbox } = this.#deps
    // Owed anew while it was carried out: one of them is enough.
    if (outbox.bodies(EDITS, EDIT_PRIORITY.refresh).length > 1) return { result: 'done' }
    const now = Date.now()
    const oldest = tables.oldestAge()
    const commit = () => {
      const next = tables.oldestAge()
      if (next) outbox.add([refreshRow(Math.max(next.at, now + REFRESH_EVERY_MS))])
    }
    const card = oldest && oldest.at <= now ? tables.card(oldest.leadId) : null
    if (!card?.messageId) return { result: 'done', commit }
    const crowded = this.#editsCrowded()
    if (crowded) return crowded
    const { lead, messageId } = card
    return this.#try(row, async () => {
      const isThere = await this.#change(messageId, this.#contentOf(card))
      return () => {
        if (isThere) this.#note(lead)
        else this.#oweCard(tables.cardGone(lead.id))
        commit()
      }
    })
  }

  #contentOf({ lead, place }: StoredCard): MessageParams {
    const view = this.#deps.tables.shown.view(lead.id, lead.version)
    return { ...renderCard(lead, place, Date.now(), view), ...HTML }
  }

  /** What nobody waits for is edited later while much else is; `null`: there is room for it. */
  #editsCrowded(): Delivery | null {
    const at = this.#edits.nextAt(Date.now(), KEPT_FOR_CHANGES)
    return at > Date.now() ? { result: 'later', at, reason: 'PACE', isForAll: false } : null
  }

  /** Only groups are known to take so many messages a minute and no more. */
  get #limit(): number {
    const { chatId, groupLimit } = this.#deps
    return chatId.startsWith('-') ? groupLimit : Infinity
  }

  #paceOf(): Pace {
    this.#pace ??= new Pace(this.#limit, this.#deps.tables.lastSent(this.#limit))
    return this.#pace
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
    lead?: ShownLead,
  ): Promise<Delivery> {
    const { tables } = this.#deps
    return this.#try(row, async () => {
      const messageId = await this.#send(row, send, edit)
      return () => {
        tables.saveLastMessage(messageId)
        if (lead) tables.shown.remember(messageId, lead)
      }
    })
  }

  /** Changes a message; one that shows a lead never goes back to an older version of it. */
  async #changeMessage(params: EditParams, lead?: ShownLead): Promise<() => void> {
    const { shown } = this.#deps.tables
    const { message_id: id } = params
    const isOlder = lead && (shown.in(id)?.version ?? 0) > lead.version
    if (!isOlder) await this.#change(id, params)
    return () => {
      if (lead && !isOlder) shown.remember(id, lead)
    }
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
    this.#paceOf().took(Date.now())
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

  async #sendText(params: MessageParams): Promise<number> {
    const { telegram, chatId: chat_id } = this.#deps
    const message = await this.#repaired(params, (what) =>
      telegram.raw.sendMessage({ chat_id, ...what }),
    )
    return message.message_id
  }

  async #edit(messageId: number, params: MessageParams): Promise<unknown> {
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
      if (kind === 'same') return true
      // A deleted topic has taken its messages along, and in a closed one nothing can be changed.
      if (kind === 'gone' || kind === 'thread') return false
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
