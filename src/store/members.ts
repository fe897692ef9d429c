import { isoTime } from '../time.ts'
import { auditOfChange } from './audit.ts'

/** Somebody who works the project's leads. */
export interface Worker {
  id: string
  name: string
}

/** The managers among the members of a project. */
const MANAGERS_OF = (project: string) =>
  `SELECT 1 FROM members JOIN users member ON member.id = user_id
   WHERE project_id = ${project} AND member.role = 'manager'`

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

/** Takes a person out of a project, and writes down who did. */
export async function dismissMember(
  db: D1Database,
  {
    projectId,
    userId,
    by,
  }: { projectId: string; userId: string; by: { id: string; name: string } },
): Promise<void> {
  await db.batch([
    db
      .prepare('DELETE FROM members WHERE project_id = ?1 AND user_id = ?2')
      .bind(projectId, userId),
    auditOfChange(db, {
      actorId: by.id,
      actorName: by.name,
      action: 'member.remove',
      target: userId,
      details: { projectId },
    }),
  ])
}

/** A manager who works in a project's chat belongs to it from now on, which is written down once. */
export async function joinProject(
  db: D1Database,
  { projectId, user }: { projectId: string; user: { id: string; name: string } },
): Promise<void> {
  await db.batch([
    db
      .prepare(
        `INSERT INTO members (project_id, user_id, created_at, updated_at) VALUES (?1, ?2, ?3, ?3)
         ON CONFLICT DO NOTHING`,
      )
      .bind(projectId, user.id, isoTime()),
    auditOfChange(db, {
      actorId: user.id,
      actorName: user.name,
      action: 'member.add',
      target: user.id,
      details: { projectId },
    }),
  ])
}

/** How a manager stands to a project; one that has no managers of its own is every manager's. */
export interface ProjectStanding {
  isMember: boolean
  hasManagers: boolean
  isOnlyProject: boolean
}

export async function standingIn(
  db: D1Database,
  projectId: string,
  userId: string,
): Promise<ProjectStanding> {
  const row = await db
    .prepare(
      `SELECT EXISTS (SELECT 1 FROM members WHERE project_id = ?1 AND user_id = ?2) AS isMember,
         EXISTS (${MANAGERS_OF('?1')}) AS hasManagers,
         NOT EXISTS (SELECT 1 FROM projects WHERE id <> ?1) AS isOnlyProject`,
    )
    .bind(projectId, userId)
    .first<Record<keyof ProjectStanding, number>>()
  return {
    isMember: row?.isMember === 1,
    hasManagers: row?.hasManagers === 1,
    isOnlyProject: row?.isOnlyProject === 1,
  }
}

/** Ids of the projects whose leads a manager may work, and of how many others they may not. */
export async function listProjectsToWork(
  db: D1Database,
  userId: string,
): Promise<{ ids: string[]; others: number }> {
  const { results } = await db
    .prepare(
      `SELECT id, NOT EXISTS (${MANAGERS_OF('projects.id')})
         OR id IN (SELECT project_id FROM members WHERE user_id = ?1) AS isTheirs FROM projects`,
    )
    .bind(userId)
    .all<{ id: string; isTheirs: number }>()
  const theirs = results.length === 1 ? results : results.filter(({ isTheirs }) => isTheirs === 1)
  return { ids: theirs.map(({ id }) => id), others: results.length - theirs.length }
}

/** Ids of the projects that a person belongs to. */
export async function listProjectIdsOf(db: D1Database, userId: string): Promise<string[]> {
  const { results } = await db
    .prepare('SELECT project_id AS id FROM members WHERE user_id = ?1')
    .bind(userId)
    .all<{ id: string }>()
  return results.map(({ id }) => id)
}

/**
 * The managers whom a project's leads can be given to in turn: its own, or all when it has none;
 * without those who are away, have blocked the bot, or are managers no more.
 */
export async function listWorkers(db: D1Database, projectId: string): Promise<Worker[]> {
  const { results } = await db
    .prepare(
      `SELECT id, name FROM users
       WHERE role = 'manager' AND away_since IS NULL AND blocked_at IS NULL AND (
         id IN (SELECT user_id FROM members WHERE project_id = ?1)
         OR NOT EXISTS (${MANAGERS_OF('?1')}))
       ORDER BY id`,
    )
    .bind(projectId)
    .all<Worker>()
  return results
}
