import { z } from 'zod'
import { LOCALES, type Locale } from '../locales.ts'
import { isoTime } from '../time.ts'
import { auditOfChange } from './audit.ts'

export const USER_ROLES = ['client', 'manager', 'admin'] as const

/** A person known by Telegram id. */
export const userSchema = z.object({
  id: z.string(),
  role: z.enum(USER_ROLES),
  name: z.string(),
  username: z.string().nullable(),
  locale: z.enum(LOCALES).nullable(),
  awaySince: z.string().nullable().describe('Takes no leads in turn until they are back'),
  blockedAt: z.string().nullable().describe('Has blocked the bot: nothing can be said to them'),
  createdAt: z.string(),
  updatedAt: z.string(),
})

export type User = z.infer<typeof userSchema>
export type UserRole = User['role']

const COLUMNS = `id, role, name, username, locale, away_since AS awaySince, blocked_at AS blockedAt,
  created_at AS createdAt, updated_at AS updatedAt`

export async function findUser(db: D1Database, id: string): Promise<User | null> {
  return db.prepare(`SELECT ${COLUMNS} FROM users WHERE id = ?1`).bind(id).first<User>()
}

export async function findUserByToken(db: D1Database, tokenHash: string): Promise<User | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM users WHERE token_hash = ?1`)
    .bind(tokenHash)
    .first<User>()
}

/** The hash of a person's token; `null` while they have none. */
export async function tokenHashOf(db: D1Database, id: string): Promise<string | null> {
  return db
    .prepare('SELECT token_hash AS hash FROM users WHERE id = ?1')
    .bind(id)
    .first<string | null>('hash')
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
    endSessions(db, id, role),
    db
      .prepare('UPDATE users SET role = ?2, updated_at = ?3 WHERE id = ?1')
      .bind(id, role, isoTime()),
  ])
  return updated !== undefined && updated.meta.changes > 0
}

/** Whoever is signed in as a person with another role than this is so no more. */
function endSessions(db: D1Database, id: string, role: UserRole): D1PreparedStatement {
  return db
    .prepare(
      `DELETE FROM sessions WHERE user_id = ?1
         AND EXISTS (SELECT 1 FROM users WHERE id = ?1 AND role <> ?2)`,
    )
    .bind(id, role)
}

export async function setUserLocale(db: D1Database, id: string, locale: Locale): Promise<void> {
  await db
    .prepare('UPDATE users SET locale = ?2, updated_at = ?3 WHERE id = ?1')
    .bind(id, locale, isoTime())
    .run()
}

/** A page of people, those of the team first; one more than asked tells whether there are others. */
export async function listPeople(
  db: D1Database,
  { offset, limit }: { offset: number; limit: number },
): Promise<User[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM users
       ORDER BY CASE role WHEN 'admin' THEN 0 WHEN 'manager' THEN 1 ELSE 2 END, name, id
       LIMIT ?1 OFFSET ?2`,
    )
    .bind(limit, offset)
    .all<User>()
  return results
}

/**
 * Gives a person another role, ends what they are signed in to, and writes down who did; the same once
 * more changes nothing.
 */
export async function changeUserRole(
  db: D1Database,
  { id, role, by }: { id: string; role: UserRole; by: Pick<User, 'id' | 'name'> },
): Promise<boolean> {
  const [, changed] = await db.batch([
    endSessions(db, id, role),
    db
      .prepare('UPDATE users SET role = ?2, updated_at = ?3 WHERE id = ?1 AND role <> ?2')
      .bind(id, role, isoTime()),
    auditOfChange(db, {
      actorId: by.id,
      actorName: by.name,
      action: 'user.role',
      target: id,
      details: { role },
    }),
  ])
  return (changed?.meta.changes ?? 0) > 0
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

/** From now on the person is away, or back; written only when that is new. */
export async function setUserAway(db: D1Database, id: string, isAway: boolean): Promise<void> {
  await setSince(db, id, 'away_since', isAway)
}

/** The person has blocked the bot, or lets it speak again; written only when that is new. */
export async function setUserBlocked(
  db: D1Database,
  id: string,
  hasBlocked: boolean,
): Promise<void> {
  await setSince(db, id, 'blocked_at', hasBlocked)
}

async function setSince(
  db: D1Database,
  id: string,
  column: 'away_since' | 'blocked_at',
  isSo: boolean,
): Promise<void> {
  await db
    .prepare(
      `UPDATE users SET ${column} = CASE WHEN ?2 THEN ?3 END, updated_at = ?3
       WHERE id = ?1 AND (${column} IS NOT NULL) <> ?2`,
    )
    .bind(id, isSo ? 1 : 0, isoTime())
    .run()
}

/** Telegram ids of the admins: those by configuration and those by role. */
export async function adminIds(
  db: D1Database,
  { ADMIN_IDS }: { ADMIN_IDS: string[] },
): Promise<string[]> {
  const admins = await listUsers(db, 'admin')
  return [...new Set([...ADMIN_IDS, ...admins.map(({ id }) => id)])]
}
