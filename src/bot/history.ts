import { z } from 'zod'
import { type CardView, HAPPENINGS, type ShownEvent } from './card-view.ts'

/** An event of a lead, as its object wrote it down. */
interface LeadEvent {
  type: string
  actor: { name: string } | null
  at: string
  /** What the command brought, as JSON. */
  data: string
}

const MAX_EVENTS = 15
const MAX_EARLIER = 4
/** More words of one event than a card shows. */
const MAX_WORDS = 100

/** What happened to a lead, and lately to the first lead of a person who has come again. */
export function historyOf(events: LeadEvent[], earlier: LeadEvent[]): CardView {
  return {
    name: 'history',
    events: events.slice(-MAX_EVENTS).flatMap(shown),
    hidden: Math.max(0, events.length - MAX_EVENTS),
    earlier: earlier.slice(-MAX_EARLIER).flatMap(shown),
  }
}

const dataSchema = z.object({
  outcome: z.enum(['won', 'lost', 'spam']).optional(),
  reason: z.string().optional(),
  text: z.string().nullish(),
  to: z.object({ name: z.string() }).optional(),
  timer: z.object({ kind: z.enum(['nudge', 'expire', 'remind']) }).optional(),
})

const BY_ITSELF = { nudge: 'late', expire: 'returned', remind: 'reminded' } as const

/** An event of a kind that came into being after this code is left out. */
function shown({ type, actor, at, data }: LeadEvent): ShownEvent[] {
  const known = dataSchema.safeParse(JSON.parse(data)).data ?? {}
  const what =
    type === 'close'
      ? known.outcome
      : type === 'tick'
        ? known.timer && BY_ITSELF[known.timer.kind]
        : HAPPENINGS.find((happening) => happening === type)
  if (!what) return []
  const words = known.reason ?? known.text ?? known.to?.name ?? null
  return [{ what, at, who: actor?.name ?? null, words: words && words.slice(0, MAX_WORDS) }]
}
