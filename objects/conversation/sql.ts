import type { UserFromGetMe } from 'grammy/types'
import type { Memory } from '../../src/bot/context.ts'
import { isUnanswered, type LeadData, leadSchema } from '../../src/lead.ts'
import type { Locale } from '../../src/locales.ts'
import { ShownLeads } from './shown-leads.ts'

/** Where and how a card stands in this chat. */
export interface CardPlace {
  threadId: number | null
  locale: Locale
  timezone: string
}

/** A lead's card in this chat; `messageId` is `null` until Telegram has taken it. */
export interface StoredCard {
  lead: LeadData
  place: CardPlace
  messageId: number | null
  /** Whether it is to be sent or changed, or could not be. */
  isOwed: boolean
}

/** A lead that waits too long. */
export interface OverdueLead {
  leadId: string
  name: string | null
  waitingSince: string
  threadId: number | null
}

/** A card that has to be sent or changed. */
export interface OwedCard {
  leadId: string
  isNew: boolean
  /** What was owed for it was parked: it is owed instead of that. */
  wasParked?: boolean
}

/** Telegram gives an update up after 24 hours; twice that is sure. */
const UPDATES_KEPT_MS = 48 * 3_600_000

const ME_KNOWN_MS = 24 * 3_600_000

const NOTHING: Memory = {
  locale: null,
  form: null,
  hasKeyboard: false,
  origin: null,
  sentIn: [],
  batch: null,
  movedTo: null,
  shut: null,
  lostTopics: [],
}

