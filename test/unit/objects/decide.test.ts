import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide, MOVES } from '../../../objects/lead/decide.ts'
import type { Consequence } from '../../../objects/lead/decision.ts'
import { type LeadCommand, type LeadData, LEAD_STATUSES, SYSTEM } from '../../../src/lead.ts'
import { AT, leadOf, newLead, NODIR, OLIM, OWNER } from '../lead.ts'

const FIRST_LEAD = '6f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d22'
const LATER = '2026-11-22T10:00:00.000Z'

const COMMANDS = {
  claim: { id: 'c', type: 'claim', by: OLIM },
  assign: { id: 'c', type: 'assign', by: OLIM, to: { id: '2', name: 'Nodir' } },
  release: { id: 'c', type: 'release', by: OLIM },
  won: { id: 'c', type: 'close', by: OLIM, outcome: 'won' },
  lost: { id: 'c', type: 'close', by: OLIM, outcome: 'lost' },
  spam: { id: 'c', type: 'close', by: OLIM, outcome: 'spam' },
  reopen: { id: 'c', type: 'reopen', by: OLIM },
  merge: { id: 'c', type: 'merge', by: OLIM, into: FIRST_LEAD },
  unmerge: { id: 'c', type: 'unmerge', by: OLIM },
} as const satisfies Record<string, LeadCommand>

const STATUSES = [...LEAD_STATUSES, 'merged'] as const
type Status = (typeof STATUSES)[number]
type Name = keyof typeof COMMANDS

const inStatus = (status: Status): LeadData =>
  status === 'merged'
    ? newLead({ status: 'closed', duplicateOf: FIRST_LEAD, closedAt: AT })
    : leadOf(status)

/** What a decision that changes something comes to. */
function changed(lead: LeadData, command: LeadCommand, at = LATER) {
  const decision = decide(lead, command, at)
  if (!decision.ok) throw new Error(`refused: ${decision.code}`)
  return decision
}

const TABLE: [Status, Name, LeadData['status'] | null][] = [
  ['new', 'claim', 'in_progress'],
  ['new', 'assign', 'in_progress'],
  ['new', 'release', null],
  ['new', 'won', null],
  ['new', 'lost', null],
  ['new', 'spam', 'closed'],
  ['new', 'reopen', null],
  ['new', 'merge', 'closed'],
  ['new', 'unmerge', null],
  ['in_progress', 'claim', 'in_progress'],
  ['in_progress', 'assign', 'in_progress'],
  ['in_progress', 'release', 'new'],
  ['in_progress', 'won', 'closed'],
  ['in_progress', 'lost', 'closed'],
  ['in_progress', 'spam', 'closed'],
  ['in_progress', 'reopen', null],
  ['in_progress', 'merge', 'closed'],
  ['in_progress', 'unmerge', null],
  ['closed', 'claim', null],
  ['closed', 'assign', null],
  ['closed', 'release', null],
  ['closed', 'won', null],
  ['closed', 'lost', null],
  ['closed', 'spam', null],
  ['closed', 'reopen', 'in_progress'],
  ['closed', 'merge', null],
  ['closed', 'unmerge', null],
  ['merged', 'claim', null],
  ['merged', 'assign', null],
  ['merged', 'release', null],
  ['merged', 'won', null],
  ['merged', 'lost', null],
  ['merged', 'spam', null],
  ['merged', 'reopen', null],
  ['merged', 'merge', null],
  ['merged', 'unmerge', 'in_progress'],
]

describe('every status and every move of who holds the lead', () => {
  it.each(TABLE)('%s, %s: %s', (status, command, expected) => {
    const lead = inStatus(status)
    const decision = decide(lead, COMMANDS[command], AT)
    if (expected) expect(decision.ok && decision.lead.status).toBe(expected)
    else expect(decision).toEqual({ ok: false, code: 'ILLEGAL_TRANSITION', status: lead.status })
  })

  it('stands in the table', () => {
    expect(TABLE.map(([status, command]) => `${status} ${command}`)).toEqual(
      STATUSES.flatMap((status) => Object.keys(COMMANDS).map((name) => `${status} ${name}`)),
    )
  })

  it('is allowed by the rules and by nothing else', () => {
    const moveOf = (name: Name) => (name === 'won' || name === 'lost' ? 'close' : name)
    for (const [status, name, expected] of TABLE) {
      const moves: Record<string, string> = MOVES[status]
      // Its holder claiming a lead again changes nothing, and is no move.
      if (status === 'in_progress' && name === 'claim') continue
      expect(moves[moveOf(name)] ?? null).toBe(expected)
    }
  })
})

