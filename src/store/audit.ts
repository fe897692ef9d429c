import { isoTime } from '../time.ts'

export interface AuditEntry {
  id: number
  actorId: string
  actorName: string
  action: string
  target: string
  details: Record<string, unknown>
  at: string
}

/** Writes down who did what to what. */
export async function recordAudit(
  db: D1Database,
  entry: Omit<AuditEntry, 'id' | 'at' | 'details'> & { details?: Record<string, unknown> },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO audit_log (actor_id, actor_name, action, target, details, created_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6)`,
    )
    .bind(
      entry.actorId,
      entry.actorName,
      entry.action,
      entry.target,
      JSON.stringify(entry.details ?? {}),
      isoTime(),
    )
    .run()
}

/** Writes down, once for its `ref`, what an outbox may carry out twice. */
export async function recordAuditOnce(
  db: D1Database,
  { ref, ...entry }: Omit<AuditEntry, 'id'> & { ref: string },
): Promise<void> {
  const { actorId, actorName, action, target, details, at } = entry
  await db
    .prepare(
      `INSERT INTO audit_log (actor_id, actor_name, action, target, details, created_at, ref)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING`,
    )
    .bind(actorId, actorName, action, target, JSON.stringify(details), at, ref)
    .run()
}

/** Writes it down in a batch if the statement before it has changed something. */
export function auditOfChange(
  db: D1Database,
  entry: Omit<AuditEntry, 'id' | 'at'>,
): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO audit_log (actor_id, actor_name, action, target, details, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE changes() > 0`,
    )
    .bind(
      entry.actorId,
      entry.actorName,
      entry.action,
      entry.target,
      JSON.stringify(entry.details),
      isoTime(),
    )
}

/** Entries, newest first, before the given id. */
export async function listAudit(
  db: D1Database,
  { before, limit }: { before: number | null; limit: number },
): Promise<AuditEntry[]> {
  const { results } = await db
    .prepare(
      `SELECT id, actor_id AS actorId, actor_name AS actorName, action, target, details,
        created_at AS at
       FROM audit_log WHERE id < coalesce(?1, 9e18) ORDER BY id DESC LIMIT ?2`,
    )
    .bind(before, limit)
    .all<Omit<AuditEntry, 'details'> & { details: string }>()
  return results.map((row) => ({ ...row, details: JSON.parse(row.details) }))
}