/** The tables of one Conversation. */
export class ConversationTables {
  /** What of leads is shown here besides their cards. */
  readonly shown: ShownLeads
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
    this.shown = new ShownLeads(sql)
  }

  create(): void {
    this.shown.create()
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS seen (update_id INTEGER PRIMARY KEY, at INTEGER NOT NULL);
       CREATE TABLE IF NOT EXISTS told (key TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS card (
         lead_id TEXT PRIMARY KEY, body TEXT NOT NULL, place TEXT NOT NULL, message_id INTEGER,
         version INTEGER NOT NULL, shown_version INTEGER NOT NULL, is_owed INTEGER NOT NULL,
         sent_at INTEGER, age_at INTEGER
       ) WITHOUT ROWID;
       CREATE INDEX IF NOT EXISTS card_by_message ON card (message_id) WHERE message_id IS NOT NULL;
       CREATE INDEX IF NOT EXISTS card_by_age ON card (age_at) WHERE age_at IS NOT NULL;
       CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID`,
    )
  }

  memory(): Memory {
    // What it came to remember later is missing in an older one.
    return { ...structuredClone(NOTHING), ...(this.#fact('memory') as Partial<Memory> | null) }
  }

  saveMemory(memory: Memory): void {
    this.#saveFact('memory', memory)
  }

  /** The bot itself, as Telegram has described it within a day: it can be renamed. */
  me(now: number): UserFromGetMe | null {
    const known = this.#fact('me') as { me: UserFromGetMe; at: number } | null
    return known && known.at > now - ME_KNOWN_MS ? known.me : null
  }

  saveMe(me: UserFromGetMe, at: number): void {
    this.#saveFact('me', { me, at })
  }

  hasSeen(updateId: number): boolean {
    const sql = 'SELECT 1 FROM seen WHERE update_id = ?'
    return this.#sql.exec(sql, updateId).toArray().length > 0
  }

  see(updateId: number, now: number): void {
    this.#sql.exec('INSERT INTO seen (update_id, at) VALUES (?, ?)', updateId, now)
  }

  /** Forgets what can come no more. */
  forget(now: number): void {
    this.#sql.exec('DELETE FROM seen WHERE at < ?', now - UPDATES_KEPT_MS)
    this.#sql.exec('DELETE FROM told WHERE at < ?', now - UPDATES_KEPT_MS)
  }

  /** False when what has this key was told before. */
  tell(key: string, now: number): boolean {
    const sql = 'INSERT INTO told (key, at) VALUES (?, ?) ON CONFLICT DO NOTHING'
    return this.#sql.exec(sql, key, now).rowsWritten > 0
  }

  card(leadId: string): StoredCard | null {
    const [row] = this.#sql
      .exec<{ body: string; place: string; message_id: number | null; is_owed: number }>(
        'SELECT body, place, message_id, is_owed FROM card WHERE lead_id = ?',
        leadId,
      )
      .toArray()
    if (!row) return null
    return {
      lead: leadSchema.parse(JSON.parse(row.body)),
      place: JSON.parse(row.place),
      messageId: row.message_id,
      isOwed: row.is_owed !== 0,
    }
  }

  /** Keeps a newer version of a lead; its card, when it has to be owed and is not yet. */
  saveCard(lead: LeadData, place: CardPlace): OwedCard | null {
    const sql = 'UPDATE card SET is_owed = 0 WHERE lead_id = ? AND is_owed < 0 AND version < ?'
    const wasParked = this.#sql.exec(sql, lead.id, lead.version).rowsWritten > 0
    const [row] = this.#sql
      .exec<{ is_owed: number; message_id: number | null }>(
        `INSERT INTO card (lead_id, body, place, version, shown_version, is_owed)
         VALUES (?1, ?2, ?3, ?4, 0, 1)
         ON CONFLICT (lead_id) DO UPDATE SET body = excluded.body, place = excluded.place,
           version = excluded.version, is_owed = card.is_owed + 1
         WHERE excluded.version > card.version
         RETURNING is_owed, message_id`,
        lead.id,
        JSON.stringify(lead),
        JSON.stringify(place),
        lead.version,
      )
      .toArray()
    if (row?.is_owed !== 1) return null
    return { leadId: lead.id, isNew: row.message_id === null, wasParked }
  }

  /** What was owed for a card is parked: its next change is owed anew. */
  cardParked(leadId: string): void {
    this.#sql.exec('UPDATE card SET is_owed = -1 WHERE lead_id = ?', leadId)
  }

  /** What was parked for cards is owed again. */
  cardsRevived(): void {
    this.#sql.exec('UPDATE card SET is_owed = 1 WHERE is_owed < 0')
  }

  /** The cards that somebody still needs to see. */
  openCards(): Pick<StoredCard, 'lead' | 'place'>[] {
    return this.#sql
      .exec<{ body: string; place: string }>(
        `SELECT body, place FROM card WHERE body ->> '$.status' <> 'closed' OR is_owed <> 0`,
      )
      .toArray()
      .map(({ body, place }) => ({
        lead: leadSchema.parse(JSON.parse(body)),
        place: JSON.parse(place),
      }))
  }

  /** Nothing is owed for cards here any more. */
  dropCards(): void {
    this.#sql.exec('UPDATE card SET is_owed = 0 WHERE is_owed <> 0')
  }

  /**
   * Has the cards of these leads stand in another topic: they are owed there anew. What is returned
   * are those, and the message that each leaves behind.
   */
  moveCards(
    leadIds: string[],
    threadId: number | null,
  ): (OwedCard & { messageId: number | null })[] {
    return leadIds.flatMap((leadId) => {
      const card = this.card(leadId)
      if (!card || card.place.threadId === threadId) return []
      this.#sql.exec(
        `UPDATE card SET place = ?, message_id = NULL, shown_version = 0, is_owed = 1
         WHERE lead_id = ?`,
        JSON.stringify({ ...card.place, threadId }),
        leadId,
      )
      return [{ leadId, isNew: true, messageId: card.messageId }]
    })
  }

  /**
   * The card shows this version now, in a new message when one is given. It, when it has changed
   * meanwhile and is owed anew.
   */
  cardShown(
    leadId: string,
    version: number,
    { ageAt, messageId }: { ageAt: number | null; messageId?: number },
  ): OwedCard | null {
    const sent = messageId === undefined ? '' : 'message_id = ?4, sent_at = ?5, '
    const [row] = this.#sql
      .exec<{ is_owed: number }>(
        `UPDATE card SET ${sent}shown_version = ?2, is_owed = version > ?2, age_at = ?3
         WHERE lead_id = ?1 RETURNING is_owed`,
        leadId,
        version,
        ageAt,
        ...(messageId === undefined ? [] : [messageId, Date.now()]),
      )
      .toArray()
    return row?.is_owed === 1 ? { leadId, isNew: false } : null
  }

  /** When the cards of these leads were sent, ms; 0 of those that were before that was noted. */
  cardsShown(leadIds: string[]): { leadId: string; at: number }[] {
    return this.#sql
      .exec<{ lead_id: string; sent_at: number | null }>(
        `SELECT lead_id, sent_at FROM card
         WHERE lead_id IN (SELECT value FROM json_each(?)) AND message_id IS NOT NULL`,
        JSON.stringify(leadIds),
      )
      .toArray()
      .map((row) => ({ leadId: row.lead_id, at: row.sent_at ?? 0 }))
  }

  /** The card was changed to a newer version of its lead, which nobody has kept so far. */
  cardChanged(lead: LeadData, place: CardPlace, ageAt: number | null): void {
    this.#sql.exec(
      `UPDATE card SET body = ?1, place = ?2, version = ?3, shown_version = ?3, age_at = ?4
       WHERE lead_id = ?5 AND version < ?3`,
      JSON.stringify(lead),
      JSON.stringify(place),
      lead.version,
      ageAt,
      lead.id,
    )
  }

  /** The card's message is no more: it has to be sent anew. */
  cardGone(leadId: string): OwedCard {
    this.#sql.exec(
      'UPDATE card SET message_id = NULL, is_owed = 1, age_at = NULL WHERE lead_id = ?',
      leadId,
    )
    return { leadId, isNew: true }
  }

  /** The lead whose card says an age that has passed, and has waited longest to be corrected. */
  oldestAge(): { leadId: string; at: number } | null {
    const [row] = this.#sql
      .exec<{ id: string; at: number }>(
        `SELECT lead_id AS id, age_at AS at FROM card WHERE age_at IS NOT NULL
         ORDER BY age_at LIMIT 1`,
      )
      .toArray()
    return row ? { leadId: row.id, at: row.at } : null
  }

  /** The card is not shown; it is when its lead changes again. */
  skipCard(leadId: string): void {
    this.#sql.exec('UPDATE card SET is_owed = 0 WHERE lead_id = ?', leadId)
  }

  /** How many of these leads are free to be taken. */
  countFree(leadIds: string[]): number {
    if (leadIds.length === 0) return 0
    return this.#sql
      .exec<{ n: number }>(
        `SELECT count(*) AS n FROM card WHERE lead_id IN (SELECT value FROM json_each(?))
           AND body ->> '$.status' = 'new'`,
        JSON.stringify(leadIds),
      )
      .one().n
  }

  /** When the last cards were sent, ms; at most so many. */
  lastSent(limit: number): number[] {
    return this.#sql
      .exec<{ at: number | null }>(
        `SELECT sent_at AS at FROM card WHERE message_id IS NOT NULL
         ORDER BY message_id DESC LIMIT ?`,
        Math.min(limit, 1_000),
      )
      .toArray()
      .flatMap(({ at }) => at ?? [])
  }

  /** The message whose buttons belong to the request that is being left; `null` when none has any. */
  formButtons(): number | null {
    return this.#fact('form_buttons') as number | null
  }

  saveFormButtons(messageId: number | null): void {
    if (messageId !== this.formButtons()) this.#saveFact('form_buttons', messageId)
  }

  /** This message has no buttons any more. */
  buttonsGone(messageId: number): void {
    if (this.formButtons() === messageId) this.saveFormButtons(null)
  }

  /** The message that says how many leads wait to be shown; `null` when none does. */
  digestMessage(): number | null {
    return this.#fact('digest') as number | null
  }

  saveDigestMessage(messageId: number | null): void {
    this.#saveFact('digest', messageId)
  }

  /** A lead that waits too long, to be told of with the others. */
  addOverdue(lead: OverdueLead): void {
    const { leads, toldAt } = this.overdue()
    this.#saveFact('overdue', { leads: [...leads, lead], toldAt })
  }

  /** The leads that wait too long and were not told of yet, and when others last were (ms). */
  overdue(): { leads: OverdueLead[]; toldAt: number } {
    const known = this.#fact('overdue') as { leads: OverdueLead[]; toldAt: number } | null
    return known ?? { leads: [], toldAt: 0 }
  }

  /** All were told of; `at`: when (ms). */
  overdueTold(at: number): void {
    this.#saveFact('overdue', { leads: [], toldAt: at })
  }

  /** Whether a lead waits for an answer, as far as this chat knows; `null` when it never saw it. */
  isUnanswered(leadId: string): boolean | null {
    const lead = this.card(leadId)?.lead
    return lead ? isUnanswered(lead) : null
  }

  leadOfCard(messageId: number): string | null {
    const [row] = this.#sql
      .exec<{ lead_id: string }>('SELECT lead_id FROM card WHERE message_id = ?', messageId)
      .toArray()
    return row?.lead_id ?? this.shown.in(messageId)?.id ?? null
  }

  /** The id of the last message of ours here that Telegram has confirmed; 0 when there is none. */
  lastMessage(): number {
    const sql = 'SELECT coalesce(max(message_id), 0) AS id FROM card WHERE message_id IS NOT NULL'
    const lastCard = this.#sql.exec<{ id: number }>(sql).one().id
    return Math.max(lastCard, (this.#fact('last_message') as number | null) ?? 0)
  }

  /** Remembers a message that is no card; those are remembered with the card. */
  saveLastMessage(messageId: number): void {
    const known = (this.#fact('last_message') as number | null) ?? 0
    if (messageId > known) this.#saveFact('last_message', messageId)
  }

  /** What was stored under a name, by this file alone. */
  #fact(name: string): unknown {
    const [row] = this.#sql
      .exec<{ body: string }>('SELECT body FROM fact WHERE name = ?', name)
      .toArray()
    return row ? JSON.parse(row.body) : null
  }

  #saveFact(name: string, fact: unknown): void {
    this.#sql.exec(
      `INSERT INTO fact (name, body) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET body = excluded.body WHERE fact.body <> excluded.body`,
      name,
      JSON.stringify(fact),
    )
  }
}
