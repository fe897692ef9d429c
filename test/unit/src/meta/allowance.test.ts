import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SCORE } from '../../../../dev/meta/graph/quotas.ts'
import { Usage } from '../../../../dev/meta/graph/usage.ts'
import {
  pauseAfter,
  pointsOf,
  spend,
  type Spent,
  type Tier,
} from '../../../../src/meta/allowance.ts'

const WINDOW_MS = 300_000
const MINUTE = 60_000

/** Spends at these times (ms), one after another, and gives when each was spent or `null`. */
function spendAll(calls: { at: number; points: number }[], tier: Tier | null): Spent[] {
  let spent: Spent[] = []
  return calls.flatMap(({ at, points }) => {
    const allowed = spend(spent, points, tier, at)
    if (!allowed.ok) return []
    spent = allowed.spent
    return [{ at, points }]
  })
}

const times = (n: number, at = 0, points = 1) => Array.from({ length: n }, () => ({ at, points }))

describe('the points of an ad account', () => {
  it('are one for a read and three for a write', () => {
    expect([pointsOf(), pointsOf('GET'), pointsOf('POST'), pointsOf('DELETE')]).toEqual([
      1, 1, 3, 3,
    ])
  })

  it('let 48 readings through, and two changes more', () => {
    const done = spendAll([...times(60), ...times(5, 1_000, 3)], 'limited')
    expect(done.filter(({ points }) => points === 1)).toHaveLength(48)
    expect(done.filter(({ points }) => points === 3)).toHaveLength(2)
  })

  it('are those of the limited tier while Meta has not said which it is', () => {
    expect(spendAll(times(60), null)).toHaveLength(48)
    expect(spendAll(times(9_000), 'full')).toHaveLength(8_094)
  })

  it('say when there is room again, and then there is', () => {
    const { spent } = spend([], 1, null, 0) as { spent: Spent[] }
    const full = [...spent, { at: 10_000, points: 47 }]
    expect(spend(full, 1, null, 20_000)).toEqual({ ok: false, at: WINDOW_MS })
    expect(spend(full, 2, null, 20_000)).toEqual({ ok: true, spent: expect.anything() })
    expect(spend(full, 1, null, WINDOW_MS)).toMatchObject({ ok: true })
  })

  it('are kept in a short list whatever the tier', () => {
    let spent: Spent[] = []
    for (let at = 0; at < 2 * WINDOW_MS; at += 200) {
      const allowed = spend(spent, 1, 'full', at)
      if (allowed.ok) spent = allowed.spent
    }
    expect(spent.length).toBeLessThanOrEqual(WINDOW_MS / 5_000 + 1)
  })

  it('never come to more than 54 of 60 within any 300 seconds, whatever is asked', () => {
    const call = fc.record({ wait: fc.nat(20_000), points: fc.constantFrom(1, 3) })
    fc.assert(
      fc.property(fc.array(call, { maxLength: 300 }), (calls) => {
        let now = 0
        const done = spendAll(
          calls.map(({ wait, points }) => ({ at: (now += wait), points })),
          'limited',
        )
        for (const { at } of done) {
          const within = done.filter((one) => one.at <= at && one.at > at - WINDOW_MS)
          expect(within.reduce((sum, { points }) => sum + points, 0)).toBeLessThanOrEqual(54)
        }
      }),
    )
  })
})

describe('the limits of Meta as the stand-in keeps them', () => {
  it.each(['limited', 'full'] as const)(
    'are never met in the %s tier, whatever is asked',
    (tier) => {
      const call = fc.record({ wait: fc.nat(15_000), points: fc.constantFrom(1, 3) })
      fc.assert(
        fc.property(fc.array(call, { maxLength: 300 }), (calls) => {
          let now = 1_000_000
          const usage = new Usage(() => now, tier)
          let spent: Spent[] = []
          for (const { wait, points } of calls) {
            now += wait
            const allowed = spend(spent, points, tier, now)
            // Who waits for as long as it says is let through.
            if (!allowed.ok) {
              now = allowed.at
              expect(spend(spent, points, tier, now)).toMatchObject({ ok: true })
              continue
            }
            spent = allowed.spent
            const meter = { type: 'score', id: '9', points, quota: SCORE[tier] } as const
            expect(() => usage.charge([meter])).not.toThrow()
          }
        }),
      )
    },
  )
})

describe('a refusal for too many calls', () => {
  it.each([
    [null, 1, 5],
    [null, 2, 15],
    [null, 3, 60],
    [null, 9, 60],
    [17, 3, 17],
  ])('of %j minutes, the %i. in a row, is waited out for %i minutes', (minutes, refusals, wait) => {
    expect(pauseAfter(minutes, refusals, 0)).toBe(wait * MINUTE)
  })

  it('is waited out a little longer by some than by others', () => {
    expect(pauseAfter(null, 1, 1)).toBe(5.5 * MINUTE)
  })
})
