import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { medianOf } from '../../../../src/schedule/send-summaries.ts'
import { summariesDueAt } from '../../../../src/schedule/summaries.ts'

const TICK_MS = 5 * 60_000

function dueAt(time: string, timezone = 'Asia/Tashkent', summaryHour: number | null = 20) {
  const due = summariesDueAt(Date.parse(time), [{ id: 'p', timezone, summaryHour }])
  return due.map(({ day, from, to }) => [day, iso(from), iso(to)])
}

const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16)

describe('the summary of a day', () => {
  it('is due from its hour on, for three hours, and tells of the time since the last', () => {
    const day = [['2026-11-25', '2026-11-24T15:00', '2026-11-25T15:00']]
    expect(dueAt('2026-11-25T14:55:00Z')).toEqual([])
    expect(dueAt('2026-11-25T15:00:00Z')).toEqual(day)
    expect(dueAt('2026-11-25T17:55:00Z')).toEqual(day)
    expect(dueAt('2026-11-25T18:00:00Z')).toEqual([])
  })

  it('of a late hour is still sent after midnight, and is of the day before', () => {
    expect(dueAt('2026-11-25T20:55:00Z', 'Asia/Tashkent', 23)[0]?.[0]).toBe('2026-11-25')
  })

  it('is not made for a project that wants none', () => {
    expect(dueAt('2026-11-25T15:00:00Z', 'Asia/Tashkent', null)).toEqual([])
  })

  it.each([
    // Clocks go forward from 02:00 to 03:00: the hour that is left out is the one after it.
    ['2026-03-29T01:00:00Z', 2, '2026-03-28T01:00', '2026-03-29T01:00'],
    // And back from 03:00 to 02:00: of the two, the first.
    ['2026-10-25T00:00:00Z', 2, '2026-10-24T00:00', '2026-10-25T00:00'],
    // A day of 23 hours and one of 25.
    ['2026-03-29T18:00:00Z', 20, '2026-03-28T19:00', '2026-03-29T18:00'],
    ['2026-10-25T19:00:00Z', 20, '2026-10-24T18:00', '2026-10-25T19:00'],
  ])('goes by the clock of the project when it changes (%s, %d)', (tick, hour, from, to) => {
    expect(dueAt(tick, 'Europe/Berlin', hour)).toEqual([[tick.slice(0, 10), from, to]])
  })

  it('is due in one unbroken run of ticks a day, and no time lies between two or in both', () => {
    const zones = fc.constantFrom(
      'Asia/Tashkent',
      'Europe/Berlin',
      'America/St_Johns',
      'Asia/Kathmandu',
    )
    const start = fc.integer({ min: 0, max: 365 * 288 })
    fc.assert(
      fc.property(zones, fc.integer({ min: 0, max: 23 }), start, (timezone, summaryHour, first) => {
        const runs = new Map<string, { from: number; to: number; ticks: number[] }>()
        for (let n = 0; n < 5 * 288; n++) {
          const tick = Date.UTC(2026, 0, 1) + (first + n) * TICK_MS
          for (const { day, from, to } of summariesDueAt(tick, [
            { id: 'p', timezone, summaryHour },
          ])) {
            const run = runs.get(day) ?? { from, to, ticks: [] }
            runs.set(day, { from, to, ticks: [...run.ticks, tick] })
          }
        }
        const days = [...runs.values()]
        for (const [n, { from, ticks }] of days.entries()) {
          const before = days[n - 1]
          if (before) expect(from).toBe(before.to)
          expect(ticks.every((tick, i) => i === 0 || tick - (ticks[i - 1] ?? 0) === TICK_MS)).toBe(
            true,
          )
        }
      }),
      { numRuns: 10 },
    )
  })
})

describe('the median of response times', () => {
  it.each([
    [[], null],
    [[7], 7],
    [[1, 3], 2],
    [[1, 2, 90], 2],
    [[1, 2, 4, 90], 3],
  ])('of %j is %j', (times, median) => {
    expect(medianOf(times)).toBe(median)
  })
})
