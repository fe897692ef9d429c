import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import {
  deleteMetaRoute,
  listMetaRoutes,
  metaRouteSchema,
  putMetaRoute,
} from '../store/meta-routes.ts'
import { findProject } from '../store/projects.ts'
import { invalidField, pageOf, takes, tells } from './openapi.ts'

/** To which project the leads of a form, a campaign or a page go. */
export const metaRoutes = new Hono<AppEnv>()
  .get(
    '/',
    allow('connections:manage'),
    tells('Where leads go', pageOf(metaRouteSchema)),
    takes('query', z.object({ project: z.string().max(64).optional() })),
    async (c) => {
      const items = await listMetaRoutes(c.env.DB, c.req.valid('query').project)
      return c.json({ items, nextCursor: null })
    },
  )
  .put(
    '/',
    allow('connections:manage'),
    tells('From now on leads of this go there', metaRouteSchema),
    takes('json', metaRouteSchema.strict()),
    async (c) => {
      const route = c.req.valid('json')
      if (!(await findProject(c.env.DB, route.projectId))) {
        throw invalidField('projectId', 'is no project')
      }
      await putMetaRoute(c.env.DB, route)
      const { id: actorId, name: actorName } = c.var.caller
      const entry = { actorId, actorName, action: 'route.set', target: targetOf(route) }
      await recordAudit(c.env.DB, { ...entry, details: { projectId: route.projectId } })
      return c.json(route)
    },
  )
  .delete(
    '/:kind/:metaId',
    allow('connections:manage'),
    tells('Forgets where leads of this go', null, 204),
    takes('param', metaRouteSchema.pick({ kind: true, metaId: true })),
    async (c) => {
      const route = c.req.valid('param')
      if (!(await deleteMetaRoute(c.env.DB, route))) {
        throw new AppError('NOT_FOUND', 'There is no such route')
      }
      const { id: actorId, name: actorName } = c.var.caller
      const entry = { actorId, actorName, action: 'route.delete', target: targetOf(route) }
      await recordAudit(c.env.DB, entry)
      return c.body(null, 204)
    },
  )

function targetOf({ kind, metaId }: { kind: string; metaId: string }): string {
  return `${kind}:${metaId}`
}
