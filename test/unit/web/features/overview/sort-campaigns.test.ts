import { describe, expect, it } from 'vitest'
import {
  type Campaign,
  sortCampaigns,
} from '../../../../../web/src/features/overview/sort-campaigns.ts'

function campaign(name: string, spend: string, cpl: string | null): Campaign {
  const money = (amount: string) => ({ amount, currency: 'USD' })
  return {
    campaignId: name,
    name,
    spend: money(spend),
    cpl: cpl === null ? null : money(cpl),
    impressions: 0,
    clicks: 0,
    leads: 0,
    formLeads: 0,
    messages: 0,
    purchases: 0,
    results: null,
    ctr: null,
  }
}

const CAMPAIGNS = [
  campaign('a', '100.00', '4.00'),
  campaign('none', '9.50', null),
  campaign('b', '20.00', '2.00'),
]

const namesBy = (
  ...order: Parameters<typeof sortCampaigns> extends [unknown, ...infer R] ? R : []
) => sortCampaigns(CAMPAIGNS, ...order).map(({ name }) => name)

describe('campaigns', () => {
  it('are ordered by amounts as numbers, not as texts', () => {
    expect(namesBy('spend', false)).toEqual(['a', 'b', 'none'])
  })

  it('without a number come last either way', () => {
    expect(namesBy('cpl', true)).toEqual(['b', 'a', 'none'])
    expect(namesBy('cpl', false)).toEqual(['a', 'b', 'none'])
  })
})
