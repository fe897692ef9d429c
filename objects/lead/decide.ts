import type {
  Actor,
  LeadCommand,
  LeadData,
  LeadDetails,
  LeadRefusal,
  LeadStatus,
} from '../../src/lead.ts'

/** What the object owes the world after a change; `client` is a message to the person who left it. */
export type Consequence = 'projection' | 'card' | 'client:taken' | 'client:closed'

export type Decision = LeadRefusal | { ok: true; lead: LeadData; owes: Consequence[] }

type Move = 'claim' | 'assign' | 'release' | 'close' | 'spam' | 'reopen'

/** Every allowed move and nothing else; closing a lead nobody took is for spam only. */
export const MOVES = {
  new: { claim: 'in_progress', assign: 'in_progress', spam: 'closed' },
  in_progress: { assign: 'in_progress', release: 'new', close: 'closed', spam: 'closed' },
  closed: { reopen: 'in_progress' },
} as const satisfies Record<LeadStatus, Partial<Record<Move, LeadStatus>>>

/** What a command does to a lead (`null`: there is none yet); refusals are answers, never exceptions. */
export function decide(lead: LeadData | null, command: LeadCommand, at: string): Decision {
  if (command.type === 'receive') {
    return lead
      ? { ok: true, lead, owes: [] }
      : { ok: true, lead: begin(command, at), owes: ['projection', 'card'] }
  }
  if (!lead) return { ok: false, code: 'NOT_FOUND' }
  switch (command.type) {
    case 'enrich':
      return enrich(lead, command.details, at)
    case 'note':
      return change(lead, { notes: [...lead.notes, noteOf(command, at)] }, at)
    default:
      return move(lead, command, at)
  }
}

type MoveCommand = Extract<LeadCommand, { type: Exclude<Move, 'spam'> }>

function move(lead: LeadData, command: MoveCommand, at: string): Decision {
  const moves: Partial<Record<Move, LeadStatus>> = MOVES[lead.status]
  const status = moves[nameOf(command)]
  if (command.type === 'claim' && isHolder(lead, command.by)) return { ok: true, lead, owes: [] }
  const held = heldByOther(lead, command)
  if (held && (status || command.type === 'claim')) return held
  if (!status) return { ok: false, code: 'ILLEGAL_TRANSITION', status: lead.status }
  return change(lead, { status, ...effectOf(lead, command, at) }, at, tells(lead, command))
}

function nameOf(command: MoveCommand): Move {
  return command.type === 'close' && command.outcome === 'spam' ? 'spam' : command.type
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
  const firstResponseAt = lead.firstResponseAt ?? at
  switch (command.type) {
    case 'claim':
      return { assignee: by, firstResponseAt }
    case 'assign':
      return { assignee: command.to, firstResponseAt }
    case 'release':
      return { assignee: null }
    case 'close':
      return { outcome: command.outcome, reason: command.reason ?? null, closedAt: at }
    case 'reopen':
      return { assignee: lead.assignee ?? by, outcome: null, reason: null, closedAt: null }
  }
}

/** The person hears that somebody took their request and that it is closed; of spam they hear nothing. */
function tells(lead: LeadData, command: MoveCommand): Consequence[] {
  if (!lead.userId) return []
  const isFirstTake =
    lead.status === 'new' && (command.type === 'claim' || command.type === 'assign')
  if (isFirstTake) return ['client:taken']
  return command.type === 'close' && command.outcome !== 'spam' ? ['client:closed'] : []
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

function noteOf(command: Extract<LeadCommand, { type: 'note' }>, at: string) {
  return { id: command.id, text: command.text, author: command.by.name, at }
}

function begin(command: Extract<LeadCommand, { type: 'receive' }>, at: string): LeadData {
  const { lead, note, by } = command
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
    campaignName: lead.campaignName ?? null,
    adId: lead.adId ?? null,
    formId: lead.formId ?? null,
    answers: lead.answers ?? {},
    details: lead.details ?? 'complete',
    assignee: null,
    notes: note ? [{ id: command.id, text: note, author: by?.name ?? lead.name ?? '', at }] : [],
    duplicateOf: null,
    firstResponseAt: null,
    closedAt: null,
    createdAt: lead.createdAt ?? at,
    updatedAt: at,
    version: 1,
  }
}
