import { type CardView, cardViewSchema } from '../../src/bot/card-view.ts'
import type { ShownLead } from '../../src/bot/owed.ts'

/** What of leads a chat shows besides their cards: what is opened on a card, and other messages. */
export class ShownLeads {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS opened (
         lead_id TEXT PRIMARY KEY, version INTEGER NOT NULL, view TEXT NOT NULL
       ) WITHOUT ROWID;
       CREATE TABLE IF NOT EXISTS lead_message (
         message_id INTEGER PRIMARY KEY, lead_id TEXT NOT NULL, version INTEGER NOT NULL
       )`,
    )
  }

  /** Opens something on a lead's card, or folds it up. */
  open(leadId: string, version: number, view: CardView | null): void {
    if (!view) {
      this.#sql.exec('DELETE FROM opened WHERE lead_id = ?', leadId)
      return
    }
    this.#sql.exec(
      `INSERT INTO opened (lead_id, version, view) VALUES (?, ?, ?)
       ON CONFLICT (lead_id) DO UPDATE SET version = excluded.version, view = excluded.view`,
      leadId,
      version,
      JSON.stringify(view),
    )
  }

  /** What is opened on a card of this version: the lead's next one folds it up by itself. */
  view(leadId: string, version: number): CardView | null {
    const [row] = this.#sql
      .exec<{ view: string }>(
        'SELECT view FROM opened WHERE lead_id = ? AND version = ?',
        leadId,
        version,
      )
      .toArray()
    return row ? (cardViewSchema.safeParse(JSON.parse(row.view)).data ?? null) : null
  }

  /** A message that is no card shows a lead as it was in this version. */
  remember(messageId: number, { id, version }: ShownLead): void {
    this.#sql.exec(
      `INSERT INTO lead_message (message_id, lead_id, version) VALUES (?, ?, ?)
       ON CONFLICT (message_id) DO UPDATE SET version = excluded.version`,
      messageId,
      id,
      version,
    )
  }

  /** The lead that a message shows, and in which version. */
  in(messageId: number): ShownLead | null {
    const [row] = this.#sql
      .exec<{ lead_id: string; version: number }>(
        'SELECT lead_id, version FROM lead_message WHERE message_id = ?',
        messageId,
      )
      .toArray()
    return row ? { id: row.lead_id, version: row.version } : null
  }
}
