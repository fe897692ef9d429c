import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { LOCALES } from '../locales.ts'
import { rulesChanged } from '../look-again.ts'
import { RESTATED_DAYS, startAggregation } from '../meta/aggregate.ts'
import { projectRulesChangesSchema, projectRulesSchema } from '../project-rules.ts'
import { recordAudit } from '../store/audit.ts'
import { findConnection } from '../store/connections.ts'
import { reviveConversions } from '../store/conversions.ts'
import {
  findProject,
  insertProject,
  listProjects,
  type Project,
  type ProjectChanges,
  projectSchema,
  updateProject,
} from '../store/projects.ts'
import { isTimezone } from '../timezone.ts'
import { watchChangesSchema, watchSchema } from '../watch/settings.ts'
import { idFor } from './idempotency.ts'
import { invalidField, isRepeatable, pageOf, takes, tells } from './openapi.ts'

const name = z.string().trim().min(1).max(100)

const changes = z.strictObject({
  name: name.optional(),
  timezone: z.string().refine(isTimezone, { error: 'is no IANA timezone' }).nullable().optional(),
  locale: z.enum(LOCALES).nullable().optional(),
  region: z
    .string()
    .regex(/^[A-Z]{2}$/, { error: 'is no country, like UZ' })
    .nullable()
    .optional(),
  connectionId: z.string().max(64).nullable().optional(),
  adAccountId: z.string().max(64).nullable().optional(),
  datasetId: z
    .string()
    .regex(/^\d{5,20}$/, { error: 'is no id of a dataset' })
    .nullable()
    .optional(),
  rules: projectRulesChangesSchema.optional(),
  watch: watchChangesSchema.optional(),
})

const idParam = z.object({ id: z.string().max(64) })

/** Advertised businesses. Their chats are bound in Telegram, by /bind. */
export const projects = new Hono<AppEnv>()
  .get('/', allow('projects:read'), tells('Projects', pageOf(projectSchema)), async (c) =>
    c.json({ items: await listProjects(c.env.DB), nextCursor: null }),
  )
  .post(
    '/',
    allow('projects:write'),
    tells('Begins a project; 200 when its Idempotency-Key has begun it', projectSchema, 201, 200),
    isRepeatable,
    takes('json', z.strictObject({ name })),
    async (c) => {
      const id = idFor(c, 'project')
      const isNew = await insertProject(c.env.DB, id, c.req.valid('json').name)
      if (isNew) await audit(c, 'project.create', id, c.req.valid('json'))
      return c.json(await existing(c, id), isNew ? 201 : 200)
    },
  )
  .get(
    '/:id',
    allow('projects:read'),
    tells('A project', projectSchema),
    takes('param', idParam),
    async (c) => c.json(await existing(c, c.req.valid('param').id)),
  )
  .patch(
    '/:id',
    allow('projects:write'),
    tells('Changes a project', projectSchema),
    takes('param', idParam),
    takes('json', changes),
    async (c) => {
      const { id } = c.req.valid('param')
      const project = await existing(c, id)
      const { rules, watch, ...body } = c.req.valid('json')
      const changed = await withAccount(c, project, body)
      const merged = rules && projectRulesSchema.parse({ ...project.rules, ...rules })
      const watched = watch && watchSchema.parse({ ...project.watch, ...watch })
      await updateProject(c.env.DB, id, { ...changed, rules: merged, watch: watched })
      if (merged || body.timezone !== undefined) await rulesChanged(c.env, id)
      const isOtherDataset = (body.datasetId ?? project.datasetId) !== project.datasetId
      if (isOtherDataset) await reviveConversions(c.env.DB, id)
      const isOtherAccount = (body.adAccountId ?? project.adAccountId) !== project.adAccountId
      if (isOtherAccount) {
        await startAggregation(c.env, id, { days: RESTATED_DAYS }, Date.now())
      }
      await audit(c, 'project.change', id, c.req.valid('json'))
      return c.json(await existing(c, id))
    },
  )

async function existing(c: Context<AppEnv>, id: string): Promise<Project> {
  const project = await findProject(c.env.DB, id)
  if (!project) throw new AppError('NOT_FOUND', 'There is no such project')
  return project
}

/** An ad account brings its currency and timezone along, and has to be the connection's own. */
async function withAccount(
  c: Context<AppEnv>,
  project: Project,
  body: Omit<z.infer<typeof changes>, 'rules' | 'watch'>,
): Promise<ProjectChanges> {
  const { adAccountId, connectionId = project.connectionId, ...rest } = body
  const connection = connectionId === null ? null : await findConnection(c.env.DB, connectionId)
  if (body.connectionId && !connection) throw invalidField('connectionId', 'is no connection')
  if (adAccountId === undefined) return { ...rest, connectionId }
  if (adAccountId === null) return { ...rest, connectionId, ...NO_ACCOUNT }
  const account = connection?.adAccounts.find(({ id }) => id === adAccountId)
  if (!account) throw invalidField('adAccountId', 'is not an account of the connection')
  const { currency, timezone: accountTimezone } = account
  return { ...rest, connectionId, adAccountId, currency, accountTimezone }
}

const NO_ACCOUNT = { adAccountId: null, currency: null, accountTimezone: null }

async function audit(c: Context<AppEnv>, action: string, target: string, details: object) {
  const { id: actorId, name: actorName } = c.var.caller
  await recordAudit(c.env.DB, { actorId, actorName, action, target, details: { ...details } })
}
