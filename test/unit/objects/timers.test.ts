import { describe, expect, it } from 'vitest'
import { nextTimer, type TimerRules } from '../../../objects/lead/timers.ts'
import type { LeadData } from '../../../src/lead.ts'
import { workingHoursSchema } from '../../../src/project-rules.ts'
import { leadOf, newLead, NODIR, OLIM } from '../lead.ts'

const AROUND_THE_CLOCK: TimerRules = {
  responseMinutes: 15,
  returnMinutes: null,
  workingHours: null,
  timezone: 'Asia/Tashkent',
}
const RETURNS = { ...AROUND_THE_CLOCK, returnMinutes: 60 }

/** A time of Monday, 23 November 2026, in Tashkent. */
const at = (clock: string) => `2026-11-23T${clock}:00.000+05:00`
const iso = (clock: string) => new Date(at(clock)).toISOString()

const waits = (changes: Partial<LeadData> = {}) =>
  newLead({ waitingSince: iso('10:00'), ...changes })
const inWork = (changes: Partial<LeadData> = {}) => ({
  ...leadOf('in_progress'),
  waitingSince: iso('10:00'),
  touchedAt: iso('10:00'),
  ...changes,
})
const reminder = (clock: string, userId = OLIM.id) => ({
  id: clock,
  userId,
  at: iso(clock),
  text: null,
})

const TEAM = { kind: 'nudge', level: 1 }
const ADMINS = { kind: 'nudge', level: 2 }
const EXPIRE = { kind: 'expire' }

describe('what a lead does by itself next', () => {
  it.each<[string, LeadData, TimerRules, [string, object] | null]>([
    ['tells the team', waits(), AROUND_THE_CLOCK, ['10:15', TEAM]],
    ['then the admins', waits({ nudges: 1 }), AROUND_THE_CLOCK, ['10:30', ADMINS]],
    [
      'then the admins, as long after the team as the team had, however late it was told',
      waits({ nudges: 1, nudgedAt: iso('11:05') }),
      AROUND_THE_CLOCK,
      ['11:20', ADMINS],
    ],
    ['then nothing', waits({ nudges: 2 }), AROUND_THE_CLOCK, null],
    ['nothing without a response time', waits(), { ...RETURNS, responseMinutes: null }, null],
    [
      'tells the team of one that was given and is not answered',
      inWork({ firstResponseAt: null }),
      AROUND_THE_CLOCK,
      ['10:15', TEAM],
    ],
    [
      'is free again before it tells anybody, if that comes first',
      inWork({ firstResponseAt: null, touchedAt: iso('09:10') }),
      RETURNS,
      ['10:10', EXPIRE],
    ],
    ['nothing while it is worked on', inWork(), AROUND_THE_CLOCK, null],
    ['is free again', inWork(), RETURNS, ['11:00', EXPIRE]],
    ['is not taken from nobody', inWork({ assignee: null }), RETURNS, null],
    ['nothing when nobody knows when it was touched', inWork({ touchedAt: null }), RETURNS, null],
    [
      'reminds first, and waits for that before it is free',
      inWork({ reminders: [reminder('15:00')] }),
      RETURNS,
      ['15:00', { kind: 'remind', reminderId: '15:00' }],
    ],
    [
      'does not wait for what another wants to be reminded of',
      inWork({ reminders: [reminder('15:00', NODIR.id)] }),
      RETURNS,
      ['11:00', EXPIRE],
    ],
    [
      'reminds of the earliest of many',
      inWork({ reminders: [reminder('15:00'), reminder('12:00'), reminder('13:00')] }),
      RETURNS,
      ['12:00', { kind: 'remind', reminderId: '12:00' }],
    ],
    [
      'tells the team before a reminder that comes later',
      waits({ reminders: [reminder('12:00')] }),
      AROUND_THE_CLOCK,
      ['10:15', TEAM],
    ],
    ['nothing when it is closed', leadOf('closed'), RETURNS, null],
    [
      'nothing when it is merged',
      newLead({ status: 'closed', duplicateOf: crypto.randomUUID() }),
      RETURNS,
      null,
    ],
  ])('%s', (_, lead, rules, expected) => {
    const next = nextTimer(lead, rules)
    if (!expected) return expect(next).toBeNull()
    const [clock, timer] = expected
    return expect(next).toEqual({ at: Date.parse(at(clock)), timer })
  })

  it('counts working time only, but reminds at any time', () => {
    const rules = { ...RETURNS, workingHours: workingHoursSchema.parse({}) }
    const evening = { waitingSince: iso('19:50'), touchedAt: iso('19:50') }
    const nextMorning = (clock: string) => Date.parse(`2026-11-24T${clock}:00.000+05:00`)
    expect(nextTimer(waits(evening), rules)).toEqual({ at: nextMorning('09:05'), timer: TEAM })
    expect(nextTimer(inWork(evening), rules)).toEqual({ at: nextMorning('09:50'), timer: EXPIRE })
    const reminded = inWork({ ...evening, reminders: [reminder('23:00')] })
    expect(nextTimer(reminded, rules)?.at).toBe(Date.parse(at('23:00')))
  })
})
