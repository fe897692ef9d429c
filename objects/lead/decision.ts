import type { LeadCommand, LeadData, LeadRefusal } from '../../src/lead.ts'

/**
 * What the object owes the world after a change: `news` are its row in the lists and its card, and
 * words go to
 * - `client:taken`, `client:closed`: the person who left it;
 * - `assigned`, `returned`: the manager who got it without asking, or lost it by doing nothing;
 * - `overdue:team`, `overdue:admins`: those who let it wait;
 * - `reminder`: the manager who asked to be reminded.
 * `assign` finds it a manager, `absorb` tells the lead it was merged into.
 */
export type Consequence =
  | { kind: 'news' }
  | { kind: 'client:taken' | 'client:closed' }
  | { kind: 'assign'; butNot: string | null }
  | { kind: 'assigned' | 'returned'; userId: string }
  | { kind: 'overdue:team' | 'overdue:admins'; waitingSince: string }
  | { kind: 'reminder'; userId: string; text: string | null }
  | { kind: 'absorb'; into: string; command: Absorb }

export type Absorb = Extract<LeadCommand, { type: 'absorb' }>

export type Decision = LeadRefusal | { ok: true; lead: LeadData; owes: Consequence[] }

/** Its row in the lists and its card are to be as it is now. */
export const NEWS: Consequence = { kind: 'news' }

/** A lead one change further, of which everybody hears who sees it. */
export function change(
  lead: LeadData,
  changes: Partial<LeadData>,
  at: string,
  further: Consequence[] = [],
): Decision {
  const next = { ...lead, ...changes, updatedAt: at, version: lead.version + 1 }
  return { ok: true, lead: next, owes: [NEWS, ...further] }
}

/** Free to be taken again: it waits anew, and those who let it wait are reminded anew. */
export function free(at: string): Partial<LeadData> {
  const untold = { nudges: 0, nudgedAt: null }
  return {
    assignee: null,
    waitingSince: at,
    ...untold,
    touchedAt: null,
    releasedBy: null,
    reminders: [],
  }
}
