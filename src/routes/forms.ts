import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { recordAudit } from '../store/audit.ts'
import {
  findForm,
  type Form,
  formSchema,
  listForms,
  mappingSchema,
  setMapping,
} from '../store/forms.ts'
import { putMetaRoute } from '../store/meta-routes.ts'
import { findProject } from '../store/projects.ts'
import { invalidField, pageOf, takes, tells } from './openapi.ts'

const changes = z.strictObject({
  mapping: mappingSchema
    .refine((mapping) => Object.keys(mapping).length <= 100, { error: 'has too many questions' })
    .optional()
    .describe('What questions ask for, by their keys; the others go by their types'),
  projectId: z.string().max(64).optional().describe('Where its new leads go'),
})

/** The lead forms of Facebook pages: their questions, and where their leads go. */
export const forms = new Hono<AppEnv>()
  .get(
    '/',
    allow('projects:read'),
    tells('Lead forms', pageOf(formSchema)),
    takes('query', z.object({ project: z.string().max(64).optional() })),
    async (c) => {
      const { project: projectId } = c.req.valid('query')
      return c.json({ items: await listForms(c.env.DB, { projectId }), nextCursor: null })
    },
  )
  .patch(
    '/:id',
    allow('connections:manage'),
    tells('Says what the questions of a form ask for, and where its leads go', formSchema),
    takes('param', z.object({ id: z.string().max(64) })),
    takes('json', changes),
    async (c) => {
      const { id } = c.req.valid('param')
      const { mapping, projectId } = c.req.valid('json')
      await existing(c, id)
      if (projectId !== undefined && !(await findProject(c.env.DB, projectId))) {
        throw invalidField('projectId', 'is no project')
      }
      if (mapping) await setMapping(c.env.DB, id, mapping)
      if (projectId !== undefined) {
        await putMetaRoute(c.env.DB, { kind: 'form', metaId: id, projectId })
      }
      const { id: actorId, name: actorName } = c.var.caller
      const details = { ...c.req.valid('json') }
      await recordAudit(c.env.DB, {
        actorId,
        actorName,
        action: 'form.change',
        target: id,
        details,
      })
      return c.json(await existing(c, id))
    },
  )

async function existing(c: Context<AppEnv>, id: string): Promise<Form> {
  const form = await findForm(c.env.DB, id)
  if (!form) throw new AppError('NOT_FOUND', 'There is no such form')
  return form
}
