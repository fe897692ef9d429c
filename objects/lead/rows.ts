import type { LeadData } from '../../src/lead.ts'
import type { NewRow } from '../../src/outbox/outbox.ts'
import type { Consequence } from './decision.ts'

/** So long a card waits for details that are being read. */
const CARD_GRACE_MS = 2_000

/**
 * What a lead owes, as rows of its outbox. What goes to one person stands under one key, in order;
 * nobody waits for another.
 */
export function rowsOf(owes: Consequence[], lead: LeadData, now: number): NewRow[] {
  return owes.flatMap((owed) => rowOf(owed, lead, now))
}

function rowOf(owed: Consequence, lead: LeadData, now: number): NewRow | NewRow[] {
  const { kind, ...body } = owed
  switch (owed.kind) {
    case 'news':
      return newsOf(lead, now)
    case 'client:taken':
    case 'client:closed':
      return { key: 'client', kind, latest: true }
    case 'assigned':
      return { key: `person:${owed.userId}`, kind, body, latest: true }
    case 'returned':
    case 'reminder':
      return { key: `person:${owed.userId}`, kind, body }
    case 'assign':
    case 'overdue:team':
    case 'overdue:admins':
      return { key: kind, kind, body, latest: true }
    case 'absorb':
      return { key: kind, kind, body }
  }
}

function newsOf({ details, version }: LeadData, now: number): NewRow | NewRow[] {
  const isHeld = details === 'pending' && version === 1
  if (!isHeld) return partOf('news')
  // A card without a name to call helps nobody: it waits a little for details that are being read.
  return [partOf('projection'), { ...partOf('card'), at: now + CARD_GRACE_MS }]
}

/** The row in the lists, the card, or both at once as long as nothing is wrong with either. */
export function partOf(kind: 'news' | 'projection' | 'card'): NewRow {
  return { key: kind, kind, latest: true }
}
