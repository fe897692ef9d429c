import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decide } from '../../../objects/lead/decide.ts'
import type { LeadCommand, LeadData, LeadStatus } from '../../../src/lead.ts'
import { AT, leadOf, newLead, NODIR, OLIM, OWNER } from '../lead.ts'

const COMMANDS = {
  claim: { id: 'c', type: 'claim', by: OLIM },
  assign: { id: 'c', type: 'assign', by: OLIM, to: { id: '2', name: 'Nodir' } },
  release: { id: 'c', type: 'release', by: OLIM },
  won: { id: 'c', type: 'close', by: OLIM, outcome: 'won' },
  lost: { id: 'c', type: 'close', by: OLIM, outcome: 'lost' },
  spam: { id: 'c', type: 'close', by: OLIM, outcome: 'spam' },
  reopen: { id: 'c', type: 'reopen', by: OLIM },
} as const satisfies Record<string, LeadCommand>

describe('every status and every move of who holds the lead', () => {
  it.each([
    ['new', 'claim', 'in_progress'],
    ['new', 'assign', 'in_progress'],
    ['new', 'release', null],
    ['new', 'won', null],
    ['new', 'lost', null],
    ['new', 'spam', 'closed'],
    ['new', 'reopen', null],
    ['in_progress', 'claim', 'in_progress'],
    ['in_progress', 'assign', 'in_progress'],
    ['in_progress', 'release', 'new'],
    ['in_progress', 'won', 'closed'],
    ['in_progress', 'lost', 'closed'],
    ['in_progress', 'spam', 'closed'],
    ['in_progress', 'reopen', null],
    ['closed', 'claim', null],
    ['closed', 'assign', null],
    ['closed', 'release', null],
    ['closed', 'won', null],
    ['closed', 'lost', null],
    ['closed', 'spam', null],
    ['closed', 'reopen', 'in_progress'],
  ] as [LeadStatus, keyof typeof COMMANDS, LeadStatus | null][])(
    '%s, %s: %s',
    (status, command, expected) => {
      const decision = decide(leadOf(status), COMMANDS[command], AT)
      if (expected) expect(decision.ok && decision.lead.status).toBe(expected)
      else expect(decision).toEqual({ ok: false, code: 'ILLEGAL_TRANSITION', status })
    },
  )
})

describe('a lead that somebody holds', () => {
  it.each(['claim', 'assign', 'release', 'won', 'lost', 'spam'] as const)(
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

  it.each(['assign', 'release', 'won', 'lost', 'spam'] as const)(
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
    expect(owed(newLead(), COMMANDS.claim)).toContain('client:taken')
    expect(owed(leadOf('in_progress'), COMMANDS.won)).toContain('client:closed')
    expect(owed(leadOf('in_progress'), COMMANDS.spam)).toEqual(['projection', 'card'])
    expect(owed(newLead({ userId: null }), COMMANDS.claim)).toEqual(['projection', 'card'])
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

const actor = fc.constantFrom(OLIM, NODIR, OWNER)
const command: fc.Arbitrary<LeadCommand> = fc.oneof(
  fc.record({ id: fc.uuid(), type: fc.constantFrom('claim', 'release', 'reopen'), by: actor }),
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
          expect(lead.status === 'closed').toBe(lead.outcome !== null)
          expect(lead.status === 'closed').toBe(lead.closedAt !== null)
          if (lead.status === 'in_progress') expect(lead.assignee).not.toBeNull()
          if (lead.status === 'new') expect(lead.assignee).toBeNull()
        }
      }),
    )
  })
})
