import { isoTime } from '../time.ts'

/** What some object's outbox gave up. */
export interface ParkedRow {
  object: string
  name: string
  seq: number
  kind: string
  reason: string
  attempts: number
}

/** A parked row and when it was parked. */
export type ParkedRowShown = ParkedRow & { at: string }

/** Which row of which object. */
export type ParkedKey = Pick<ParkedRow, 'object' | 'name' | 'seq'>

export async function recordParked(db: D1Database, row: ParkedRow): Promise<void> {
  await db
    .prepare(
      `INSERT INTO parked (object, name, seq, kind, reason, attempts, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT DO UPDATE SET reason = excluded.reason, attempts = excluded.attempts`,
    )
    .bind(row.object, row.name, row.seq, row.kind, row.reason, row.attempts, isoTime())
    .run()
}

export async function forgetParked(db: D1Database, key: ParkedKey): Promise<void> {
  await db
    .prepare('DELETE FROM parked WHERE object = ?1 AND name = ?2 AND seq = ?3')
    .bind(key.object, key.name, key.seq)
    .run()
}

export async function isParked(db: D1Database, key: ParkedKey): Promise<boolean> {
  const row = await db
    .prepare('SELECT 1 FROM parked WHERE object = ?1 AND name = ?2 AND seq = ?3')
    .bind(key.object, key.name, key.seq)
    .first()
  return row !== null
}

/** Parked rows, oldest first; with a reason, only those parked for it, after the one given. */
export async function listParked(
  db: D1Database,
  { reason, after, limit }: { reason?: string; after?: ParkedRowShown | undefined; limit: number },
): Promise<ParkedRowShown[]> {
  const { at = '', object = '', name = '', seq = 0 } = after ?? {}
  const which = 'WHERE reason = ?2 AND (created_at, object, name, seq) > (?3, ?4, ?5, ?6)'
  const { results } = await db
    .prepare(
      `SELECT object, name, seq, kind, reason, attempts, created_at AS at FROM parked
       ${reason === undefined ? '' : which} ORDER BY created_at, object, name, seq LIMIT ?1`,
    )
    .bind(limit, ...(reason === undefined ? [] : [reason, at, object, name, seq]))
    .all<ParkedRowShown>()
  return results
}

/** How many rows are parked, by reason. */
export async function countParked(db: D1Database): Promise<Record<string, number>> {
  const { results } = await db
    .prepare('SELECT reason, count(*) AS n FROM parked GROUP BY reason')
    .all<{ reason: string; n: number }>()
  return Object.fromEntries(results.map(({ reason, n }) => [reason, n]))
}
