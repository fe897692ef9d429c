import {
  type Actor,
  type LeadCommand,
  type LeadData,
  type LeadDetails,
  type LeadRefusal,
  type LeadStatus,
  type LeadTimer,
  SYSTEM,
} from '../../src/lead.ts'

/**
 * What the object owes the world after a change: its row in the lists, its card, and words to
 * - `client:taken`, `client:closed`: the person who left it;
 * - `assigned`, `returned`: the manager who got it without asking, or lost it by doing nothing;
 * - `overdue:team`, `overdue:admins`: those who let it wait;
 * - `reminder`: the manager who asked to be reminded.
 * `assign` finds it a manager, `absorb` tells the lead it was merged into.
 */
export type Consequence =
  | 'projection'
  | 'card'
  | 'client:taken'
  | 'client:closed'
  | 'assign'
  | 'assigned'
  | 'overdue:team'
  | 'overdue:admins'
  | { kind: 'returned'; from: { id: string; name: string } }
  | { kind: 'reminder'; userId: string; text: string | null }
  | { kind: 'absorb'; into: string; by: Actor }

export type Decision = LeadRefusal | { ok: true; lead: LeadData; owes: Consequence[] }

type Move = 'claim' | 'assign' | 'release' | 'close' | 'spam' | 'reopen' | 'merge' | 'unmerge'

/** Every allowed move and nothing else; closing a lead nobody took is for spam and repeats only. */
export const MOVES = {
  new: { claim: 'in_progress', assign: 'in_progress', spam: 'closed', merge: 'closed' },
  in_progress: {
    assign: 'in_progress',
    release: 'new',
    close: 'closed',
    spam: 'closed',
    merge: 'closed',
  },
  closed: { reopen: 'in_progress' },
  // A closed lead that was merged can only be separated again.
  merged: { unmerge: 'in_progress' },
} as const satisfies Record<LeadStatus | 'merged', Partial<Record<Move, LeadStatus>>>

const MAX_REMINDERS = 20

/** What a command does to a lead (`null`: there is none yet); refusals are answers, never exceptions. */
export function decide(lead: LeadData | null, command: LeadCommand, at: string): Decision {
  if (command.type === 'receive') {
    return lead
      ? { ok: true, lead, owes: [] }
      : { ok: true, lead: begin(command, at), owes: ['projection', 'card', 'assign'] }
  }
  if (!lead) return { ok: false, code: 'NOT_FOUND' }
  switch (command.type) {
    case 'enrich':
      return enrich(lead, command.details, at)
    case 'note': {
      const notes = [...lead.notes, noteOf(command.id, command.text, command.by, at)]
      return change(lead, { notes, ...touchedBy(lead, command.by, at) }, at)
    }
    case 'remind':
      return remind(lead, command, at)
    case 'repeat':
      return repeat(lead, command.of, at)
    case 'absorb':
      return absorb(lead, command, at)
    case 'tick':
      return tick(lead, command.timer, at)
    default:
      return move(lead, command, at)
  }
}

type MoveCommand = Extract<LeadCommand, { type: Exclude<Move, 'spam'> }>

function move(lead: LeadData, command: MoveCommand, at: string): Decision {
  const moves: Partial<Record<Move, LeadStatus>> = MOVES[lead.duplicateOf ? 'merged' : lead.status]
  const status = moves[nameOf(command)]
  if (command.type === 'claim' && isHolder(lead, command.by)) return acknowledge(lead, at)
  const held = heldByOther(lead, command)
  if (held && (status || command.type === 'claim')) return held
  if (!status) return { ok: false, code: 'ILLEGAL_TRANSITION', status: lead.status }
  const effect = { status, ...effectOf(lead, command, at) }
  return change(lead, effect, at, [...tells(lead, command), ...sends(command)])
}

function nameOf(command: MoveCommand): Move {
  return command.type === 'close' && command.outcome === 'spam' ? 'spam' : command.type
}