describe('a lead that somebody holds', () => {
  it.each(['claim', 'assign', 'release', 'won', 'lost', 'spam', 'merge'] as const)(
    'refuses %s to another manager and says who has it',
    (command) => {
      const decision = decide(leadOf('in_progress'), { ...COMMANDS[command], by: NODIR }, AT)
      expect(decision).toEqual({
        ok: false,
        code: 'HELD_BY_OTHER',
        holder: { id: OLIM.id, name: OLIM.name },
      })
    },
  )

  it.each(['assign', 'release', 'won', 'lost', 'spam', 'merge'] as const)(
    'lets an admin %s it',
    (command) => {
      expect(decide(leadOf('in_progress'), { ...COMMANDS[command], by: OWNER }, AT).ok).toBe(true)
    },
  )

  it('is not taken from its holder by an admin who merely claims it', () => {
    const decision = decide(leadOf('in_progress'), { ...COMMANDS.claim, by: OWNER }, AT)
    expect(decision).toMatchObject({ code: 'HELD_BY_OTHER' })
  })

  it('stays as it is when its holder claims it once more', () => {
    const lead = leadOf('in_progress')
    expect(decide(lead, COMMANDS.claim, AT)).toEqual({ ok: true, lead, owes: [] })
  })
})

describe('a lead', () => {
  it('remembers when it was first answered, however often it is released and taken', () => {
    const taken = decide(newLead(), COMMANDS.claim, AT)
    const lead = taken.ok ? taken.lead : newLead()
    const released = decide(lead, COMMANDS.release, '2026-11-22T10:00:00.000Z')
    const again = decide(
      released.ok ? released.lead : lead,
      { ...COMMANDS.claim, by: NODIR },
      '2026-11-22T11:00:00.000Z',
    )
    expect(again.ok && again.lead.firstResponseAt).toBe(AT)
  })

  it('tells the person that it was taken and that it is closed, but nothing of spam', () => {
    const owed = (lead: LeadData, command: LeadCommand) => {
      const decision = decide(lead, command, AT)
      return decision.ok ? decision.owes : []
    }
    expect(owed(newLead(), COMMANDS.claim)).toContainEqual({ kind: 'client:taken' })
    expect(owed(leadOf('in_progress'), COMMANDS.won)).toContainEqual({ kind: 'client:closed' })
    expect(owed(leadOf('in_progress'), COMMANDS.spam)).toEqual([{ kind: 'news' }])
    expect(owed(newLead({ userId: null }), COMMANDS.claim)).toEqual([{ kind: 'news' }])
  })

  it('is filled in once, and never overwritten by what is read later', () => {
    const pending = newLead({ details: 'pending', name: null })
    const enrich = (name: string): LeadCommand => ({
      id: 'e',
      type: 'enrich',
      details: { name, details: 'complete' },
    })
    const filled = decide(pending, enrich('Aziza'), AT)
    const lead = filled.ok ? filled.lead : pending
    expect(lead).toMatchObject({ name: 'Aziza', details: 'complete', version: 2 })
    expect(decide(lead, enrich('Other'), AT)).toEqual({ ok: true, lead, owes: [] })
  })

  it('that was never received refuses everything', () => {
    expect(decide(null, COMMANDS.claim, AT)).toEqual({ ok: false, code: 'NOT_FOUND' })
  })
})

const given = () => newLead({ status: 'in_progress', assignee: OLIM_IS, touchedAt: AT })
const OLIM_IS = { id: OLIM.id, name: OLIM.name }
const NODIR_IS = { id: NODIR.id, name: NODIR.name }
const reminder = (userId: string, id = 'r') => ({ id, userId, at: LATER, text: 'Call' })

