import { alertSchema, type ShownAlert } from '../watch/alert.ts'
import type { CampaignNumbers, Spent } from '../watch/numbers.ts'
import { isoTime } from '../time.ts'

/** Writes an alert as it is now; an older version changes nothing. */
export async function upsertAlert(
  db: D1Database,
  { version, ...alert }: ShownAlert & { version: number },
): Promise<void> {
  const body = JSON.stringify(alertSchema.parse(alert))
  await db
    .prepare(
      `INSERT INTO alerts (id, version, project_id, state, body, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT (id) DO UPDATE SET version = excluded.version, state = excluded.state,
         body = excluded.body, updated_at = excluded.updated_at
       WHERE excluded.version > alerts.version`,
    )
    .bind(alert.id, version, alert.projectId, alert.state, body, alert.openedAt, isoTime())
    .run()
}

export async function findAlert(db: D1Database, id: string): Promise<ShownAlert | null> {
  const body = await db
    .prepare('SELECT body FROM alerts WHERE id = ?1')
    .bind(id)
    .first<string>('body')
  return body === null ? null : readAlert(body)
}

/** Alerts, newest first, after the place where the last page ended. */
export async function listAlerts(
  db: D1Database,
  filter: { projectId?: string | undefined; state?: ShownAlert['state'] | undefined },
  { after, limit }: { after: { createdAt: string; id: string } | null; limit: number },
): Promise<ShownAlert[]> {
  const conditions = [
    ...(filter.projectId === undefined ? [] : ['project_id = ?1']),
    // Written out, or the index of the few that are open would not be used.
    ...(filter.state === undefined ? [] : [`state = '${filter.state}'`]),
    ...(after === null ? [] : ['(created_at, id) < (?2, ?3)']),
  ]
  const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''
  const { results } = await db
    .prepare(`SELECT body FROM alerts ${where} ORDER BY created_at DESC, id DESC LIMIT ?4`)
    .bind(filter.projectId ?? null, after?.createdAt ?? null, after?.id ?? null, limit)
    .all<{ body: string }>()
  return results.map(({ body }) => readAlert(body))
}

/** What each campaign of an account has cost and brought today, lately and usually. */
export async function listCampaignNumbers(
  db: D1Database,
  days: { accountId: string; usuallyFrom: string; latelyFrom: string; today: string },
): Promise<CampaignNumbers[]> {
  const { results } = await db
    .prepare(
      `SELECT i.campaign_id AS id, coalesce(c.name, i.campaign_id) AS name,
         ${spent('usual', '?2')}, ${spent('lately', '?3')}, ${spent('today', '?4')}
       FROM insights i LEFT JOIN campaigns c ON c.id = i.campaign_id
       WHERE i.account_id = ?1 AND i.date BETWEEN ?2 AND ?4
       GROUP BY i.campaign_id`,
    )
    .bind(days.accountId, days.usuallyFrom, days.latelyFrom, days.today)
    .all<{ id: string; name: string } & Record<string, number>>()
  return results.map(({ id, name, ...sums }) => ({
    id,
    name,
    usual: spentIn(sums, 'usual'),
    lately: spentIn(sums, 'lately'),
    today: spentIn(sums, 'today'),
  }))
}

function spent(name: string, from: string): string {
  return `coalesce(sum(i.spend_micros) FILTER (WHERE i.date >= ${from}), 0) AS ${name}Micros,
    coalesce(sum(i.leads) FILTER (WHERE i.date >= ${from}), 0) AS ${name}Leads`
}

function spentIn(sums: Record<string, number>, name: string): Spent {
  return { spendMicros: sums[`${name}Micros`] ?? 0, leads: sums[`${name}Leads`] ?? 0 }
}

/** When a project's last lead came; `null` when there never was one. */
export async function lastLeadAt(db: D1Database, projectId: string): Promise<string | null> {
  return db
    .prepare(
      `SELECT created_at AS at FROM leads WHERE project_id = ?1
       ORDER BY created_at DESC, id DESC LIMIT 1`,
    )
    .bind(projectId)
    .first<string>('at')
}

/** So many silences say what is usual as well as all of them do. */
const MAX_TIMES = 2_000

/** When a project's leads came since a time, the last 2,000 at most, in order: ms. */
export async function listLeadTimes(
  db: D1Database,
  projectId: string,
  since: string,
): Promise<number[]> {
  const { results } = await db
    .prepare(
      `SELECT created_at AS at FROM leads WHERE project_id = ?1 AND created_at >= ?2
       ORDER BY created_at DESC, id DESC LIMIT ?3`,
    )
    .bind(projectId, since, MAX_TIMES)
    .all<{ at: string }>()
  return results.map(({ at }) => Date.parse(at)).toReversed()
}

function readAlert(body: string): ShownAlert {
  return alertSchema.parse(JSON.parse(body))
}