/** Taken in turn, a lead is answered when its manager says so: by taking it once more. */
function acknowledge(lead: LeadData, at: string): Decision {
  if (lead.firstResponseAt) return { ok: true, lead, owes: [] }
  return change(lead, { firstResponseAt: at, touchedAt: at }, at)
}

/** A lead in work is its holder's and the admins'; a claim by another tells who was first. */
function heldByOther(lead: LeadData, command: MoveCommand): LeadRefusal | null {
  const holder = lead.status === 'in_progress' ? lead.assignee : null
  if (!holder || isHolder(lead, command.by)) return null
  if (command.by.role === 'admin' && command.type !== 'claim') return null
  return { ok: false, code: 'HELD_BY_OTHER', holder }
}

function isHolder(lead: LeadData, by: Actor): boolean {
  return lead.status === 'in_progress' && lead.assignee?.id === by.id
}

function effectOf(lead: LeadData, command: MoveCommand, at: string): Partial<LeadData> {
  const by = { id: command.by.id, name: command.by.name }
  const isBySystem = command.by.id === SYSTEM.id
  const firstResponseAt = lead.firstResponseAt ?? (isBySystem ? null : at)
  switch (command.type) {
    case 'claim':
      return { assignee: by, firstResponseAt, touchedAt: at }
    case 'assign':
      return { assignee: command.to, firstResponseAt, touchedAt: at }
    case 'release':
      return free(at)
    case 'close':
      return {
        outcome: command.outcome,
        reason: command.reason ?? null,
        closedAt: at,
        firstResponseAt,
        reminders: [],
      }
    case 'reopen':
      return { assignee: lead.assignee ?? by, ...OPEN, touchedAt: at }
    case 'merge':
      return { duplicateOf: command.into, closedAt: at, reminders: [] }
    case 'unmerge':
      return {
        duplicateOf: null,
        ...OPEN,
        touchedAt: at,
        assignee: lead.assignee ?? by,
        firstResponseAt,
      }
  }
}

const OPEN = { outcome: null, reason: null, closedAt: null }

/** Free to be taken again: it waits anew, and those who let it wait are reminded anew. */
function free(at: string): Partial<LeadData> {
  return { assignee: null, waitingSince: at, nudges: 0, touchedAt: null, reminders: [] }
}

/** The person hears that somebody took their request and that it is closed; of spam they hear nothing. */
function tells(lead: LeadData, command: MoveCommand): Consequence[] {
  const isGiven = command.type === 'assign' && command.to.id !== command.by.id
  const manager: Consequence[] = isGiven ? ['assigned'] : []
  if (!lead.userId) return manager
  const isFirstTake =
    lead.status === 'new' && (command.type === 'claim' || command.type === 'assign')
  if (isFirstTake) return ['client:taken', ...manager]
  const isClosed = command.type === 'close' && command.outcome !== 'spam'
  return isClosed ? ['client:closed', ...manager] : manager
}

function sends(command: MoveCommand): Consequence[] {
  return command.type === 'merge' ? [{ kind: 'absorb', into: command.into, by: command.by }] : []
}

/** What its own manager does to a lead counts as work on it, and as its answer. */
function touchedBy(lead: LeadData, by: Actor, at: string): Partial<LeadData> {
  if (!isHolder(lead, by)) return {}
  return { touchedAt: at, firstResponseAt: lead.firstResponseAt ?? at }
}

function remind(
  lead: LeadData,
  { id, by, at: time, text }: Extract<LeadCommand, { type: 'remind' }>,
  at: string,
): Decision {
  if (lead.status === 'closed') {
    return { ok: false, code: 'ILLEGAL_TRANSITION', status: lead.status }
  }
  const reminders = [...lead.reminders, { id, userId: by.id, at: time, text }].slice(-MAX_REMINDERS)
  return change(lead, { reminders, ...touchedBy(lead, by, at) }, at)
}

