import { isoTime } from '../time.ts'
import { auditOfChange } from './audit.ts'
import type { User } from './users.ts'

export type InviteRole = 'client' | 'manager'

/** A link that gives a role in a project to the first who opens it; its token is kept as a hash. */
export interface Invite {
  tokenHash: string
  role: InviteRole
  projectId: string
  createdBy: string
  expiresAt: string
  usedBy: string | null
  usedAt: string | null
}

const COLUMNS = `token_hash AS tokenHash, role, project_id AS projectId, created_by AS createdBy,
  expires_at AS expiresAt, used_by AS usedBy, used_at AS usedAt`

/** Writes an invitation down; the same once more changes nothing. */
export async function insertInvite(
  db: D1Database,
  invite: Omit<Invite, 'usedBy' | 'usedAt'>,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO invites (token_hash, role, project_id, created_by, expires_at, created_at,
         updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING`,
    )
    .bind(
      invite.tokenHash,
      invite.role,
      invite.projectId,
      invite.createdBy,
      invite.expiresAt,
      isoTime(),
    )
    .run()
}

export async function findInvite(db: D1Database, tokenHash: string): Promise<Invite | null> {
  return db
    .prepare(`SELECT ${COLUMNS} FROM invites WHERE token_hash = ?1`)
    .bind(tokenHash)
    .first<Invite>()
}

/**
 * Gives an invitation to a person, with the role and the membership it is for: all of it or nothing,
 * once. Of several who come at the same time it is one's. A role is never lowered. False when it is
 * used, has expired or is none.
 */
export async function useInvite(
  db: D1Database,
  { tokenHash, user }: { tokenHash: string; user: Pick<User, 'id' | 'name'> },
): Promise<boolean> {
  const now = isoTime()
  // What follows the first statement is for who has just got it: only then the time is this one.
  const isTheirs = 'FROM invites WHERE token_hash = ?1 AND used_by = ?2 AND used_at = ?3'
  const [used] = await db.batch([
    db
      .prepare(
        `UPDATE invites SET used_by = ?2, used_at = ?3, updated_at = ?3
         WHERE token_hash = ?1 AND used_by IS NULL AND expires_at > ?3`,
      )
      .bind(tokenHash, user.id, now),
    // Whoever is signed in with the role of before is so no more: as with every change of a role.
    db
      .prepare(
        `DELETE FROM sessions WHERE user_id = ?2
           AND EXISTS (SELECT 1 FROM users WHERE id = ?2 AND role = 'client')
           AND (SELECT role ${isTheirs}) = 'manager'`,
      )
      .bind(tokenHash, user.id, now),
    db
      .prepare(
        `UPDATE users SET role = 'manager', updated_at = ?3
         WHERE id = ?2 AND role = 'client' AND (SELECT role ${isTheirs}) = 'manager'`,
      )
      .bind(tokenHash, user.id, now),
    db
      .prepare(
        `INSERT INTO members (project_id, user_id, created_at, updated_at)
         SELECT project_id, ?2, ?3, ?3 ${isTheirs} ON CONFLICT DO NOTHING`,
      )
      .bind(tokenHash, user.id, now),
    db
      .prepare(
        `INSERT INTO audit_log (actor_id, actor_name, action, target, details, created_at)
         SELECT ?2, ?4, 'invite.accept', project_id, json_object('role', role), ?3 ${isTheirs}`,
      )
      .bind(tokenHash, user.id, now, user.name),
  ])
  return (used?.meta.changes ?? 0) > 0
}

/** Invitations that can still be used, the latest first. */
export async function listOpenInvites(db: D1Database, limit: number): Promise<Invite[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM invites WHERE used_by IS NULL AND expires_at > ?1
       ORDER BY created_at DESC LIMIT ?2`,
    )
    .bind(isoTime(), limit)
    .all<Invite>()
  return results
}

/** Nobody can use the invitations any more that nobody has used yet; who did that is written down. */
export async function revokeOpenInvites(
  db: D1Database,
  by: Pick<User, 'id' | 'name'>,
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `UPDATE invites SET expires_at = ?1, updated_at = ?1
         WHERE used_by IS NULL AND expires_at > ?1`,
      )
      .bind(isoTime()),
    auditOfChange(db, {
      actorId: by.id,
      actorName: by.name,
      action: 'invite.revoke',
      target: 'all',
      details: {},
    }),
  ])
}
