import { Temporal } from 'temporal-polyfill'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { workingHoursSchema } from '../../../../src/project-rules.ts'
import { usualSilence, workingTime } from '../../../../src/watch/silence.ts'
import { isWorkingTime } from '../../../../src/working-hours.ts'

const HOUR_MS = 3_600_000
const ZONE = 'Asia/Tashkent'
const NINE_TO_SIX = { from: '09:00', to: '18:00' }
const HOURS = workingHoursSchema.parse({
  ...Object.fromEntries(['mon', 'tue', 'wed', 'thu', 'fri'].map((day) => [day, NINE_TO_SIX])),
  sat: null,
  sun: null,
})

const at = (local: string) =>
  Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds

const hoursBetween = (from: string, to: string) =>
  workingTime(at(from), at(to), HOURS, ZONE) / HOUR_MS

describe('working time between two moments', () => {
  it.each([
    ['within a day', '2026-11-27T10:00', '2026-11-27T12:30', 2.5],
    ['over a night', '2026-11-26T17:00', '2026-11-27T10:00', 2],
    ['over a weekend', '2026-11-27T17:00', '2026-11-30T10:00', 2],
    ['within a weekend', '2026-11-28T10:00', '2026-11-29T20:00', 0],
    ['from before work to after it', '2026-11-27T03:00', '2026-11-27T23:00', 9],
    ['over four weeks', '2026-10-30T09:00', '2026-11-27T09:00', 180],
  ])('%s', (_, from, to, hours) => {
    expect(hoursBetween(from, to)).toBe(hours)
  })

  it('is all time where there are no hours', () => {
    expect(workingTime(0, 5 * HOUR_MS, null, ZONE)).toBe(5 * HOUR_MS)
  })

  it('is what a clock counts that looks every quarter of an hour', () => {
    const begin = at('2026-11-20T00:00')
    const quarter = HOUR_MS / 4
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }), (a, b) => {
        const from = begin + a * quarter
        const to = from + b * quarter
        let counted = 0
        for (let now = from; now < to; now += quarter) {
          if (isWorkingTime(now, HOURS, ZONE)) counted += quarter
        }
        expect(workingTime(from, to, HOURS, ZONE)).toBe(counted)
      }),
      { numRuns: 50 },
    )
  })
})

describe('the longest silence that is usual', () => {
  /** Leads at nine, noon and three on every working day of four weeks. */
  const steady = Array.from({ length: 28 }, (_, n) =>
    Temporal.PlainDate.from('2026-10-30').add({ days: n }),
  )
    .filter(({ dayOfWeek }) => dayOfWeek <= 5)
    .flatMap((date) => ['09:00', '12:00', '15:00'].map((time) => at(`${date.toString()}T${time}`)))
  const until = at('2026-11-27T09:00')
  const usual = (times: number[], hours: typeof HOURS | null = HOURS) =>
    usualSilence(times, { hours, timezone: ZONE, until })

  it('is twice what nearly all silences keep within, nights and weekends aside', () => {
    expect(usual(steady)).toBe(6 * HOUR_MS)
  })

  it('is not learned from an outage', () => {
    const out = steady.filter(
      (time) => time < at('2026-11-10T00:00') || time > at('2026-11-13T00:00'),
    )
    expect(usual(out)).toBe(6 * HOUR_MS)
  })

  it('is never shorter than two hours', () => {
    const flood = Array.from({ length: 500 }, (_, n) => at('2026-11-26T10:00') + n * 30_000)
    expect(usual(flood)).toBe(2 * HOUR_MS)
  })

  it('is not known from twenty leads', () => {
    expect(usual(steady.slice(0, 20))).toBeNull()
    expect(usual(steady.slice(0, 21))).not.toBeNull()
    expect(usual([])).toBeNull()
  })

  it('counts nights in where people work around the clock', () => {
    expect(usual(steady, null)).toBeGreaterThan(30 * HOUR_MS)
  })
})
