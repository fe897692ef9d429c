import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allowAny } from '../auth/authenticate.ts'
import { type Caller, confinementOf } from '../auth/caller.ts'
import { isConfined, SCOPES } from '../auth/permissions.ts'
import { projectIdsOfLatest } from '../store/leads.ts'
import { listProjects, type Project } from '../store/projects.ts'
import { tells } from './openapi.ts'

const answer = z.object({
  kind: z.enum(['key', 'session']),
  id: z.string(),
  name: z.string(),
  role: z.string(),
  scopes: z.array(z.enum(SCOPES)),
  projects: z.array(z.object({ id: z.string(), name: z.string() })),
})

/** Who asks, and what they may. */
export const me = new Hono<AppEnv>().get('/', allowAny, tells('Who I am', answer), async (c) => {
  const { caller } = c.var
  const projects = await projectsFor(c.env.DB, caller)
  return c.json({
    ...caller,
    scopes: [...caller.scopes],
    projects: projects.map(({ id, name }) => ({ id, name })),
  })
})

/** Who sees only leads of their own learns of no projects but those. */
async function projectsFor(db: D1Database, caller: Caller): Promise<Project[]> {
  const all = await listProjects(db)
  if (!isConfined(caller.role)) return all
  const own = await projectIdsOfLatest(db, confinementOf(caller))
  return all.filter(({ id }) => own.has(id))
}
