import type { Me } from '../../api/get-me.ts'
import type { Lead } from './api/get-leads.ts'

export type Move = 'claim' | 'close' | 'assign' | 'release' | 'spam' | 'reopen'

/** What each status allows; the Lead itself decides, this only chooses which buttons are shown. */
export const MOVES: Record<Lead['status'], readonly Move[]> = {
  new: ['claim', 'assign', 'spam'],
  in_progress: ['close', 'assign', 'release', 'spam'],
  closed: ['reopen'],
}

/** What this person can do with a lead now; one that somebody else has is theirs and the admins'. */
export function movesFor(
  lead: Pick<Lead, 'status' | 'assignee'>,
  me: Pick<Me, 'id' | 'role'>,
): readonly Move[] {
  if (isHeldByOther(lead, me) && me.role !== 'admin') return []
  return MOVES[lead.status]
}

/** Whether somebody else is working this lead. */
export function isHeldByOther(
  { status, assignee }: Pick<Lead, 'status' | 'assignee'>,
  { id }: Pick<Me, 'id'>,
): boolean {
  return status === 'in_progress' && assignee !== null && assignee.id !== id
}
