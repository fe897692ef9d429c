import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, it } from 'vitest'
import { WEEKDAYS, type WorkingHours, workingHoursSchema } from '../../../src/project-rules.ts'
import { afterWorkingMinutes, isWorkingTime } from '../../../src/working-hours.ts'

const MINUTE = 60_000
const USUAL = workingHoursSchema.parse({ sat: null, sun: null, daysOff: ['2026-11-25'] })
const NEVER = workingHoursSchema.parse(Object.fromEntries(WEEKDAYS.map((day) => [day, null])))

const ms = (time: string) => Temporal.ZonedDateTime.from(time).epochMilliseconds
const tashkent = (time: string) => ms(`${time}[Asia/Tashkent]`)

describe('working time', () => {
  it.each([
    ['counts within a day', '2026-11-23T10:00', 90, '2026-11-23T11:30'],
    ['goes on the next morning', '2026-11-23T19:50', 15, '2026-11-24T09:05'],
    ['ends with the day, not with the next morning', '2026-11-23T19:50', 10, '2026-11-23T20:00'],
    ['begins in the morning for what comes at night', '2026-11-23T03:00', 1, '2026-11-23T09:01'],
    ['begins the next morning for what comes late', '2026-11-23T22:00', 1, '2026-11-24T09:01'],
    ['leaves days off out', '2026-11-24T19:59', 2, '2026-11-26T09:01'],
    ['leaves the weekend out', '2026-11-27T19:30', 60, '2026-11-30T09:30'],
    ['lasts eleven hours a day', '2026-11-23T09:00', 22 * 60 + 1, '2026-11-26T09:01'],
  ])('%s', (_, from, minutes, expected) => {
    const at = afterWorkingMinutes(tashkent(from), minutes, USUAL, 'Asia/Tashkent')
    expect(at).toBe(tashkent(expected))
  })

  it.each([
    ['Europe/Berlin', '2026-10-25', 'the clock goes back', 240],
    ['Europe/Berlin', '2026-03-29', 'the clock goes forward', 120],
    ['America/New_York', '2026-03-08', 'the clock goes forward', 120],
    ['America/New_York', '2026-11-01', 'the clock goes back', 240],
  ])('in %s on %s, when %s, has the length it really has', (timezone, day, _, minutes) => {
    const night = Object.fromEntries(WEEKDAYS.map((name) => [name, { from: '01:00', to: '04:00' }]))
    const hours = workingHoursSchema.parse(night)
    const from = ms(`${day}T00:30[${timezone}]`)
    expect(afterWorkingMinutes(from, minutes, hours, timezone)).toBe(
      ms(`${day}T04:00[${timezone}]`),
    )
  })

  it('counts as it passes when nobody ever works, or when no hours are set', () => {
    const from = tashkent('2026-11-23T10:00')
    expect(afterWorkingMinutes(from, 15, NEVER, 'Asia/Tashkent')).toBe(from + 15 * MINUTE)
    expect(afterWorkingMinutes(from, 15, null, 'Asia/Tashkent')).toBe(from + 15 * MINUTE)
    expect(isWorkingTime(from, NEVER, 'Asia/Tashkent')).toBe(false)
    expect(isWorkingTime(from, null, 'Asia/Tashkent')).toBe(true)
  })

  it.each([
    ['2026-11-23T08:59', false],
    ['2026-11-23T09:00', true],
    ['2026-11-23T19:59', true],
    ['2026-11-23T20:00', false],
    ['2026-11-25T12:00', false],
    ['2026-11-28T12:00', false],
  ])('%s is working time: %s', (time, expected) => {
    expect(isWorkingTime(tashkent(time), USUAL, 'Asia/Tashkent')).toBe(expected)
  })
})

const timezone = fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Tashkent')
const clock = fc
  .integer({ min: 0, max: 24 * 60 - 1 })
  .map((n) => `${String(Math.floor(n / 60)).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`)
const shift = fc
  .tuple(clock, clock)
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }))
// Around the changes of summer time of 2026, and a quiet week.
const moment = fc
  .tuple(
    fc.constantFrom('2026-03-06', '2026-03-27', '2026-10-23', '2026-10-30', '2026-11-21'),
    fc.integer({ min: 0, max: 5 * 24 * 60 }),
  )
  .map(([day, minutes]) => Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE)
const daysOff = fc.subarray(['2026-03-08', '2026-03-29', '2026-10-25', '2026-11-01', '2026-11-23'])
const hours: fc.Arbitrary<WorkingHours> = fc
  .tuple(fc.array(fc.option(shift), { minLength: 7, maxLength: 7 }), daysOff)
  .filter(([shifts]) => shifts.some((one) => one !== null))
  .map(([shifts, off]) => {
    const days = Object.fromEntries(WEEKDAYS.map((day, n) => [day, shifts[n]]))
    return workingHoursSchema.parse({ ...days, daysOff: off })
  })
const minutes = fc.integer({ min: 1, max: 600 })

describe('working time of any hours in any timezone', () => {
  it('never passes faster than time', () => {
    fc.assert(
      fc.property(moment, minutes, hours, timezone, (from, n, week, zone) => {
        expect(afterWorkingMinutes(from, n, week, zone)).toBeGreaterThanOrEqual(from + n * MINUTE)
      }),
    )
  })

  it('is the same whether it is counted at once or in two parts', () => {
    fc.assert(
      fc.property(moment, minutes, minutes, hours, timezone, (from, m, n, week, zone) => {
        const part = afterWorkingMinutes(from, m, week, zone)
        expect(afterWorkingMinutes(part, n, week, zone)).toBe(
          afterWorkingMinutes(from, m + n, week, zone),
        )
      }),
    )
  })

  it('is working time up to where it is counted to', () => {
    fc.assert(
      fc.property(moment, minutes, hours, timezone, (from, n, week, zone) => {
        const at = afterWorkingMinutes(from, n, week, zone)
        expect(isWorkingTime(at - 1, week, zone)).toBe(true)
        expect(isWorkingTime(at - MINUTE, week, zone)).toBe(true)
      }),
    )
  })

  it('does not pass at all outside of it', () => {
    fc.assert(
      fc.property(moment, minutes, hours, timezone, (from, n, week, zone) => {
        fc.pre(!isWorkingTime(from, week, zone))
        expect(afterWorkingMinutes(from + 1, n, week, zone)).toBe(
          afterWorkingMinutes(from, n, week, zone),
        )
      }),
    )
  })

  it('passes later for what begins later', () => {
    fc.assert(
      fc.property(moment, moment, minutes, hours, timezone, (a, b, n, week, zone) => {
        const [first, second] = [a, b].map((from) => afterWorkingMinutes(from, n, week, zone))
        if (a <= b) expect(first).toBeLessThanOrEqual(second ?? 0)
        else expect(second).toBeLessThanOrEqual(first ?? 0)
      }),
    )
  })

  it('counts as it passes when every day is off', () => {
    fc.assert(
      fc.property(moment, minutes, timezone, (from, n, zone) => {
        expect(afterWorkingMinutes(from, n, NEVER, zone)).toBe(from + n * MINUTE)
      }),
    )
  })
})
