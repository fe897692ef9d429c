import { ageStep } from '../../src/bot/age.ts'
import { renderCard } from '../../src/bot/card.ts'
import {
  type ChangedLead,
  CHAT,
  EDIT_PRIORITY,
  EDITS,
  HTML,
  type MessageParams,
  PRIORITY,
} from '../../src/bot/owed.ts'
import { text } from '../../src/bot/texts.ts'
import { isUnanswered, type LeadData, leadSchema } from '../../src/lead.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow, Outbox, OutboxRow } from '../../src/outbox/outbox.ts'
import type { Sender } from './sender.ts'
import type { CardPlace, ConversationTables, OwedCard, StoredCard } from './sql.ts'

/** A card that is changed before what is new of its lead is kept. */
export function changeRow(body: ChangedLead): NewRow {
  return { key: EDITS, kind: 'change', body, priority: EDIT_PRIORITY.change }
}

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

/** Of a group's minute so many messages are kept for answers and for saying how many leads wait. */
const KEPT_FOR_TALK = 3

export interface CardsDeps {
  sender: Sender
  tables: ConversationTables
  outbox: Outbox
}

/** The cards of one chat: shown at its pace, changed with their leads, corrected as these grow older. */
export class Cards {
  readonly #deps: CardsDeps
  /** How many waiting leads the digest says; `null` when nobody knows. */
  #saidWaiting: number | null = null

  constructor(deps: CardsDeps) {
    this.#deps = deps
  }

  /** Shows a lead as it is now: in a new message, or in the one that shows it already. */
  async card(row: OutboxRow, leadId: string): Promise<Delivery> {
    const card = this.#deps.tables.card(leadId)
    if (!card) return { result: 'done' }
    return card.messageId === null ? this.#sendCard(row, card) : this.#changeCard(row, card)
  }

  /** Changes a card that shows all it knew so far, before what is new is kept. */
  async change(row: OutboxRow, { lead, place }: ChangedLead): Promise<Delivery> {
    const { tables, sender } = this.#deps
    const card = tables.card(lead.id)
    if (!card?.messageId || card.isOwed || card.lead.version >= lead.version)
      return { result: 'done' }
    const { messageId } = card
    const content = this.#contentOf({ ...card, lead, place })
    return sender.attempt(row, async () => {
      // One that is gone is found so once more, and sent anew.
      if (!(await sender.change(messageId, content))) return
      return () => {
        const ageAt = ageEnd(lead)
        tables.cardChanged(lead, place, ageAt)
        this.#oweRefresh(ageAt)
      }
    })
  }

  /** How many new cards wait for a minute of the group that has room for them. */
  waiting(): number {
    const rows = this.#deps.outbox.bodies(CHAT, PRIORITY.newCard) as { leadId: string }[]
    return this.#deps.tables.countFree(rows.map(({ leadId }) => leadId))
  }

  /** Whether new cards have to wait: so many come that the group does not take them at once. */
  isCrowded(): boolean {
    const room = this.#deps.sender.pace.room(Date.now(), KEPT_FOR_TALK)
    // Only then are they looked at, one by one.
    return this.#deps.outbox.ahead(CHAT, PRIORITY.newCard).count > room && this.waiting() > room
  }

  /**
   * Whether a lead that is shown has but come to wait too long. Then its card says so when its turn
   * comes among the ages: of a burst hundreds do so within a minute. In the present transaction.
   */
  isLateAlone(lead: LeadData, place: CardPlace): boolean {
    const card = lead.nudges > 0 ? this.#deps.tables.card(lead.id) : null
    if (!card?.messageId || card.isOwed || !isLateAlone(card.lead, lead)) return false
    this.#deps.tables.cardChanged(lead, place, Date.now())
    this.#oweRefresh(Date.now())
    return true
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
    const crowded = isCorrection ? this.#deps.sender.editsCrowded() : null
    if (crowded) return crowded
    const words = waiting > 0 ? 'digest.waiting' : 'digest.done'
    const content = { text: text(place.locale, words, { count: waiting }), ...HTML }
    const next = () => outbox.add([digestRow(place, Date.now() + DIGEST_EVERY_MS)])
    return this.#deps.sender.attempt(row, async () => {
      if (known !== null) {
        if (waiting !== this.#saidWaiting) await this.#deps.sender.change(known, content)
        this.#saidWaiting = waiting
        return () => (waiting > 0 ? next() : tables.saveDigestMessage(null))
      }
      const thread = place.threadId ? { message_thread_id: place.threadId } : {}
      const send = () => this.#deps.sender.sendText({ ...content, ...thread })
      const sent = await this.#deps.sender.send(row, send, (id) =>
        this.#deps.sender.edit(id, content),
      )
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
      const at = this.#deps.sender.pace.nextAt(Date.now(), KEPT_FOR_TALK)
      if (at > Date.now()) return { result: 'later', at, reason: 'PACE', isForAll: false }
    }
    const content = this.#contentOf(card)
    const thread = place.threadId ? { message_thread_id: place.threadId } : {}
    return this.#deps.sender.attempt(row, async () => {
      const send = () => this.#deps.sender.sendText({ ...content, ...thread })
      const sent = await this.#deps.sender.send(row, send, (id) =>
        this.#deps.sender.edit(id, content),
      )
      return () => this.#shown(lead, sent)
    })
  }

  async #changeCard(row: OutboxRow, card: StoredCard): Promise<Delivery> {
    const { tables } = this.#deps
    const { lead, messageId } = card
    const content = this.#contentOf(card)
    return this.#deps.sender.attempt(row, async () => {
      if (messageId !== null && (await this.#deps.sender.change(messageId, content))) {
        return () => this.#shown(lead)
      }
      // Somebody has deleted it: it is shown anew.
      return () => this.#oweCard(tables.cardGone(lead.id))
    })
  }

  /** The card shows the lead as it was; what it says of its age will not stay true. */
  #shown(lead: LeadData, messageId?: number): void {
    this.#oweRefresh(this.#note(lead, messageId))
  }

  #oweRefresh(ageAt: number | null): void {
    const { outbox } = this.#deps
    const { nextAt } = outbox.ahead(EDITS, EDIT_PRIORITY.refresh)
    if (ageAt !== null && (nextAt ?? Infinity) > ageAt) outbox.add([refreshRow(ageAt)])
  }

  /** Keeps what a card shows now, and when its age has to be corrected (ms). */
  #note(lead: LeadData, messageId?: number): number | null {
    const ageAt = ageEnd(lead)
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
    const crowded = this.#deps.sender.editsCrowded()
    if (crowded) return crowded
    const { lead, messageId } = card
    return this.#deps.sender.attempt(row, async () => {
      const isThere = await this.#deps.sender.change(messageId, this.#contentOf(card))
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

  #oweCard(card: OwedCard | null): void {
    if (card) this.#deps.outbox.add([cardRow(card)])
  }
}

/** Whether a lead is as it was, but that somebody was reminded of it. */
function isLateAlone(before: LeadData, lead: LeadData): boolean {
  const { nudges, nudgedAt, updatedAt, version } = lead
  const late = { ...before, nudges, nudgedAt, updatedAt, version }
  return version > before.version && JSON.stringify(late) === JSON.stringify(leadSchema.parse(lead))
}

/** When what a card says of a lead's age will not be true any more (ms). */
function ageEnd(lead: LeadData): number | null {
  return isUnanswered(lead) ? ageStep(lead.waitingSince, Date.now()).nextAt : null
}
