import { z } from 'zod'
import { isoTime } from '../time.ts'

export const ROUTE_KINDS = ['form', 'campaign', 'page'] as const

/** Leads of a form, a campaign or a page go to a project. */
export const metaRouteSchema = z.object({
  kind: z.enum(ROUTE_KINDS),
  metaId: z.string().regex(/^\d{1,32}$/, { error: 'is no id of Meta' }),
  projectId: z.string(),
})

export type MetaRoute = z.infer<typeof metaRouteSchema>

const COLUMNS = 'kind, meta_id AS metaId, project_id AS projectId'

/** All routes, or those to a project. */
export async function listMetaRoutes(db: D1Database, projectId?: string): Promise<MetaRoute[]> {
  const { results } = await db
    .prepare(
      `SELECT ${COLUMNS} FROM meta_routes WHERE ?1 IS NULL OR project_id = ?1
       ORDER BY kind, meta_id`,
    )
    .bind(projectId ?? null)
    .all<MetaRoute>()
  return results
}

/** From now on leads of this go there. */
export async function putMetaRoute(
  db: D1Database,
  { kind, metaId, projectId }: MetaRoute,
): Promise<void> {
  await db
    .prepare(
      `INSERT INTO meta_routes (kind, meta_id, project_id, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?4)
       ON CONFLICT (kind, meta_id) DO UPDATE SET
         project_id = excluded.project_id, updated_at = excluded.updated_at`,
    )
    .bind(kind, metaId, projectId, isoTime())
    .run()
  recent = null
}

/** Forgets a route; false when there is none. */
export async function deleteMetaRoute(
  db: D1Database,
  { kind, metaId }: Pick<MetaRoute, 'kind' | 'metaId'>,
): Promise<boolean> {
  const { meta } = await db
    .prepare('DELETE FROM meta_routes WHERE kind = ?1 AND meta_id = ?2')
    .bind(kind, metaId)
    .run()
  recent = null
  return meta.changes > 0
}

const RECENT_MS = 5_000
let recent: { routes: MetaRoute[]; at: number } | null = null

/** All routes as they were at most five seconds ago: for what is done for every lead. */
export async function recentMetaRoutes(db: D1Database): Promise<MetaRoute[]> {
  const now = Date.now()
  if (recent && now - recent.at < RECENT_MS) return recent.routes
  const routes = await listMetaRoutes(db)
  recent = { routes, at: now }
  return routes
}
