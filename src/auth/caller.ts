import type { Actor, LeadData } from '../lead.ts'
import type { LeadFilter } from '../store/leads.ts'
import { isConfined, type Role, type Scope } from './permissions.ts'

/** Who asks: a program with a portal key, or a person with a session. */
export interface Caller {
  kind: 'key' | 'session'
  /** A key's id, a person's Telegram id. */
  id: string
  name: string
  role: Role
  scopes: readonly Scope[]
}

/** A caller as leads remember who did what. */
export function actorOf({ kind, id, name, role }: Caller): Actor {
  return { id: kind === 'key' ? `key:${id}` : id, name, role }
}

/** What narrows every list to the leads this caller may see. */
export function confinementOf(caller: Caller): LeadFilter {
  if (!isConfined(caller.role)) return {}
  return caller.kind === 'key' ? { keyId: caller.id } : { userId: caller.id }
}

/** Whether this caller may see a lead. */
export function canSee(caller: Caller, lead: LeadData): boolean {
  const { keyId, userId } = confinementOf(caller)
  if (userId !== undefined) return lead.userId === userId
  return keyId === undefined || (lead.source === 'api' && lead.sourceRef === keyId)
}

/** What managers write, and what is known of other leads of the person, is for those who work leads. */
const OF_THE_TEAM = {
  notes: [],
  reason: null,
  reminders: [],
  repeatOf: null,
  earlier: null,
  touchedAt: null,
  releasedBy: null,
  nudges: 0,
  nudgedAt: null,
} satisfies Partial<LeadData>

/** A lead as this caller sees it. */
export function shownTo(caller: Caller, lead: LeadData): LeadData {
  return isConfined(caller.role) ? { ...lead, ...OF_THE_TEAM } : lead
}