describe('a lead that was given in turn', () => {
  it('is not answered by that, and its manager is told', () => {
    const { lead, owes } = changed(newLead(), { ...COMMANDS.assign, by: SYSTEM, to: OLIM_IS })
    expect(lead).toMatchObject({ assignee: OLIM_IS, firstResponseAt: null, touchedAt: LATER })
    expect(owes).toContainEqual({ kind: 'assigned', userId: OLIM.id })
  })

  it.each<[string, LeadCommand]>([
    ['takes it', COMMANDS.claim],
    ['notes something', { id: 'n', type: 'note', by: OLIM, text: 'Busy' }],
    ['wants to be reminded', { id: 'r', type: 'remind', by: OLIM, at: LATER, text: null }],
    ['closes it', COMMANDS.lost],
  ])('is answered when its manager %s', (_, command) => {
    expect(changed(given(), command).lead.firstResponseAt).toBe(LATER)
  })

  it('is not answered by the words of others', () => {
    const { lead } = changed(given(), { id: 'n', type: 'note', by: NODIR, text: 'Busy' })
    expect(lead).toMatchObject({ firstResponseAt: null, touchedAt: AT })
  })
})

describe('a manager hears of a lead that became theirs by what another did', () => {
  const closed = leadOf('closed')
  it.each<[string, LeadData, LeadCommand]>([
    ['assign', newLead(), { ...COMMANDS.assign, by: OWNER, to: OLIM_IS }],
    ['reopen', closed, { ...COMMANDS.reopen, by: NODIR }],
    ['unmerge', { ...inStatus('merged'), assignee: OLIM_IS }, { ...COMMANDS.unmerge, by: NODIR }],
    ['absorb', closed, { id: 'a', type: 'absorb', from: FIRST_LEAD, text: '', by: NODIR }],
  ])('%s', (_, lead, command) => {
    expect(changed(lead, command).owes).toContainEqual({ kind: 'assigned', userId: OLIM.id })
  })

  it('but not of what they did themselves', () => {
    const taken = changed(newLead(), { ...COMMANDS.assign, to: OLIM_IS }).owes
    expect(taken).toEqual([{ kind: 'news' }, { kind: 'client:taken' }])
    expect(changed(closed, COMMANDS.reopen).owes).toEqual([{ kind: 'news' }])
  })
})

describe('reminders', () => {
  const remind = (by = OLIM, id = 'r'): LeadCommand => ({
    id,
    type: 'remind',
    by,
    at: LATER,
    text: 'Call',
  })

  it('are kept for everybody who wants one, and are refused of a closed lead', () => {
    const { lead } = changed(changed(leadOf('in_progress'), remind()).lead, remind(NODIR, 's'))
    expect(lead.reminders).toEqual([reminder(OLIM.id), reminder(NODIR.id, 's')])
    expect(decide(leadOf('closed'), remind(), AT)).toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  })

  it.each<[Name, LeadData]>([
    ['won', leadOf('in_progress')],
    ['lost', leadOf('in_progress')],
    ['spam', leadOf('in_progress')],
    ['merge', leadOf('in_progress')],
    ['release', leadOf('in_progress')],
  ])('are dropped by %s', (name, lead) => {
    const reminded = { ...lead, reminders: [reminder(OLIM.id)] }
    expect(changed(reminded, COMMANDS[name]).lead.reminders).toEqual([])
  })

  it('of who gives the lead away are dropped, those of others stay', () => {
    const reminders = [reminder(OLIM.id), reminder(OWNER.id, 'o')]
    const lead = { ...leadOf('in_progress'), reminders }
    const toNodir = changed(lead, { ...COMMANDS.assign, to: NODIR_IS }).lead
    expect(toNodir.reminders).toEqual([reminder(OWNER.id, 'o')])
    const toOlim = changed(lead, { ...COMMANDS.assign, to: OLIM_IS }).lead
    expect(toOlim.reminders).toEqual(reminders)
  })
})

