import { isoTime } from '../time.ts'

/** Somebody who works the project's leads. */
export interface Worker {
  id: string
  name: string
}

/** Makes a person work a project's leads; once more changes nothing. */
export async function addMember(db: D1Database, projectId: string, userId: string): Promise<void> {
  await db
    .prepare(
      `INSERT INTO members (project_id, user_id, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)
       ON CONFLICT DO NOTHING`,
    )
    .bind(projectId, userId, isoTime())
    .run()
}

export async function removeMember(
  db: D1Database,
  projectId: string,
  userId: string,
): Promise<void> {
  await db
    .prepare('DELETE FROM members WHERE project_id = ?1 AND user_id = ?2')
    .bind(projectId, userId)
    .run()
}

/** Ids of those who work a project's leads; none: everybody who may. */
export async function listMemberIds(db: D1Database, projectId: string): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT user_id AS id FROM members WHERE project_id = ?1 ORDER BY user_id')
    .bind(projectId)
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}

/**
 * The managers whom a project's leads can be given to in turn: its members, or all when it has none;
 * without those who are away, have blocked the bot, or are managers no more.
 */
export async function listWorkers(db: D1Database, projectId: string): Promise<Worker[]> {
  const { results } = await db
    .prepare(
      `SELECT id, name FROM users
       WHERE role = 'manager' AND away_since IS NULL AND blocked_at IS NULL AND (
         id IN (SELECT user_id FROM members WHERE project_id = ?1)
         OR NOT EXISTS (SELECT 1 FROM members WHERE project_id = ?1))
       ORDER BY id`,
    )
    .bind(projectId)
    .all<Worker>()
  return results
}
