import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { AppEnv } from '../app-env.ts'
import { allow } from '../auth/authenticate.ts'
import { actorOf, canSee, confinementOf, shownTo } from '../auth/caller.ts'
import { canWorkLeads } from '../auth/permissions.ts'
import { AppError } from '../errors.ts'
import { type Actor, LEAD_OUTCOMES, type LeadCommand, leadSchema } from '../lead.ts'
import { conversionSchema, conversionsOf } from '../store/conversions.ts'
import { listLeads } from '../store/leads.ts'
import { leadOf } from '../stubs.ts'
import {
  commandIdOf,
  filterOf,
  findAssignee,
  listQuery,
  newLead,
  receiveOf,
  settled,
  words,
} from './lead-requests.ts'
import {
  isRepeatable,
  mayConflict,
  packCursor,
  pageOf,
  takes,
  tells,
  unpackCursor,
} from './openapi.ts'

const shownEvent = z.object({
  seq: z.int(),
  type: z.string(),
  actor: z.object({ id: z.string(), name: z.string() }).nullable(),
  at: z.string(),
  data: z.record(z.string(), z.unknown()),
})

const leadWithHistory = leadSchema.extend({
  events: z.array(shownEvent),
  conversions: z.array(conversionSchema).describe('What Meta is told of it'),
})

const idParam = z.object({ id: z.uuid() })

/** What every command on a lead has in common. */
const working = [isRepeatable, mayConflict] as const

/** Leads: lists from D1, everything about one from its object. */
export const leads = new Hono<AppEnv>()
  .get(
    '/',
    allow('leads:read'),
    tells('Leads', pageOf(leadSchema)),
    takes('query', listQuery),
    async (c) => {
      const { cursor, limit, sort, ...query } = c.req.valid('query')
      const { leads: items, next } = await listLeads(
        c.env.DB,
        { ...(await filterOf(c, query)), ...confinementOf(c.var.caller) },
        { after: unpackCursor(cursor), limit, oldestFirst: sort === 'createdAt' },
      )
      const shown = items.map((lead) => shownTo(c.var.caller, lead))
      return c.json({ items: shown, nextCursor: packCursor(next) })
    },
  )
  .post(
    '/',
    allow('leads:create'),
    tells('Makes a lead; 200 when its Idempotency-Key has made it before', leadSchema, 201, 200),
    ...working,
    takes('json', newLead),
    async (c) => {
      const command = await receiveOf(c, c.req.valid('json'))
      const answer = settled(await leadOf(c.env, command.id).carryOut(command))
      return c.json(shownTo(c.var.caller, answer.lead), answer.isNew ? 201 : 200)
    },
  )
  .get(
    '/:id',
    allow('leads:read'),
    tells('A lead with its history', leadWithHistory),
    takes('param', idParam),
    async (c) => {
      const found = await leadOf(c.env, c.req.valid('param').id).read()
      if (!found || !canSee(c.var.caller, found.lead)) {
        throw new AppError('NOT_FOUND', 'There is no such lead')
      }
      const isWorker = canWorkLeads(c.var.caller.role)
      const events = isWorker
        ? found.events.map((event) => shownEvent.parse({ ...event, data: JSON.parse(event.data) }))
        : []
      const isTold = isWorker && found.lead.source === 'facebook'
      const conversions = isTold ? await conversionsOf(c.env.DB, found.lead.id) : []
      return c.json({ ...shownTo(c.var.caller, found.lead), events, conversions })
    },
  )
  .post(
    '/:id/claim',
    allow('leads:work'),
    tells('Takes it', leadSchema),
    ...working,
    takes('param', idParam),
    (c) => work(c, c.req.valid('param').id, (by) => ({ type: 'claim', ...by })),
  )
  .post(
    '/:id/assign',
    allow('leads:work'),
    tells('Gives it to somebody', leadSchema),
    ...working,
    takes('param', idParam),
    takes('json', z.strictObject({ userId: z.string().max(64) })),
    async (c) => {
      const to = await findAssignee(c, c.req.valid('json').userId)
      return work(c, c.req.valid('param').id, (by) => ({ type: 'assign', to, ...by }))
    },
  )
  .post(
    '/:id/release',
    allow('leads:work'),
    tells('Gives it back', leadSchema),
    ...working,
    takes('param', idParam),
    (c) => work(c, c.req.valid('param').id, (by) => ({ type: 'release', ...by })),
  )
  .post(
    '/:id/close',
    allow('leads:work'),
    tells('Closes it; one that nobody took only as spam', leadSchema),
    ...working,
    takes('param', idParam),
    takes('json', z.strictObject({ outcome: z.enum(LEAD_OUTCOMES), reason: words.optional() })),
    (c) => {
      const closing = c.req.valid('json')
      return work(c, c.req.valid('param').id, (by) => ({ type: 'close', ...closing, ...by }))
    },
  )
  .post(
    '/:id/reopen',
    allow('leads:work'),
    tells('Opens it again', leadSchema),
    ...working,
    takes('param', idParam),
    (c) => work(c, c.req.valid('param').id, (by) => ({ type: 'reopen', ...by })),
  )
  .post(
    '/:id/notes',
    allow('leads:work'),
    tells('Adds a note', leadSchema),
    ...working,
    takes('param', idParam),
    takes('json', z.strictObject({ text: words })),
    (c) => {
      const { text } = c.req.valid('json')
      return work(c, c.req.valid('param').id, (by) => ({ type: 'note', text, ...by }))
    },
  )

/** Carries a command out in the caller's name; the same Idempotency-Key again does nothing more. */
async function work(
  c: Context<AppEnv>,
  leadId: string,
  command: (by: { id: string; by: Actor }) => LeadCommand,
) {
  const wanted = command({ id: '', by: actorOf(c.var.caller) })
  const named = { ...wanted, id: commandIdOf(c, wanted) }
  const { lead } = settled(await leadOf(c.env, leadId).carryOut(named))
  return c.json(lead)
}
