import { expect, it } from 'vitest'
import { byDay } from '../../../../../web/src/features/leads/by-day.ts'

it('neighbours of one day stand together, in the order they came', () => {
  const groups = byDay(['b2', 'b1', 'a3', 'b0'], (item) => item.charAt(0))
  expect(groups).toEqual([
    { day: 'b', items: ['b2', 'b1'] },
    { day: 'a', items: ['a3'] },
    { day: 'b', items: ['b0'] },
  ])
})
