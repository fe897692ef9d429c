import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { afterFailure, telegramRetryDelayMs } from '../../../../dev/telegram/queues.ts'

const pending = (fails: number, expiresAt = Number.MAX_SAFE_INTEGER) => ({
  update: { update_id: 1 },
  queue: 'q',
  expiresAt,
  fails,
  wakesAt: 0,
  wasForgotten: false,
})

describe('the back-off', () => {
  it('grows from nothing to a random one to two minutes, and never shrinks below what it was', () => {
    fc.assert(
      fc.property(fc.nat(200), (fails) => {
        const delay = telegramRetryDelayMs(fails)
        const doubled = fails === 0 ? 0 : 2 ** fails * 1000
        expect(delay).toBeLessThanOrEqual(120_000)
        expect(delay).toBeGreaterThanOrEqual(Math.min(doubled, 60_000))
        expect(delay).toBeLessThanOrEqual(doubled)
      }),
    )
  })

  it.each([
    ['the first failure', pending(0), { retryAfterS: 0 }, { fails: 1, wakesAt: 1_000 }],
    ['the third failure', pending(2), { retryAfterS: 0 }, { fails: 3, wakesAt: 5_000 }],
    ['a webhook that names a time', pending(2), { retryAfterS: 30 }, { fails: 3, wakesAt: 31_000 }],
    ['one that names too much', pending(2), { retryAfterS: 9e9 }, { fails: 3, wakesAt: 3_601_000 }],
    [
      'no connection',
      pending(5),
      { retryAfterS: 0, isUnreachable: true },
      { fails: 5, wakesAt: 3_000 },
    ],
    ['the last moment', pending(2, 5_000), { retryAfterS: 0 }, { fails: 3, wakesAt: 5_000 }],
    ['too late', pending(2, 4_999), { retryAfterS: 0 }, null],
  ])('after %s', (_, update, failure, expected) => {
    expect(afterFailure(update, failure, 1_000, telegramRetryDelayMs)).toEqual(expected)
  })
})
