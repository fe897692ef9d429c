import { z } from 'zod'
import { type Core, secondsNow } from '../core.ts'
import type { Call, Edges } from '../graph/call.ts'
import { GraphError, graphError } from '../graph/errors.ts'
import { needOneOf } from '../login/access.ts'
import type { DATASET } from '../world/ads.ts'

const MAX_EVENTS = 1000
const MAX_AGE_SECONDS = 7 * 86_400

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const hashes = z.union([sha256, z.array(sha256).min(1)])

const userData = z
  .looseObject({
    lead_id: z.union([z.string(), z.number()]).optional(),
    em: hashes.optional(),
    ph: hashes.optional(),
    fn: hashes.optional(),
    ln: hashes.optional(),
    country: hashes.optional(),
    ct: hashes.optional(),
  })
  .refine((data) => Object.keys(data).length > 0, 'no user_data')
  .refine((data) => data.lead_id === undefined || /^\d{15,17}$/.test(String(data.lead_id)))

const eventSchema = z.object({
  event_name: z.string().min(1),
  event_time: z.number().int(),
  event_id: z.string().optional(),
  action_source: z.literal('system_generated'),
  user_data: userData,
  custom_data: z.looseObject({
    event_source: z.literal('crm'),
    lead_event_source: z.string().min(1),
  }),
})

type ServerEvent = z.infer<typeof eventSchema>

/** An event as it was taken; one from before its lead is received and then discarded. */
export type ReceivedEvent = ServerEvent & { at: number; discarded: boolean; testCode?: string }

/** The Conversions API for CRM: all events of a call, or none. */
export function datasetEdges(core: Core, received: ReceivedEvent[]): Edges<typeof DATASET> {
  return {
    GET: ({ id, name }) => ({ id, name }),
    'POST events': (_dataset, call) => {
      needOneOf(core, call, ['ads_management'])
      const events = acceptAll(call, secondsNow(core))
      const testCode = call.params.get('test_event_code')
      for (const event of events) {
        const mark = testCode === undefined ? {} : { testCode }
        received.push({ ...event, at: core.now(), discarded: precedes(core, event), ...mark })
      }
      core.changed()
      return { events_received: events.length, messages: [] }
    },
  }
}

// One bad event spoils the call: nothing of it is taken.
function acceptAll({ params }: Call, now: number): ServerEvent[] {
  const events = params.json('data', z.array(z.unknown()))
  if (!events || events.length === 0 || events.length > MAX_EVENTS) throw graphError(100)
  return events.map((event) => {
    const parsed = eventSchema.safeParse(event)
    if (!parsed.success) throw refusal(2804008, 'Invalid Event', parsed.error.message)
    const age = now - parsed.data.event_time
    if (age > MAX_AGE_SECONDS) {
      throw refusal(2804003, 'Event Timestamp Too Old', 'The event is older than 7 days.')
    }
    return parsed.data
  })
}

function refusal(subcode: number, title: string, message: string): GraphError {
  return new GraphError({ code: 100, subcode, title, message: `Invalid parameter: ${message}` })
}

function precedes(core: Core, { user_data, event_time }: ServerEvent): boolean {
  const lead = core.book.get(String(user_data.lead_id), secondsNow(core))
  return lead !== undefined && event_time < lead.createdAt
}
