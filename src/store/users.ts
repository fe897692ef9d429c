import { z } from 'zod'
import { LOCALES, type Locale } from '../locales.ts'
import { isoTime } from '../time.ts'

export const USER_ROLES = ['client', 'manager', 'admin'] as const

/** A person known by Telegram id. */
export const userSchema = z.object({
  id: z.string(),
  role: z.enum(USER_ROLES),
  name: z.string(),
  username: z.string().nullable(),
  locale: z.enum(LOCALES).nullable(),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type User = z.infer<typeof userSchema>
export type UserRole = User['role']

const COLUMNS = `id, role, name, username, locale, created_at AS createdAt, updated_at AS updatedAt`

export async function findUser(db: D1Database, id: string): Promise<User | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM users WHERE id = ?1`).bind(id).first<User>()
}

export async function findUserByToken(db: D1Database, tokenHash: string): Promise<User | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM users WHERE token_hash = ?1`)
    .bind(tokenHash)
    .first<User>()
}

/** Users by role and name; at most 1,000, which no agency reaches. */
export async function listUsers(db: D1Database, role?: UserRole): Promise<User[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM users WHERE ?1 IS NULL OR role = ?1
       ORDER BY role, name, id LIMIT 1000`,
    )
    .bind(role ?? null)
    .all<User>()
  return results
}

/** Writes down a person; one we know keeps their role, unless they are an admin by configuration. */
export async function registerUser(
  db: D1Database,
  user: { id: string; name: string; username: string | null; locale: Locale; isAdmin: boolean },
): Promise<User> {
  const row = await db
    .prepare(
      `INSERT INTO users (id, role, name, username, locale, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6)
       ON CONFLICT (id) DO UPDATE SET
         name = excluded.name, username = excluded.username, updated_at = excluded.updated_at,
         role = CASE WHEN excluded.role = 'admin' THEN 'admin' ELSE users.role END
       RETURNING ${COLUMNS}`,
    )
    .bind(
      user.id,
      user.isAdmin ? 'admin' : 'client',
      user.name,
      user.username,
      user.locale,
      isoTime(),
    )
    .first<User>()
  if (!row) throw new Error('D1 returned no row for an upsert')
  return row
}

/** Telegram ids of those who work here: every role but the clients'. */
export async function listStaffIds(db: D1Database): Promise<string[]> {
  const { results } = await db
    .prepare("SELECT id FROM users WHERE role <> 'client' ORDER BY role, id LIMIT 1000")
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}

/**
 * Gives a person a role; whoever is signed in as them with another is so no more. False when nobody
 * has this id.
 */
export async function setUserRole(db: D1Database, id: string, role: UserRole): Promise<boolean> {
  const [, updated] = await db.batch([
    db
      .prepare(
        `DELETE FROM sessions WHERE user_id = ?1
           AND EXISTS (SELECT 1 FROM users WHERE id = ?1 AND role <> ?2)`,
      )
      .bind(id, role),
    db
      .prepare('UPDATE users SET role = ?2, updated_at = ?3 WHERE id = ?1')
      .bind(id, role, isoTime()),
  ])
  return updated !== undefined && updated.meta.changes > 0
}

export async function setUserLocale(db: D1Database, id: string, locale: Locale): Promise<void> {
  await db
    .prepare('UPDATE users SET locale = ?2, updated_at = ?3 WHERE id = ?1')
    .bind(id, locale, isoTime())
    .run()
}

/**
 * Gives a person a new token instead of the one before, and ends every session that was begun with
 * it; only the token's hash is kept.
 */
export async function setUserToken(db: D1Database, id: string, tokenHash: string): Promise<void> {
  await db.batch([
    db
      .prepare('UPDATE users SET token_hash = ?2, updated_at = ?3 WHERE id = ?1')
      .bind(id, tokenHash, isoTime()),
    db.prepare('DELETE FROM sessions WHERE user_id = ?1').bind(id),
  ])
}