/** An earlier lead of the person is known; of several the first that was found stays. */
function repeat(lead: LeadData, of: string, at: string): Decision {
  if (lead.repeatOf || of === lead.id) return { ok: true, lead, owes: [] }
  return change(lead, { repeatOf: of }, at)
}

/** Its person has come again: the repeat's words are noted, and what was closed is work again. */
function absorb(
  lead: LeadData,
  { id, text, by }: Extract<LeadCommand, { type: 'absorb' }>,
  at: string,
): Decision {
  const notes = [...lead.notes, noteOf(id, text, by, at)]
  if (lead.status !== 'closed' || lead.duplicateOf) return change(lead, { notes }, at)
  const assignee = lead.assignee ?? { id: by.id, name: by.name }
  return change(lead, { notes, status: 'in_progress', assignee, ...OPEN, touchedAt: at }, at)
}

/** What was to happen by itself happens if it still should: something else may have come first. */
function tick(lead: LeadData, timer: LeadTimer, at: string): Decision {
  const asItIs: Decision = { ok: true, lead, owes: [] }
  switch (timer.kind) {
    case 'nudge': {
      if (lead.status !== 'new' || lead.nudges >= timer.level) return asItIs
      const tells = timer.level === 1 ? 'overdue:team' : 'overdue:admins'
      return change(lead, { nudges: timer.level }, at, [tells])
    }
    case 'expire': {
      const from = lead.assignee
      if (lead.status !== 'in_progress' || !from) return asItIs
      const returned = { kind: 'returned', from } as const
      return change(lead, { status: 'new', ...free(at) }, at, [returned, 'assign'])
    }
    case 'remind': {
      const due = lead.reminders.find(({ id }) => id === timer.reminderId)
      if (!due) return asItIs
      const reminders = lead.reminders.filter((one) => one !== due)
      const { userId, text } = due
      return change(lead, { reminders }, at, [{ kind: 'reminder', userId, text }])
    }
  }
}

/** Details fill in what is empty and never undo what people did; learned twice, they change nothing. */
function enrich(lead: LeadData, details: LeadDetails, at: string): Decision {
  if (lead.details === 'complete') return { ok: true, lead, owes: [] }
  return change(lead, details, at)
}

function change(
  lead: LeadData,
  changes: Partial<LeadData>,
  at: string,
  further: Consequence[] = [],
): Decision {
  const next = { ...lead, ...changes, updatedAt: at, version: lead.version + 1 }
  return { ok: true, lead: next, owes: ['projection', 'card', ...further] }
}

function noteOf(id: string, text: string, by: Actor, at: string) {
  return { id, text, author: by.name, at }
}

function begin(command: Extract<LeadCommand, { type: 'receive' }>, at: string): LeadData {
  const { lead, note, by } = command
  const createdAt = lead.createdAt ?? at
  return {
    id: command.id,
    projectId: lead.projectId,
    userId: lead.userId ?? null,
    name: lead.name ?? null,
    contact: lead.contact ?? null,
    phone: lead.phone ?? null,
    email: lead.email ?? null,
    status: 'new',
    outcome: null,
    reason: null,
    source: lead.source,
    sourceRef: lead.sourceRef,
    campaignId: lead.campaignId ?? null,
    campaignName: null,
    adId: lead.adId ?? null,
    formId: lead.formId ?? null,
    answers: lead.answers ?? {},
    details: lead.details ?? 'complete',
    assignee: null,
    notes: note ? [{ id: command.id, text: note, author: by?.name ?? lead.name ?? '', at }] : [],
    repeatOf: null,
    duplicateOf: null,
    isVerified: lead.isVerified ?? false,
    utmSource: lead.utmSource ?? null,
    reminders: [],
    // What came late is not overdue before anybody could see it.
    waitingSince: at,
    touchedAt: null,
    nudges: 0,
    firstResponseAt: null,
    closedAt: null,
    createdAt,
    updatedAt: at,
    version: 1,
  }
}
