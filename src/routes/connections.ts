import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { localeOfCaller } from '../auth/locale.ts'
import { plainText } from '../bot/texts.ts'
import { AppError } from '../errors.ts'
import { CHECK_NAMES, reasonOf } from '../meta/access.ts'
import type { MetaFailure } from '../meta/answer.ts'
import { APP_REFUSED, connectToken } from '../meta/connect.ts'
import { publicUrlOf } from '../public-url.ts'
import { recordAudit } from '../store/audit.ts'
import {
  type ConnectionRecord,
  connectionSchema,
  findConnection,
  listConnections,
} from '../store/connections.ts'
import { connectionOf } from '../stubs.ts'
import { invalidField, pageOf, takes, tells } from './openapi.ts'

const idParam = z.object({ id: z.string().max(64) })

// What Meta's tokens are made of; anything else would only be sent to be refused.
const tokenBody = z.strictObject({
  token: z
    .string()
    .trim()
    .max(1_000)
    .regex(/^\w{20,}$/, { error: 'is no access token of Meta' }),
})

const checkSchema = z.object({
  name: z.enum(CHECK_NAMES),
  label: z.string().describe('What is checked, in the caller’s language'),
  target: z
    .object({ id: z.string(), name: z.string() })
    .nullable()
    .describe('The permission, page or ad account'),
  state: z.enum(['ok', 'failed', 'unknown']),
  reason: z.string().nullable().describe('As Meta names it: code/subcode, or a word of ours'),
  advice: z.string().nullable().describe('What to do about it, in the caller’s language'),
})

const endedSchema = z.object({
  revoked: z.literal(false),
  problem: z.string().nullable().describe('Why Meta did not take it back: code/subcode'),
})

/** Who allowed us into Meta: by `GET /meta/connect`, or by a token that was made there. */
export const connections = new Hono<AppEnv>()
  .get(
    '/',
    allow('connections:manage'),
    tells('Connections', pageOf(connectionSchema)),
    async (c) => c.json({ items: await listConnections(c.env.DB), nextCursor: null }),
  )
  .post(
    '/',
    allow('connections:manage'),
    tells('Connects by a token made at Meta, a system user’s above all', connectionSchema, 201),
    takes('json', tokenBody),
    async (c) => {
      const { meta } = c.var.settings
      if (!meta) throw new AppError('META_OFF', 'Meta is off: its settings are not set')
      const { token } = c.req.valid('json')
      const publicUrl = publicUrlOf(c)
      const connected = await connectToken(c.env, meta, { token, publicUrl })
      if (!connected.ok) throw await refusalOf(c, connected)
      const { connectionId } = connected.value
      await audit(c, 'connection.create', connectionId)
      // What it knows of itself is owed to the list: we answer with what the list then holds.
      await connectionOf(c.env, connectionId).kick()
      return c.json(await existing(c, connectionId), 201)
    },
  )
  .get(
    '/:id/checks',
    allow('connections:manage'),
    tells('Tries everything a connection is for', z.object({ items: z.array(checkSchema) })),
    takes('param', idParam),
    takes(
      'query',
      z.object({
        testLead: z
          .enum(['true', 'false'])
          .default('true')
          .describe('false: no test lead is left in a form to see whether it arrives'),
      }),
    ),
    async (c) => {
      const { id } = await existing(c, c.req.valid('param').id)
      const order = { publicUrl: publicUrlOf(c), mayTest: c.req.valid('query').testLead === 'true' }
      const [checks, locale] = await Promise.all([
        connectionOf(c.env, id).runChecks(order),
        localeOfCaller(c),
      ])
      const items = checks.map((check) => ({
        ...check,
        label: plainText(locale, `check.${check.name}`),
        advice: check.advice && plainText(locale, check.advice),
      }))
      return c.json({ items })
    },
  )
  .delete(
    '/:id',
    allow('connections:manage'),
    tells('Takes our permissions back and forgets the tokens', null, 204),
    tells('The same, but Meta did not take them back', endedSchema),
    takes('param', idParam),
    async (c) => {
      const { id } = await existing(c, c.req.valid('param').id)
      const { isRevoked, problem } = await connectionOf(c.env, id).disconnect()
      await audit(c, 'connection.delete', id)
      return isRevoked ? c.body(null, 204) : c.json({ revoked: false as const, problem }, 200)
    },
  )

async function existing(c: Context<AppEnv>, id: string): Promise<ConnectionRecord> {
  const connection = await findConnection(c.env.DB, id)
  if (!connection) throw new AppError('NOT_FOUND', 'There is no such connection')
  return connection
}

/** Why a token connects nothing; the token itself is in no answer. */
async function refusalOf(c: Context<AppEnv>, { kind, code }: MetaFailure): Promise<AppError> {
  if (kind === 'transient' || kind === 'later') {
    return new AppError('META_UNREACHABLE', `Meta does not answer now (${code}): try again later`)
  }
  const locale = await localeOfCaller(c)
  if (code === APP_REFUSED.code) {
    return new AppError('MISCONFIGURED', plainText(locale, 'reason.app_secret'))
  }
  const why = TOKEN_REFUSALS[code] ?? reasonOf(code)
  return invalidField('token', `${code}: ${plainText(locale, why)}`)
}

const TOKEN_REFUSALS: Record<string, 'reason.other_app' | 'reason.wrong_type'> = {
  other_app: 'reason.other_app',
  wrong_type: 'reason.wrong_type',
}

async function audit(c: Context<AppEnv>, action: string, target: string): Promise<void> {
  const { id: actorId, name: actorName } = c.var.caller
  await recordAudit(c.env.DB, { actorId, actorName, action, target })
}
