import type { HeadRow, NewRow, OutboxCounts, OutboxRow } from './row.ts'

const SCHEMA = `CREATE TABLE outbox (
  key TEXT NOT NULL, priority INTEGER NOT NULL, seq INTEGER NOT NULL,
  kind TEXT NOT NULL, body TEXT NOT NULL, attempts INTEGER NOT NULL,
  next_at INTEGER, -- ms; NULL: parked
  mark TEXT, reason TEXT,
  failing_since INTEGER, -- ms; since when it fails in a way nobody foresaw, and in no other
  PRIMARY KEY (key, priority, seq)
) WITHOUT ROWID`

// Jumps from key to key instead of reading every row.
const KEYS = `WITH RECURSIVE k(key) AS (
  SELECT min(key) FROM outbox
  UNION ALL SELECT (SELECT min(key) FROM outbox WHERE key > k.key) FROM k WHERE k.key IS NOT NULL
) SELECT key FROM k WHERE key IS NOT NULL`

/** From so many failures that nobody foresaw on, a row is shown with what was parked, and tried on. */
export const SHOWN_AFTER = 10

/** The table of what is owed. What changes it belongs into a transaction of its owner. */
export class OutboxTable {
  readonly #sql: SqlStorage
  /** Known once a transaction that made the table was not undone. */
  #exists = false

  constructor(sql: SqlStorage) {
    this.#sql = sql
  }

  /** Most leads are told of by whoever brought them and never owe anything: they have no table. */
  get isBegun(): boolean {
    const sql = `SELECT 1 FROM sqlite_master WHERE name = 'outbox'`
    return this.#exists || this.#sql.exec(sql).toArray().length > 0
  }

  begin(): void {
    if (!this.isBegun) this.#sql.exec(SCHEMA)
  }

  /** No transaction is open: what exists now stays. */
  settle(): void {
    this.#exists = this.isBegun
  }

  /** When the first of what is owed is due (ms); `null` when nothing is owed but what is parked. */
  nextAt(): number | null {
    if (!this.isBegun) return null
    return this.#sql.exec<{ at: number | null }>('SELECT min(next_at) AS at FROM outbox').one().at
  }

  keys(): string[] {
    if (!this.isBegun) return []
    return this.#sql
      .exec<{ key: string }>(KEYS)
      .toArray()
      .map(({ key }) => key)
  }

  /** Everything that is owed under a key, parked or not, in order. */
  all(key: string): OutboxRow[] {
    if (!this.isBegun) return []
    return this.#rows('WHERE key = ? ORDER BY priority, seq', key)
  }

