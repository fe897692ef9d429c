import { type Actor, type LeadData, leadSchema } from '../../src/lead.ts'

/** What happened to a lead, as it is written down for ever. */
export interface LeadEvent {
  seq: number
  type: string
  actor: { id: string; name: string } | null
  at: string
  /** What the command brought, as JSON. */
  data: string
}

/** The tables of one Lead: its present state, its history with the ids of commands done. */
export class LeadTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Whether the lead was ever received; before that its object holds no tables at all. */
  exist(): boolean {
    const sql = `SELECT 1 FROM sqlite_master WHERE name = 'lead'`
    return this.#sql.exec(sql).toArray().length > 0
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE lead (id INTEGER PRIMARY KEY CHECK (id = 1), body TEXT NOT NULL, chats TEXT NOT NULL,
         timer_at INTEGER);
       CREATE TABLE event (seq INTEGER PRIMARY KEY, command TEXT NOT NULL, type TEXT NOT NULL,
         actor TEXT, at TEXT NOT NULL, data TEXT NOT NULL)`,
    )
  }

  lead(): LeadData | null {
    const [row] = this.#sql.exec<{ body: string }>('SELECT body FROM lead').toArray()
    return row ? leadSchema.parse(JSON.parse(row.body)) : null
  }

  /** The lead as it is now, when it next does something by itself (ms), and a chat that shows it. */
  save(lead: LeadData, timerAt: number | null, chatId: string | null): void {
    const chats = new Set([...this.chats(), ...(chatId === null ? [] : [chatId])])
    this.#sql.exec(
      `INSERT INTO lead (id, body, chats, timer_at) VALUES (1, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body, chats = excluded.chats,
         timer_at = excluded.timer_at`,
      JSON.stringify(lead),
      JSON.stringify([...chats]),
      timerAt,
    )
  }

  /** The chats that show this lead's card. */
  chats(): string[] {
    const [row] = this.#sql.exec<{ chats: string }>('SELECT chats FROM lead').toArray()
    return row ? JSON.parse(row.chats) : []
  }

  /** The lead's card stands in this chat too. */
  addChat(chatId: string): void {
    const chats = this.chats()
    if (chats.includes(chatId)) return
    this.#sql.exec('UPDATE lead SET chats = ?', JSON.stringify([...chats, chatId]))
  }

  /** When the lead next does something by itself, ms. */
  timerAt(): number | null {
    if (!this.exist()) return null
    const [row] = this.#sql.exec<{ at: number | null }>('SELECT timer_at AS at FROM lead').toArray()
    return row?.at ?? null
  }

  /** Written only when it is another time. */
  saveTimerAt(at: number | null): void {
    this.#sql.exec('UPDATE lead SET timer_at = ?1 WHERE timer_at IS NOT ?1', at)
  }

  isDone(commandId: string): boolean {
    const sql = 'SELECT 1 FROM event WHERE command = ?'
    return this.#sql.exec(sql, commandId).toArray().length > 0
  }

  record(event: {
    command: string
    type: string
    actor: Actor | null
    at: string
    data: Record<string, unknown>
  }): void {
    const { command, type, actor, at, data } = event
    const by = actor && JSON.stringify({ id: actor.id, name: actor.name })
    this.#sql.exec(
      'INSERT INTO event (command, type, actor, at, data) VALUES (?, ?, ?, ?, ?)',
      command,
      type,
      by,
      at,
      JSON.stringify(data),
    )
  }

  events(): LeadEvent[] {
    const rows = this.#sql
      .exec<{ seq: number; type: string; actor: string | null; at: string; data: string }>(
        'SELECT seq, type, actor, at, data FROM event ORDER BY seq',
      )
      .toArray()
    return rows.map((row) => ({
      ...row,
      actor: row.actor === null ? null : JSON.parse(row.actor),
    }))
  }
}
