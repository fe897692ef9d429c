import { expect, it } from 'vitest'
import { daysLeft } from '../../../../../web/src/features/settings/days-left.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')

it.each([
  [[null, null], null],
  [['2026-12-02T12:00:00Z', null], 10],
  [['2026-12-02T12:00:00Z', '2026-11-25T11:00:00Z'], 2],
  [['2026-11-01T00:00:00Z', null], 0],
])('of %j there are %j days left', (times, expected) => {
  expect(daysLeft(times, NOW)).toBe(expected)
})
