import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allowAny } from '../auth/authenticate.ts'
import { SCOPES } from '../auth/permissions.ts'
import { listProjects } from '../store/projects.ts'
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
  const projects = await listProjects(c.env.DB)
  return c.json({
    ...caller,
    scopes: [...caller.scopes],
    projects: projects.map(({ id, name }) => ({ id, name })),
  })
})