  /** What goes first under a key. */
  head(key: string, limit: number): HeadRow[] {
    return this.#rows(
      'WHERE key = ? AND next_at IS NOT NULL ORDER BY priority, seq LIMIT ?',
      key,
      limit,
    )
  }

  /** A row as it is now, unless it is parked or no more. */
  row({ key, priority, seq }: OutboxRow): HeadRow[] {
    return this.#rows(
      'WHERE key = ? AND priority = ? AND seq = ? AND next_at IS NOT NULL',
      key,
      priority,
      seq,
    )
  }

  /** Rows that were marked. */
  marked(): OutboxRow[] {
    return this.#rows('WHERE mark IS NOT NULL AND next_at IS NOT NULL')
  }

  parked(): (OutboxRow & { reason: string })[] {
    return this.#rows('WHERE next_at IS NULL ORDER BY seq')
  }

  /** A row that was parked, or has failed so often that it is shown. */
  shown(seq: number): { kind: string; reason: string; attempts: number } | undefined {
    return this.#sql
      .exec<{ kind: string; reason: string; attempts: number }>(
        `SELECT kind, reason, attempts FROM outbox
         WHERE seq = ? AND (next_at IS NULL OR attempts >= ?)`,
        seq,
        SHOWN_AFTER,
      )
      .toArray()[0]
  }

  /** Whether something is owed under a key that goes before this. */
  hasBefore({ key, priority = 0 }: NewRow): boolean {
    if (!this.isBegun) return false
    const sql = `SELECT 1 FROM outbox WHERE key = ? AND priority <= ? AND next_at IS NOT NULL LIMIT 1`
    return this.#sql.exec(sql, key, priority).toArray().length > 0
  }

  /** How much waits under a key with a priority, and when the first of it is due (ms). */
  ahead(key: string, priority: number): { count: number; nextAt: number | null } {
    if (!this.isBegun) return { count: 0, nextAt: null }
    return this.#sql
      .exec<{ count: number; nextAt: number | null }>(
        `SELECT count(*) AS count, min(next_at) AS nextAt FROM outbox
         WHERE key = ? AND priority = ? AND next_at IS NOT NULL`,
        key,
        priority,
      )
      .one()
  }

  /** What waits under a key with a priority, as it was written. */
  bodies(key: string, priority: number): unknown[] {
    if (!this.isBegun) return []
    return this.#sql
      .exec<{ body: string }>(
        'SELECT body FROM outbox WHERE key = ? AND priority = ? AND next_at IS NOT NULL',
        key,
        priority,
      )
      .toArray()
      .map(({ body }) => JSON.parse(body))
  }

  counts(now: number): OutboxCounts {
    if (!this.isBegun) return { waiting: 0, parked: 0, oldestAt: null, reason: null }
    const { oldest, ...counts } = this.#sql
      .exec<{ waiting: number; parked: number; oldest: number | null; reason: string | null }>(
        // What is only meant for later waits for nobody.
        `SELECT count(CASE WHEN waits THEN 1 END) AS waiting, count(*) - count(next_at) AS parked,
          min(CASE WHEN waits THEN seq END) AS oldest,
          max(CASE WHEN waits THEN reason END) AS reason
         FROM (SELECT *, next_at <= ? OR (next_at IS NOT NULL AND reason IS NOT NULL) AS waits
               FROM outbox)`,
        now,
      )
      .one()
    return { ...counts, oldestAt: oldest === null ? null : Math.floor(oldest / 1000) }
  }

  /** The greatest number that was given so far. */
  lastSeq(): number {
    const sql = 'SELECT max(seq) AS seq FROM outbox'
    return this.#sql.exec<{ seq: number | null }>(sql).one().seq ?? 0
  }

  insert({ key, kind, body = null, priority = 0, at }: NewRow, seq: number, now: number): void {
    this.#sql.exec(
      `INSERT INTO outbox (key, priority, seq, kind, body, attempts, next_at)
       VALUES (?, ?, ?, ?, ?, 0, ?)`,
      key,
      priority,
      seq,
      kind,
      JSON.stringify(body),
      at ?? now,
    )
  }

  /** A row of the key and kind that waits takes what is new; false when there is none. */
  replace({ key, kind, body = null, at }: NewRow, now: number): boolean {
    const { rowsWritten } = this.#sql.exec(
      `UPDATE outbox SET body = ?, next_at = min(next_at, ?) WHERE key = ? AND kind = ?`,
      JSON.stringify(body),
      at ?? now,
      key,
      kind,
    )
    return rowsWritten > 0
  }

  /** Takes parked rows of a key and kind away; gives their numbers. */
  takeParked(key: string, kind: string): number[] {
    return this.#sql
      .exec<{ seq: number }>(
        'DELETE FROM outbox WHERE key = ? AND kind = ? AND next_at IS NULL RETURNING seq',
        key,
        kind,
      )
      .toArray()
      .map(({ seq }) => seq)
  }

  /** Takes away a parked row of a kind; false when there is none. */
  dismiss(seq: number, kind: string): boolean {
    const sql = 'DELETE FROM outbox WHERE seq = ? AND kind = ? AND next_at IS NULL'
    return this.#sql.exec(sql, seq, kind).rowsWritten > 0
  }

  remove({ key, priority, seq }: OutboxRow): void {
    const sql = 'DELETE FROM outbox WHERE key = ? AND priority = ? AND seq = ?'
    this.#sql.exec(sql, key, priority, seq)
  }

  /** Takes a row away wherever it stands; says whether it was parked, `null` when there is none. */
  forget(seq: number): { wasParked: boolean } | null {
    const sql = 'DELETE FROM outbox WHERE seq = ? RETURNING next_at'
    const [gone] = this.#sql.exec<{ next_at: number | null }>(sql, seq).toArray()
    return gone ? { wasParked: gone.next_at === null } : null
  }

  mark({ key, priority, seq }: OutboxRow, mark: string | null): void {
    const sql = 'UPDATE outbox SET mark = ? WHERE key = ? AND priority = ? AND seq = ?'
    this.#sql.exec(sql, mark, key, priority, seq)
  }

  /** Makes everything due that waits under keys beginning so. */
  hasten(keyPrefix: string, now: number): void {
    this.#sql.exec(
      `UPDATE outbox SET next_at = ?, failing_since = NULL
       WHERE key >= ? AND key < ? AND next_at > ?`,
      now,
      keyPrefix,
      `${keyPrefix}\uffff`,
      now,
    )
  }

  /** Makes a row due that is shown, as if it had never failed; false when there is none. */
  renew(seq: number, now: number): boolean {
    const { rowsWritten } = this.#sql.exec(
      `UPDATE outbox SET next_at = ?, attempts = 0, reason = NULL, failing_since = NULL
       WHERE seq = ? AND (next_at IS NULL OR attempts >= ?)`,
      now,
      seq,
      SHOWN_AFTER,
    )
    return rowsWritten > 0
  }

  /** Has a row wait until a time (ms). */
  postpone(
    { key, priority, seq }: OutboxRow,
    to: { until: number; isFailure: boolean; reason: string; failingSince: number | null },
  ): void {
    this.#sql.exec(
      `UPDATE outbox SET next_at = ?, attempts = attempts + ?, reason = ?, failing_since = ?
       WHERE key = ? AND priority = ? AND seq = ?`,
      to.until,
      to.isFailure ? 1 : 0,
      to.reason,
      to.failingSince,
      key,
      priority,
      seq,
    )
  }

  park({ key, priority, seq }: OutboxRow, reason: string): void {
    this.#sql.exec(
      `UPDATE outbox SET next_at = NULL, reason = ?, mark = NULL, attempts = attempts + 1
       WHERE key = ? AND priority = ? AND seq = ?`,
      reason,
      key,
      priority,
      seq,
    )
  }

  #rows<Row extends OutboxRow>(where: string, ...values: SqlStorageValue[]): Row[] {
    return this.#sql
      .exec<Row & Record<string, SqlStorageValue>>(`SELECT * FROM outbox ${where}`, ...values)
      .toArray()
  }
}
