import { Temporal } from 'temporal-polyfill'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpackPress } from '../../../../src/bot/callback-data.ts'
import { snoozedUntil } from '../../../../src/bot/snoozed-until.ts'
import {
  type AlertPress,
  packAlert,
  SNOOZES,
  unpackAlert,
} from '../../../../src/bot/watch-press.ts'

const alertId = fc.stringMatching(/^[0-9a-f]{16}$/)
const campaignId = fc.stringMatching(/^[1-9]\d{17}$/)
// Whole seconds: parts of one are rounded up.
const seenAt = fc.integer({ min: 1_700_000_000, max: 4_000_000_000 }).map((s) => s * 1000)

const presses: fc.Arbitrary<AlertPress> = fc.oneof(
  fc.record({
    deed: fc.constant('snooze' as const),
    alertId,
    choice: fc.constantFrom(...SNOOZES),
  }),
  fc.record({ deed: fc.constant('keep' as const), alertId }),
  fc.record({ deed: fc.constant('pause' as const), alertId, campaignId }),
  fc.record({
    deed: fc.constantFrom('sure' as const, 'run' as const),
    alertId,
    campaignId,
    seenAt,
  }),
)

describe('a button of an alert', () => {
  it('says within 64 bytes what it does, and is understood', () => {
    fc.assert(
      fc.property(presses, (press) => {
        const data = packAlert(press)
        expect(data.length).toBeLessThanOrEqual(64)
        expect(unpackAlert(unpackPress(data)?.id ?? '')).toEqual(press)
      }),
    )
  })

  it.each([
    '',
    'pause-0123456789abcdef',
    'pause-0123456789abcdef-12x',
    'sure-0123456789abcdef-12',
    'sure-0123456789abcdef-12-ABC',
    'snooze-0123456789abcdef-d2',
    'snooze-0123456789ABCDEF-h1',
    'keep-0123456789abcdef-1-2-3',
    'delete-0123456789abcdef-1',
  ])('is none of ours: %j', (id) => {
    expect(unpackAlert(id)).toBeNull()
  })
})

describe('a snooze', () => {
  const ZONE = 'Asia/Tashkent'
  const at = (local: string) =>
    Temporal.PlainDateTime.from(local).toZonedDateTime(ZONE).epochMilliseconds

  it.each([
    ['h1', '2026-11-28T14:00', '2026-11-28T15:00'],
    ['d1', '2026-11-28T14:00', '2026-11-29T14:00'],
    ['mon', '2026-11-28T14:00', '2026-11-30T09:00'],
    ['mon', '2026-11-29T23:59', '2026-11-30T09:00'],
    ['mon', '2026-11-30T00:00', '2026-12-07T09:00'],
  ] as const)('%s from %s lasts until %s', (choice, now, until) => {
    expect(snoozedUntil(choice, at(now), ZONE)).toBe(at(until))
  })
})
