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
    // Who was given the turn and is gone meanwhile makes way.
    this.#sql.exec('DELETE FROM given WHERE turn = ?', turn)
    const { seq } = this.#sql
      .exec<{ seq: number }>(
        `INSERT INTO given (seq, turn, lead_id, user_id, at)
         VALUES ((SELECT coalesce(max(last), 0) + 1 FROM turn), ?, ?, ?, ?) RETURNING seq`,
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
    // Two go for one that comes: it never grows, and never costs more with many.
    this.#sql.exec(
      `DELETE FROM given WHERE seq IN (SELECT seq FROM given ORDER BY seq LIMIT 2) AND at < ?`,
      at - KEPT_MS,
    )
  }

  lastTurnOf(userId: string): number {
    const [row] = this.#sql
      .exec<{ last: number }>('SELECT last FROM turn WHERE user_id = ?', userId)
      .toArray()
    return row?.last ?? 0
  }

  /** The leads that were given so lately that the lists may not show it, the last first. */
  justGiven(now: number): { leadId: string; userId: string }[] {
    const rows = this.#sql.exec<{ leadId: string; userId: string; at: number }>(
      'SELECT lead_id AS leadId, user_id AS userId, at FROM given ORDER BY seq DESC',
    )
    const given: { leadId: string; userId: string }[] = []
    for (const { at, ...one } of rows) {
      if (at <= now - UNSEEN_MS) break
      given.push(one)
    }
    return given
  }
}
