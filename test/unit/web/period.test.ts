import { describe, expect, it } from 'vitest'
import { addDays } from '../../../web/src/days.ts'
import { daysOf, isPeriod, MOST_DAYS, PERIODS, periodIn } from '../../../web/src/period.ts'

const TODAY = '2026-11-22'

describe('periods', () => {
  it.each([
    ['today', '2026-11-22', '2026-11-22'],
    ['yesterday', '2026-11-21', '2026-11-21'],
    ['7d', '2026-11-16', '2026-11-22'],
    ['28d', '2026-10-26', '2026-11-22'],
    ['month', '2026-10-01', '2026-10-31'],
  ] as const)('%s is %s to %s', (name, from, to) => {
    expect(daysOf(name, TODAY)).toEqual({ from, to })
  })

  it('are all ones that can be asked for', () => {
    for (const name of PERIODS) expect(isPeriod(daysOf(name, TODAY))).toBe(true)
  })

  it('are refused when turned round, too long, or of days that do not exist', () => {
    expect(isPeriod({ from: '2026-11-02', to: '2026-11-01' })).toBe(false)
    expect(isPeriod({ from: '2026-02-30', to: '2026-11-01' })).toBe(false)
    expect(isPeriod({ from: addDays(TODAY, 1 - MOST_DAYS), to: TODAY })).toBe(true)
    expect(isPeriod({ from: addDays(TODAY, -MOST_DAYS), to: TODAY })).toBe(false)
  })

  it.each([
    ['', '7d'],
    ['period=yesterday', 'yesterday'],
    ['period=for+ever', '7d'],
    ['from=2026-11-05', '7d'],
    ['from=2026-11-05&to=2026-11-01', '7d'],
  ])('an address with «%s» speaks of %s', (search, name) => {
    expect(periodIn(new URLSearchParams(search), TODAY).name).toBe(name)
  })

  it('an address with two days speaks of those', () => {
    const params = new URLSearchParams('from=2026-11-01&to=2026-11-05&period=today')
    const days = { from: '2026-11-01', to: '2026-11-05' }
    expect(periodIn(params, TODAY)).toEqual({ name: null, days })
  })
})
