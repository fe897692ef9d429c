import { Hono } from 'hono'
import { z } from 'zod'
import type { ReceivedEvent } from './ads/conversions.ts'
import { statusSchema } from './ads/edges.ts'
import type { insightControls, leadControls, tokenControls } from './controls.ts'
import type { Core } from './core.ts'
import { type Faults, faultSchema } from './graph/faults.ts'
import type { RecordedCall } from './graph/recorded-calls.ts'
import type { Usage } from './graph/usage.ts'
import { submissionSchema } from './leads/submit.ts'
import { SCOPES } from './login/access.ts'
import { problemOf } from './login/tokens.ts'
import { stateSchema } from './state.ts'
import { sendOptionsSchema, type Webhooks } from './webhooks/webhooks.ts'

interface Controls {
  leads: ReturnType<typeof leadControls>
  tokens: ReturnType<typeof tokenControls>
  insights: ReturnType<typeof insightControls>
  webhooks: Webhooks
  faults: Faults
  usage: Usage
  calls: readonly RecordedCall[]
  events: readonly ReceivedEvent[]
  when: (predicate: () => boolean, waiting?: { timeoutMs?: number }) => Promise<void>
}

// Longer than the callback may take to answer.
const FIRST_ATTEMPT_MS = 25_000

/** What tests do with the control object, over HTTP: `POST <command>` with a JSON body. */
export function controlRoutes(core: Core, controls: Controls) {
  const commands = createCommands(core, controls)
  return new Hono()
    .get('/state', (c) => c.json(summary(core)))
    .get('/calls', (c) => c.json(controls.calls))
    .get('/events', (c) => c.json(controls.events))
    .post('/:command', async (c) => {
      const command = commands[c.req.param('command')]
      if (!command) return c.json({ error: 'unknown command', known: Object.keys(commands) }, 404)
      try {
        const body: unknown = await c.req.json().catch(() => ({}))
        return c.json((await command(body)) ?? { ok: true })
      } catch (error) {
        return c.json({ error: error instanceof Error ? error.message : 'failed' }, 400)
      }
    })
}

type Command = (body: unknown) => unknown

const command =
  <T>(schema: z.ZodType<T>, run: (input: T) => unknown): Command =>
  (body) =>
    run(schema.parse(body))

function createCommands(core: Core, controls: Controls): Record<string, Command> {
  const { leads, tokens, insights, webhooks, faults, usage } = controls
  const delivered = (ids: readonly string[]) => firstAttempts(core, controls, ids)
  const { nextReports, accountChanges } = stateSchema.shape
  const nothing = z.object({})
  return {
    'submit-lead': command(submitSchema, async ({ formId, count, how, ...submission }) => {
      const before = webhooks.deliveries.length
      const ids =
        count === 1 ? [leads.submit(formId, submission)] : leads.submitMany(formId, count, how)
      const queued = webhooks.deliveries.slice(before).map(({ id }) => id)
      return { leadIds: ids, deliveries: await delivered(queued) }
    }),
    'send-webhook': command(sendOptionsSchema, async (options) => ({
      deliveries: await delivered(webhooks.send(options)),
    })),
    ping: command(nothing, async () => ({ deliveries: await delivered([webhooks.ping()]) })),
    'kill-token': command(killSchema, ({ token, ...death }) => tokens.kill(token, death)),
    'exchange-mode': command(exchangeSchema, (change) => tokens.exchange(change)),
    'revoke-permission': command(z.object({ scope: z.enum(SCOPES) }), ({ scope }) =>
      tokens.revoke(scope),
    ),
    'expire-data-access': command(nothing, () => tokens.expireDataAccess()),
    'lose-role': command(pageSchema, ({ pageId }) => tokens.loseRole(pageId)),
    'regain-role': command(pageSchema, ({ pageId }) => tokens.regainRole(pageId)),
    'system-token': command(z.object({ expires: z.boolean().exactOptional() }), (options) => ({
      token: tokens.system(options).value,
    })),
    'add-fault': command(faultSchema, (fault) => void faults.add(fault)),
    'clear-faults': command(nothing, () => faults.clear()),
    throttle: command(throttleSchema, (order) => void usage.throttle(order)),
    'clear-throttle': command(nothing, () => usage.clear()),
    'set-day': command(daySchema, ({ id, date, numbers }) => insights.setDay(id, date, numbers)),
    restate: command(restateSchema, (restatement) => insights.restate(restatement)),
    'insights-mode': command(modeSchema, (change) => insights.mode(change)),
    'next-report': command(nextReports.element, (order) => insights.nextReport(order)),
    'set-campaign': command(campaignSchema, ({ id, status }) => insights.setCampaign(id, status)),
    'set-account': command(
      z.object({ id: z.string(), change: accountChanges.valueType }),
      ({ id, change }) => insights.setAccount(id, change),
    ),
  }
}

const submitSchema = submissionSchema.extend({
  formId: z.string(),
  count: z.number().int().min(1).max(1000).default(1),
  /** For many at once: how their notification is bent. */
  how: sendOptionsSchema.omit({ leadIds: true }).prefault({}),
})
const killSchema = z.object({
  token: z.string().default('all'),
  code: z.number().exactOptional(),
  subcode: z.number().exactOptional(),
})
const exchangeSchema = z.object({
  mode: stateSchema.shape.exchange.shape.mode.exactOptional(),
  tellsExpiry: z.boolean().exactOptional(),
})
const modeSchema = z.object({
  fractional: z.boolean().exactOptional(),
  maxDays: z.number().nullable().exactOptional(),
  maxLimit: z.number().nullable().exactOptional(),
})
const pageSchema = z.object({ pageId: z.string() })
const campaignSchema = z.object({ id: z.string(), status: statusSchema })
const throttleSchema = z.object({
  code: z.number(),
  subcode: z.number().exactOptional(),
  minutes: z.number().positive(),
  after: z.number().int().exactOptional(),
  id: z.string().exactOptional(),
})
const daySchema = z.object({
  id: z.string(),
  date: z.string(),
  numbers: stateSchema.shape.insights.shape.days.valueType,
})
const restateSchema = z.object({
  date: z.string(),
  factor: z.number(),
  campaignId: z.string().exactOptional(),
})

async function firstAttempts({ state }: Core, { when }: Controls, ids: readonly string[]) {
  const queued = () => state.deliveries.filter(({ id }) => ids.includes(id))
  await when(() => queued().every(({ attempts }) => attempts > 0), { timeoutMs: FIRST_ATTEMPT_MS })
  return queued().map(({ id, status, attempts, lastAnswer }) => ({
    id,
    status,
    attempts,
    lastAnswer,
  }))
}

// Tokens are shown by their last letters: enough to tell them apart.
function summary(core: Core) {
  const { state } = core
  return {
    now: core.now(),
    exchange: state.exchange,
    accountStatuses: Object.fromEntries(
      Object.entries(state.accountChanges).map(([id, change]) => [id, change.account_status ?? 1]),
    ),
    callbackUrl: state.subscription?.callbackUrl ?? null,
    subscribedPages: Object.keys(state.pageSubscriptions),
    tokens: state.tokens.map((token) => {
      const problem = problemOf(core, token)
      return {
        kind: token.kind,
        pageId: token.pageId,
        ending: token.value.slice(-6),
        expiresAt: token.expiresAt,
        problem: problem ? { code: problem.code, subcode: problem.subcode } : null,
      }
    }),
    deliveries: state.deliveries
      .slice(-20)
      .map(({ id, status, attempts, lastAnswer, leadIds }) => ({
        id,
        status,
        attempts,
        lastAnswer,
        leadIds,
      })),
  }
}
