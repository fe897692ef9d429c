import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Pace } from '../../../../src/bot/pace.ts'

/** With a second to spare. */
const MINUTE = 61_000

describe('the pace of a group', () => {
  it('lets a minute’s messages go at once, and the next when the first is a minute old', () => {
    const pace = new Pace(3)
    for (const at of [0, 10, 20]) {
      expect(pace.nextAt(at)).toBe(at)
      pace.took(at)
    }
    expect(pace.nextAt(30)).toBe(MINUTE)
    expect(pace.nextAt(MINUTE + 1)).toBe(MINUTE + 1)
  })

  it('keeps room back for what is more urgent', () => {
    const pace = new Pace(3)
    pace.took(0)
    expect(pace.room(5, 2)).toBe(0)
    expect(pace.room(5)).toBe(2)
    expect(pace.nextAt(5, 2)).toBe(MINUTE)
    expect(pace.nextAt(5)).toBe(5)
  })

  it('goes on where an earlier life of its chat has stopped', () => {
    expect(new Pace(2, [100, 50]).nextAt(200)).toBe(50 + MINUTE)
  })

  it('never lets more go in any minute, however they come', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 100 }),
        (perMinute, gaps) => {
          const pace = new Pace(perMinute)
          const sent: number[] = []
          let now = 0
          for (const gap of gaps) {
            now = pace.nextAt(now + gap)
            pace.took(now)
            sent.push(now)
          }
          const early = sent.filter(
            (at, index) => at - (sent[index - perMinute] ?? -Infinity) < MINUTE,
          )
          expect(early).toEqual([])
        },
      ),
    )
  })
})