describe('what a lead does by itself', () => {
  const tick = (timer: Extract<LeadCommand, { type: 'tick' }>['timer']): LeadCommand => ({
    id: 't',
    type: 'tick',
    timer,
  })
  const nudge = (level: 1 | 2) => tick({ kind: 'nudge', level })
  const expire = tick({ kind: 'expire' })
  const remind = tick({ kind: 'remind', reminderId: 'r' })
  const reminded = { ...given(), reminders: [reminder(OLIM.id)] }
  const NEWS: Consequence = { kind: 'news' }

  it.each<[string, LeadData, LeadCommand, Partial<LeadData>, Consequence[]]>([
    [
      'tells the team',
      newLead(),
      nudge(1),
      { nudges: 1, nudgedAt: LATER },
      [NEWS, { kind: 'overdue:team', waitingSince: AT }],
    ],
    [
      'tells the admins',
      newLead({ nudges: 1 }),
      nudge(2),
      { nudges: 2, nudgedAt: LATER },
      [NEWS, { kind: 'overdue:admins', waitingSince: AT }],
    ],
    [
      'tells the team of one whose manager does not answer',
      given(),
      nudge(1),
      { nudges: 1 },
      [NEWS, { kind: 'overdue:team', waitingSince: AT }],
    ],
    [
      'is free again',
      { ...given(), nudges: 2, nudgedAt: AT, reminders: [reminder(OWNER.id)] },
      expire,
      {
        status: 'new',
        assignee: null,
        waitingSince: LATER,
        nudges: 0,
        nudgedAt: null,
        touchedAt: null,
        reminders: [],
      },
      [NEWS, { kind: 'returned', userId: OLIM.id }, { kind: 'assign', butNot: OLIM.id }],
    ],
    [
      'reminds, and from then on counts anew whether it is touched',
      reminded,
      remind,
      { reminders: [], touchedAt: LATER, firstResponseAt: null },
      [NEWS, { kind: 'reminder', userId: OLIM.id, text: 'Call' }],
    ],
    [
      'reminds another, which is no work on it',
      { ...given(), reminders: [reminder(NODIR.id)] },
      remind,
      { reminders: [], touchedAt: AT },
      [NEWS, { kind: 'reminder', userId: NODIR.id, text: 'Call' }],
    ],
    [
      'reminds of one that is free',
      newLead({ reminders: [reminder(OLIM.id)] }),
      remind,
      { reminders: [], touchedAt: null },
      [NEWS, { kind: 'reminder', userId: OLIM.id, text: 'Call' }],
    ],
  ])('%s', (_, lead, command, expected, owes) => {
    const decision = changed(lead, command)
    expect(decision.lead).toMatchObject({ ...expected, version: lead.version + 1 })
    expect(decision.owes).toEqual(owes)
  })

  it.each<[string, LeadData, LeadCommand]>([
    ['the team of one that is answered', leadOf('in_progress'), nudge(1)],
    ['the team twice', newLead({ nudges: 1 }), nudge(1)],
    ['the team after the admins', newLead({ nudges: 2 }), nudge(1)],
    ['the admins twice', newLead({ nudges: 2 }), nudge(2)],
    ['anybody of one that is closed', leadOf('closed'), nudge(1)],
    ['anybody of one that is merged', inStatus('merged'), nudge(2)],
    ['who never had it', newLead(), expire],
    ['who has closed it', leadOf('closed'), expire],
    ['anybody of a reminder that is no more', given(), remind],
  ])('does not tell %s', (_, lead, command) => {
    expect(decide(lead, command, AT)).toEqual({ ok: true, lead, owes: [] })
  })
})

