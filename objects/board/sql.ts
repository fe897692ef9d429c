/** So long a lead that was given may be missing from the lists. */
const UNSEEN_MS = 10_000

/** A turn is asked for again within moments; what is older is only counted by its worker. */
const KEPT_MS = 48 * 3_600_000

/** The tables of one Board: who was given which lead. */
export class BoardTables {
  readonly #sql: SqlStorage

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  create(): void {
    this.#sql.exec(
      `CREATE TABLE IF NOT EXISTS given (seq INTEGER PRIMARY KEY, turn TEXT NOT NULL UNIQUE,
         lead_id TEXT NOT NULL, user_id TEXT NOT NULL, at INTEGER NOT NULL);
       CREATE TABLE IF NOT EXISTS turn (user_id TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID`,
    )
  }

  /** Who was given this turn; `null` when nobody so far. */
  givenFor(turn: string): string | null {
    const [row] = this.#sql
      .exec<{ id: string }>('SELECT user_id AS id FROM given WHERE turn = ?', turn)
      .toArray()
    return row?.id ?? null
  }

  give({ turn, leadId, userId, at }: { turn: string; leadId: string; userId: string; at: number }) {
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        'INSERT INTO given (turn, lead_id, user_id, at) VALUES (?, ?, ?, ?) RETURNING seq',
        turn,
        leadId,
        userId,
        at,
      )
      .one()
    this.#sql.exec(
      `INSERT INTO turn (user_id, last) VALUES (?1, ?2)
       ON CONFLICT (user_id) DO UPDATE SET last = excluded.last`,
      userId,
      seq,
    )
    this.#sql.exec('DELETE FROM given WHERE at < ? AND seq < ?', at - KEPT_MS, seq)
  }

  lastTurnOf(userId: string): number {
    const [row] = this.#sql
      .exec<{ last: number }>('SELECT last FROM turn WHERE user_id = ?', userId)
      .toArray()
    return row?.last ?? 0
  }

  /** Leads given to a worker so lately that the lists may not show it. */
  justGiven(userId: string, now: number): number {
    return this.#sql
      .exec<{ n: number }>(
        'SELECT count(*) AS n FROM given WHERE user_id = ? AND at > ?',
        userId,
        now - UNSEEN_MS,
      )
      .one().n
  }
}
