import { isRecord } from '../../api/answer.ts'
import type { LeadWithEvents } from './api/get-lead.ts'

type LeadEvent = Pick<LeadWithEvents['events'][number], 'type' | 'data'>

const WITHOUT_PARAMS = {
  receive: 'event.receive',
  claim: 'event.claim',
  release: 'event.release',
  reopen: 'event.reopen',
  note: 'event.note',
} as const

const CLOSED = {
  won: 'event.close.won',
  lost: 'event.close.lost',
  spam: 'event.close.spam',
} as const

/** What happened, as a text to say it with; events this page does not know are said by their name. */
export function storyOf({ type, data }: LeadEvent) {
  if (isNameOf(WITHOUT_PARAMS, type)) return { key: WITHOUT_PARAMS[type], params: {}, detail: null }
  const { to, outcome, reason, details } = data
  if (type === 'assign' && isRecord(to)) {
    return { key: 'event.assign', params: { name: String(to['name']) }, detail: null } as const
  }
  if (type === 'close' && typeof outcome === 'string' && isNameOf(CLOSED, outcome)) {
    const detail = typeof reason === 'string' ? reason : null
    return { key: CLOSED[outcome], params: {}, detail }
  }
  if (type === 'enrich') {
    const isLost = isRecord(details) && details['details'] === 'unavailable'
    const key = isLost ? 'event.enrich_unavailable' : 'event.enrich'
    return { key, params: {}, detail: null } as const
  }
  return { key: 'event.other', params: { type }, detail: null } as const
}

function isNameOf<Names extends object>(names: Names, name: string): name is keyof Names & string {
  return Object.hasOwn(names, name)
}
