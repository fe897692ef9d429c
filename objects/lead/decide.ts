import {
  type Actor,
  type LeadCommand,
  type LeadData,
  type LeadDetails,
  type LeadRefusal,
  type LeadStatus,
  SYSTEM,
} from '../../src/lead.ts'
import { begin } from './begin.ts'
import { type Absorb, change, type Consequence, type Decision, free, NEWS } from './decision.ts'
import { tick } from './tick.ts'

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
      : { ok: true, lead: begin(command, at), owes: [NEWS, { kind: 'assign', butNot: null }] }
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
      return repeat(lead, command, at)
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
  // Merged into itself it would be gone.
  const isIntoItself = command.type === 'merge' && command.into === lead.id
  if (!status || isIntoItself) return illegal(lead)
  const next = { ...lead, status, ...effectOf(lead, command, at) }
  return change(lead, next, at, [...tells(lead, command, next), ...sends(lead, command, at)])
}

function illegal({ status }: LeadData): LeadRefusal {
  return { ok: false, code: 'ILLEGAL_TRANSITION', status }
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
      return {
        assignee: command.to,
        firstResponseAt,
        touchedAt: at,
        reminders: kept(lead, command),
      }
    case 'release':
      return { ...free(at), releasedBy: lead.assignee?.id ?? null }
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

/** Who gives a lead away need not call any more. */
function kept({ reminders, assignee }: LeadData, { to }: Extract<MoveCommand, { type: 'assign' }>) {
  if (!assignee || assignee.id === to.id) return reminders
  return reminders.filter(({ userId }) => userId !== assignee.id)
}

/**
 * The person hears that somebody took their request and that it is closed; of spam they hear nothing.
 * A manager hears of a lead that is theirs by what another did.
 */
function tells(lead: LeadData, command: MoveCommand, next: LeadData): Consequence[] {
  const manager = assigned(next, command.by)
  if (!lead.userId) return manager
  const isTake = lead.status === 'new' && next.status === 'in_progress'
  if (isTake) return [{ kind: 'client:taken' }, ...manager]
  const isClosed = command.type === 'close' && command.outcome !== 'spam'
  return isClosed ? [{ kind: 'client:closed' }] : manager
}

function assigned({ status, assignee }: LeadData, by: Actor): Consequence[] {
  const isTold = status === 'in_progress' && assignee && assignee.id !== by.id
  return isTold ? [{ kind: 'assigned', userId: assignee.id }] : []
}

/** One that was given back is somebody else’s turn; what the person said goes along to the lead that theirs is merged into. */
function sends(lead: LeadData, command: MoveCommand, at: string): Consequence[] {
  if (command.type === 'release') return [{ kind: 'assign', butNot: null }]
  if (command.type !== 'merge') return []
  const { into, by } = command
  const words = [lead.contact ?? lead.phone ?? lead.email, ...lead.notes.map(({ text }) => text)]
  const text = words.filter(Boolean).join('\n')
  const id = `absorb:${lead.id}:${at}`
  return [{ kind: 'absorb', into, command: { id, type: 'absorb', from: lead.id, text, by } }]
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
  if (lead.status === 'closed') return illegal(lead)
  // A button pressed twice asks once.
  const isAsked = lead.reminders.some(
    (one) => one.userId === by.id && one.text === text && isSameMinute(one.at, time),
  )
  if (isAsked) return { ok: true, lead, owes: [] }
  const reminders = [...lead.reminders, { id, userId: by.id, at: time, text }].slice(-MAX_REMINDERS)
  return change(lead, { reminders, ...touchedBy(lead, by, at) }, at)
}

function isSameMinute(a: string, b: string): boolean {
  return Math.abs(Date.parse(a) - Date.parse(b)) < 60_000
}

/** An earlier lead of the person is known; of several the first that was found stays. */
function repeat(
  lead: LeadData,
  { of, earlier }: Omit<Extract<LeadCommand, { type: 'repeat' }>, 'id' | 'type'>,
  at: string,
): Decision {
  if (lead.repeatOf || of === lead.id) return { ok: true, lead, owes: [] }
  return change(lead, { repeatOf: of, earlier: earlier ?? null }, at)
}

/**
 * Its person has come again: the repeat's words are noted, and what was closed is work again. One that
 * was itself merged passes them on.
 */
function absorb(lead: LeadData, command: Absorb, at: string): Decision {
  const { id, text, by } = command
  const notes = [...lead.notes, noteOf(id, text, by, at)]
  if (lead.duplicateOf) {
    return change(lead, { notes }, at, [{ kind: 'absorb', into: lead.duplicateOf, command }])
  }
  if (lead.status !== 'closed') return change(lead, { notes }, at)
  const assignee = lead.assignee ?? { id: by.id, name: by.name }
  const next = { ...lead, notes, status: 'in_progress', assignee, ...OPEN, touchedAt: at } as const
  return change(lead, next, at, assigned(next, by))
}

/** Details fill in what is empty and never undo what people did; learned twice, they change nothing. */
function enrich(lead: LeadData, details: LeadDetails, at: string): Decision {
  if (lead.details === 'complete') return { ok: true, lead, owes: [] }
  return change(lead, details, at)
}

function noteOf(id: string, text: string, by: Actor, at: string) {
  return { id, text, author: by.name, at }
}