describe('repeats', () => {
  const absorb: LeadCommand & { type: 'absorb' } = {
    id: 'absorb',
    type: 'absorb',
    from: FIRST_LEAD,
    text: '+998901234567',
    by: NODIR,
  }

  it('know the first lead that was found, and never another or themselves', () => {
    const repeat = (of: string): LeadCommand => ({ id: `repeat:${of}`, type: 'repeat', of })
    const { lead } = changed(newLead(), repeat(FIRST_LEAD))
    expect(lead).toMatchObject({ repeatOf: FIRST_LEAD, version: 2 })
    const other = '7f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d33'
    expect(decide(lead, repeat(other), AT)).toEqual({ ok: true, lead, owes: [] })
    const itself = newLead()
    expect(decide(itself, repeat(itself.id), AT)).toEqual({ ok: true, lead: itself, owes: [] })
  })

  it('close without an outcome when they are merged, and bring what was said along', () => {
    const lead = newLead({ contact: '+998901234567', notes: [note('First'), note('Second')] })
    const { lead: merged, owes } = changed(lead, COMMANDS.merge)
    expect(merged).toMatchObject({
      status: 'closed',
      outcome: null,
      duplicateOf: FIRST_LEAD,
      closedAt: LATER,
    })
    const text = '+998901234567\nFirst\nSecond'
    const id = `absorb:${lead.id}:${LATER}`
    const command = { id, type: 'absorb', from: lead.id, text, by: OLIM }
    expect(owes).toEqual([{ kind: 'news' }, { kind: 'absorb', into: FIRST_LEAD, command }])
  })

  it('are never merged into themselves', () => {
    const lead = newLead()
    const into = { ...COMMANDS.merge, into: lead.id }
    expect(decide(lead, into, AT)).toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  })

  it('are work again when they are separated: of who had them, or of who separates them', () => {
    const separated = changed(inStatus('merged'), COMMANDS.unmerge).lead
    expect(separated).toMatchObject({ status: 'in_progress', duplicateOf: null, closedAt: null })
    expect(separated.assignee).toEqual(OLIM_IS)
    const had = { ...inStatus('merged'), assignee: NODIR_IS }
    expect(changed(had, COMMANDS.unmerge).lead.assignee).toEqual(NODIR_IS)
  })

  it.each(['new', 'in_progress'] as const)('are noted in a first lead that is %s', (status) => {
    const { lead, owes } = changed(leadOf(status), absorb)
    expect(lead).toMatchObject({ status, notes: [{ text: absorb.text, author: NODIR.name }] })
    expect(owes).toEqual([{ kind: 'news' }])
  })

  it('open a first lead that was closed, for the manager who had it', () => {
    const { lead } = changed(leadOf('closed'), absorb)
    expect(lead).toMatchObject({ status: 'in_progress', outcome: null, assignee: OLIM_IS })
    const spam = { ...leadOf('closed'), assignee: null }
    expect(changed(spam, absorb).lead.assignee).toEqual(NODIR_IS)
  })

  it('are passed on by a first lead that was itself merged', () => {
    const { lead, owes } = changed(inStatus('merged'), absorb)
    expect(lead).toMatchObject({ status: 'closed', notes: [{ text: absorb.text }] })
    expect(owes).toContainEqual({ kind: 'absorb', into: FIRST_LEAD, command: absorb })
  })
})

function note(text: string) {
  return { id: text, text, author: 'Aziza', at: AT }
}

const actor = fc.constantFrom(OLIM, NODIR, OWNER)
const command: fc.Arbitrary<LeadCommand> = fc.oneof(
  fc.record({
    id: fc.uuid(),
    type: fc.constantFrom('claim', 'release', 'reopen', 'unmerge'),
    by: actor,
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('merge'),
    by: actor,
    into: fc.constant(FIRST_LEAD),
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('absorb'),
    by: actor,
    from: fc.uuid(),
    text: fc.string(),
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('remind'),
    by: actor,
    at: fc.constant(LATER),
    text: fc.constant(null),
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('tick'),
    timer: fc.constantFrom(
      { kind: 'nudge', level: 1 },
      { kind: 'nudge', level: 2 },
      { kind: 'expire' },
    ),
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('close'),
    by: actor,
    outcome: fc.constantFrom('won', 'lost', 'spam'),
  }),
  fc.record({
    id: fc.uuid(),
    type: fc.constant('assign'),
    by: actor,
    to: fc.constantFrom({ id: '1', name: 'Olim' }, { id: '2', name: 'Nodir' }),
  }),
  fc.record({ id: fc.uuid(), type: fc.constant('note'), by: actor, text: fc.string() }),
)

describe('any sequence of commands', () => {
  it('leaves a lead that makes sense, one version further for every change', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        let lead = newLead()
        for (const next of commands) {
          const decision = decide(lead, next, AT)
          if (!decision.ok) continue
          const isChange = decision.owes.length > 0
          expect(decision.lead.version).toBe(lead.version + (isChange ? 1 : 0))
          lead = decision.lead
          expect(lead.status === 'closed').toBe(lead.outcome !== null || lead.duplicateOf !== null)
          expect(lead.outcome === null || lead.duplicateOf === null).toBe(true)
          if (lead.status === 'closed') expect(lead.reminders).toEqual([])
          expect(lead.status === 'closed').toBe(lead.closedAt !== null)
          if (lead.status === 'in_progress') expect(lead.assignee).not.toBeNull()
          if (lead.status === 'new') expect(lead.assignee).toBeNull()
        }
      }),
    )
  })
})
