import { expect, it } from 'vitest'
import { chartDays } from '../../../../../web/src/features/overview/chart-data.ts'

it('the chart has every day of the period, days without ads too', () => {
  const money = { amount: '12.50', currency: 'USD' }
  const counts = { impressions: 10, clicks: 2, leads: 3, formLeads: 3, messages: 0, purchases: 0 }
  const day = { spend: money, ...counts, cpl: null, ctr: null, restatedAt: null }
  const days = { from: '2026-11-01', to: '2026-11-03' }
  expect(chartDays([{ ...day, date: '2026-11-02' }], days)).toEqual([
    { date: '2026-11-01', leads: 0, spend: 0 },
    { date: '2026-11-02', leads: 3, spend: 12.5 },
    { date: '2026-11-03', leads: 0, spend: 0 },
  ])
})
