import { Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { AppError } from '../errors.ts'
import { sendConversions } from '../meta/send-conversions.ts'
import { recordAudit } from '../store/audit.ts'
import {
  CONVERSION_STAGES,
  CONVERSION_STATES,
  type ConversionPosition,
  conversionSchema,
  conversionsOf,
  countConversions,
  listConversions,
  listedConversionSchema,
  retryConversion,
} from '../store/conversions.ts'
import { FIRST_PROJECT_ID } from '../store/projects.ts'
import {
  mayConflict,
  packCursor,
  pageOf,
  pageQuery,
  takes,
  tells,
  unpackCursor,
} from './openapi.ts'

const COUNTED_FOR_SECONDS = 28 * 86_400

const listQuery = pageQuery.extend({
  project: z.string().max(64).default(FIRST_PROJECT_ID),
  state: z.enum(CONVERSION_STATES).optional(),
})

const listAnswer = pageOf(listedConversionSchema).extend({
  counts: z
    .record(z.enum(CONVERSION_STATES), z.int())
    .describe('How many are in each state, of those reached in the last 28 days'),
})

/** What Meta was told of the stages of leads, and a way to tell it again. */
export const conversions = new Hono<AppEnv>()
  .get(
    '/',
    allow('health:read'),
    tells('Stages of leads that Meta is told of, the latest first', listAnswer),
    takes('query', listQuery),
    async (c) => {
      const { project: projectId, state, cursor, limit } = c.req.valid('query')
      const since = Math.floor(Date.now() / 1000) - COUNTED_FOR_SECONDS
      const [{ items, next }, counts] = await Promise.all([
        listConversions(c.env.DB, { projectId, state }, { after: positionOf(cursor), limit }),
        countConversions(c.env.DB, { projectId, since }),
      ])
      return c.json({ items, nextCursor: next && cursorOf(next), counts })
    },
  )
  .post(
    '/:leadId/:stage/retry',
    allow('health:write'),
    tells('Tells Meta again of a stage that it refused', conversionSchema),
    mayConflict,
    takes('param', z.object({ leadId: z.uuid(), stage: z.enum(CONVERSION_STAGES) })),
    async (c) => {
      const key = c.req.valid('param')
      const isRetried = await retryConversion(c.env.DB, key)
      const known = await conversionsOf(c.env.DB, key.leadId)
      const conversion = known.find(({ stage }) => stage === key.stage)
      if (!conversion) throw new AppError('NOT_FOUND', 'Meta is not told of this stage')
      if (!isRetried) throw new AppError('CONFLICT', `It is ${conversion.state}`)
      await sendConversions(c.env)
      const { id: actorId, name: actorName } = c.var.caller
      const target = `${key.leadId}:${key.stage}`
      await recordAudit(c.env.DB, { actorId, actorName, action: 'conversion.retry', target })
      return c.json(conversion)
    },
  )

function cursorOf({ at, leadId, stage }: ConversionPosition): string | null {
  return packCursor({ createdAt: at, id: `${leadId}_${stage}` })
}

function positionOf(cursor: string | undefined): ConversionPosition | null {
  const position = unpackCursor(cursor)
  const [leadId = '', stage = ''] = position?.id.split('_') ?? []
  return position && { at: position.createdAt, leadId, stage }
}
