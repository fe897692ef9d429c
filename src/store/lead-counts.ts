/** A project and a time: ISO, the end exclusive. */
interface Span {
  projectId: string
  from: string
  to: string
}

/** What happened to a project's leads within a time. */
export interface Activity {
  received: number
  taken: number
  won: number
  lost: number
}

/** What happens to a lead later than so long after it came is counted no more. */
const COUNTED_FOR_DAYS = 92

const WITHIN = 'project_id = ?1 AND created_at >= ?4 AND created_at < ?3 AND is_test = 0'

/** How many leads were received, first answered, won and lost within a time, each counted by itself. */
export async function countActivity(db: D1Database, span: Span): Promise<Activity> {
  const row = await db
    .prepare(
      `SELECT count(*) FILTER (WHERE created_at >= ?2) AS received,
         count(*) FILTER (WHERE ${isIn('firstResponseAt')}) AS taken,
         count(*) FILTER (WHERE outcome = 'won' AND ${isIn('closedAt')}) AS won,
         count(*) FILTER (WHERE outcome = 'lost' AND ${isIn('closedAt')}) AS lost
       FROM leads WHERE ${WITHIN}`,
    )
    .bind(span.projectId, span.from, span.to, beginOf(span))
    .first<Activity>()
  return row ?? { received: 0, taken: 0, won: 0, lost: 0 }
}

/** How long those waited who were first answered within a time: ms, the shortest first. */
export async function listResponseTimes(db: D1Database, span: Span): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT created_at AS createdAt, body ->> '$.firstResponseAt' AS answeredAt
       FROM leads WHERE ${WITHIN} AND ${isIn('firstResponseAt')}`,
    )
    .bind(span.projectId, span.from, span.to, beginOf(span))
    .all<{ createdAt: string; answeredAt: string }>()
  return results
    .map(({ createdAt, answeredAt }) => Math.max(0, Date.parse(answeredAt) - Date.parse(createdAt)))
    .sort((a, b) => a - b)
}

/** How many of a project's leads nobody has taken. */
export async function countWaiting(db: D1Database, projectId: string): Promise<number> {
  const sql = `SELECT count(*) AS n FROM leads WHERE status = 'new' AND project_id = ?1
    AND is_test = 0`
  return (await db.prepare(sql).bind(projectId).first<number>('n')) ?? 0
}

function isIn(time: 'firstResponseAt' | 'closedAt'): string {
  return `body ->> '$.${time}' >= ?2 AND body ->> '$.${time}' < ?3`
}

function beginOf({ from }: Span): string {
  return new Date(Date.parse(from) - COUNTED_FOR_DAYS * 86_400_000).toISOString()
}
