import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ageStep } from '../../../../src/bot/age.ts'

const SINCE = '2026-11-22T09:00:00.000Z'
const START = Date.parse(SINCE)
const MINUTE = 60_000

describe('the age of a lead that waits', () => {
  it.each([
    [0, 0, 1],
    [0.9, 0, 1],
    [1, 1, 2],
    [4.5, 4, 5],
    [6, 5, 7],
    [59, 45, 60],
    [61, 60, 120],
    [47 * 60, 47 * 60, 48 * 60],
    [48 * 60, 48 * 60, 72 * 60],
    [100 * 60, 96 * 60, 120 * 60],
  ])('after %d minutes is said to be %d, until %d', (passed, minutes, next) => {
    expect(ageStep(SINCE, START + passed * MINUTE)).toEqual({
      minutes,
      nextAt: START + next * MINUTE,
    })
  })

  it('is nothing by a clock that is behind', () => {
    expect(ageStep(SINCE, START - 5 * MINUTE).minutes).toBe(0)
  })

  it('stays as it is said until the next step begins, and changes then', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * 24 * 3_600_000 }), (passed) => {
        const now = START + passed
        const { minutes, nextAt } = ageStep(SINCE, now)
        expect(nextAt).toBeGreaterThan(now)
        expect(ageStep(SINCE, nextAt - 1).minutes).toBe(minutes)
        expect(ageStep(SINCE, nextAt).minutes).toBeGreaterThan(minutes)
      }),
    )
  })
})
