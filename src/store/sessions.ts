import { isoTime } from '../time.ts'

export async function insertSession(
  db: D1Database,
  session: { idHash: string; userId: string; expiresAt: string },
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO sessions (id_hash, user_id, expires_at, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?4)`,
    )
    .bind(session.idHash, session.userId, session.expiresAt, isoTime())
    .run()
}

/** The Telegram id of whose session it is; `null` when there is none or it has run out. */
export async function findSessionUser(db: D1Database, idHash: string): Promise<string | null> {
  return db
    .prepare('SELECT user_id FROM sessions WHERE id_hash = ?1 AND expires_at > ?2')
    .bind(idHash, isoTime())
    .first<string>('user_id')
}

export async function deleteSession(db: D1Database, idHash: string): Promise<void> {
  await db.prepare('DELETE FROM sessions WHERE id_hash = ?1').bind(idHash).run()
}

export async function deleteExpiredSessions(db: D1Database): Promise<void> {
  await db.prepare('DELETE FROM sessions WHERE expires_at <= ?1').bind(isoTime()).run()
}
