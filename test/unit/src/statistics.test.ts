import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addOutcomes,
  outcomeCosts,
  resultsOf,
  totalsOf,
  whyDifferent,
} from '../../../src/statistics.ts'
import type { OutcomeRow } from '../../../src/store/outcomes.ts'

const row = (change: Partial<OutcomeRow>): OutcomeRow => ({
  campaignId: 'c',
  adId: null,
  source: 'facebook',
  received: 0,
  taken: 0,
  won: 0,
  lost: 0,
  spam: 0,
  waiting: 0,
  inProgress: 0,
  ...change,
})

const campaign = { campaignId: 'c', name: 'Campaign', spendMicros: 60_000_000 }
const usd = (amount: string) => ({ amount, currency: 'USD' })

describe('the cost of an outcome', () => {
  it('is the spend of a campaign by our own leads of it, whatever ad they are of', () => {
    const rows = [
      row({ adId: 'a', received: 3, taken: 2, won: 1 }),
      row({ adId: 'b', received: 1, taken: 1 }),
      row({ source: 'telegram', received: 1 }),
    ]
    const { byCampaign, byAd, total } = outcomeCosts(rows, [campaign], 'USD')
    expect(byCampaign).toMatchObject([
      {
        received: 5,
        costPerLead: usd('12.00'),
        costPerTaken: usd('20.00'),
        costPerWon: usd('60.00'),
        noCost: null,
      },
    ])
    expect(total).toMatchObject({ received: 5, costPerLead: usd('12.00') })
    expect(byAd).toMatchObject([
      { adId: 'a', received: 3, costPerLead: null, noCost: 'spend_is_by_campaign' },
      { adId: 'b', received: 1, costPerWon: null, noCost: 'spend_is_by_campaign' },
    ])
  })

  it('is none where nothing was won, and spent money is spent all the same', () => {
    const { byCampaign } = outcomeCosts([], [campaign], 'USD')
    expect(byCampaign).toMatchObject([{ spend: usd('60.00'), costPerLead: null, noCost: null }])
  })

  it('is unknown, and not nothing, while no spend was read', () => {
    const { total, byCampaign } = outcomeCosts([row({ received: 2 })], [], 'USD')
    expect(total).toMatchObject({ spend: null, costPerLead: null, noCost: 'no_insights' })
    expect(byCampaign).toMatchObject([{ campaignId: 'c', spend: null, noCost: 'no_insights' }])
  })

  it('is in whole yen where there are no smaller ones', () => {
    const { byCampaign } = outcomeCosts([row({ received: 7 })], [campaign], 'JPY')
    expect(byCampaign).toMatchObject([{ costPerLead: { amount: '9', currency: 'JPY' } }])
  })

  it('counts every lead of a campaign once, by campaign as in all', () => {
    const id = fc.option(fc.constantFrom('c', 'd', 'e'))
    const rows = fc.array(
      fc.record({
        campaignId: id,
        adId: fc.option(fc.constantFrom('a', 'b')),
        received: fc.nat(9),
      }),
    )
    fc.assert(
      fc.property(rows, (parts) => {
        const all = parts.map(row)
        const { total, byCampaign, withoutCampaign } = outcomeCosts(all, [campaign], 'USD')
        expect(addOutcomes(byCampaign).received).toBe(total.received)
        expect(total.received + withoutCampaign.received).toBe(addOutcomes(all).received)
      }),
    )
  })
})

describe('sums', () => {
  it('of modelled leads end where they should', () => {
    const sums = { spendMicros: 1, impressions: 0, clicks: 0, leads: 0.1 + 0.2 }
    expect(totalsOf(sums, 'USD').leads).toBe(0.3)
  })

  it('of Results are none where they are of several kinds', () => {
    expect(resultsOf({ results: null, resultIndicator: null })).toBeNull()
    expect(resultsOf({ results: 0, resultIndicator: 'reach' })).toEqual({
      count: 0,
      indicator: 'reach',
    })
  })
})

describe('Meta’s count and our own', () => {
  const same = {
    days: 28,
    isRecent: false,
    isSameTimezone: true,
    unreadDays: 0,
    withoutCampaign: 0,
  }

  it.each([
    [{}, []],
    [{ isSameTimezone: false }, ['other_timezone']],
    [{ days: 6 }, ['short_period']],
    [{ days: 7 }, []],
    [{ isRecent: true }, ['still_changing']],
    [{ unreadDays: 1 }, ['not_read']],
    [{ withoutCampaign: 1 }, ['without_campaign']],
  ])('may differ, %j, also for %j', (about, reasons) => {
    const always = ['day_of_impression', 'merged']
    expect(whyDifferent({ ...same, ...about }).filter((one) => !always.includes(one))).toEqual(
      reasons,
    )
    expect(whyDifferent(same)).toEqual(always)
  })
})
