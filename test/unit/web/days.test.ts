import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addDays, dayIn, eachDay, isDay, lengthOf, monthBefore } from '../../../web/src/days.ts'

describe('days', () => {
  it('knows that it is tomorrow in Tashkent while it is still today in London', () => {
    const evening = Date.parse('2026-11-22T20:30:00Z')
    expect(dayIn('Asia/Tashkent', evening)).toBe('2026-11-23')
    expect(dayIn('Europe/London', evening)).toBe('2026-11-22')
  })

  it.each([
    ['2026-03-01', -1, '2026-02-28'],
    ['2028-03-01', -1, '2028-02-29'],
    ['2026-12-31', 1, '2027-01-01'],
    ['2026-03-29', 1, '2026-03-30'],
  ])('counts from %s by %i to %s', (day, count, expected) => {
    expect(addDays(day, count)).toBe(expected)
  })

  it('lists as many days as a period has, the first and the last among them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 400 }), (a, n) => {
        const from = addDays('1990-01-01', a)
        const to = addDays(from, n)
        const days = eachDay({ from, to })
        expect(days).toHaveLength(lengthOf({ from, to }))
        expect([days[0], days.at(-1)]).toEqual([from, to])
      }),
    )
  })

  it.each([
    ['2026-11-22', { from: '2026-10-01', to: '2026-10-31' }],
    ['2026-03-01', { from: '2026-02-01', to: '2026-02-28' }],
    ['2026-01-15', { from: '2025-12-01', to: '2025-12-31' }],
  ])('finds the month before %s', (day, month) => {
    expect(monthBefore(day)).toEqual(month)
  })

  it.each([
    ['2026-02-28', true],
    ['2026-02-29', false],
    ['2026-13-01', false],
    ['26-01-01', false],
    ['', false],
    ['today', false],
  ])('takes %s for a day: %s', (text, expected) => {
    expect(isDay(text)).toBe(expected)
  })
})
