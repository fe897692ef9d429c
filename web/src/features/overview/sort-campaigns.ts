import type { Stats } from './api/get-stats.ts'

export type Campaign = Stats['byCampaign'][number]

/** What campaigns can be ordered by. */
export const COLUMNS = ['spend', 'leads', 'cpl', 'ctr', 'clicks', 'impressions'] as const

export type Column = (typeof COLUMNS)[number]

/** A campaign's number in a column; `null` when there is none. */
export function valueOf(campaign: Campaign, column: Column): number | null {
  switch (column) {
    case 'spend':
      return Number(campaign.spend.amount)
    case 'cpl':
      return campaign.cpl ? Number(campaign.cpl.amount) : null
    default:
      return campaign[column]
  }
}

/** Campaigns in the order of a column; those without a number come last either way. */
export function sortCampaigns(
  campaigns: readonly Campaign[],
  column: Column,
  isAscending: boolean,
): Campaign[] {
  return campaigns.toSorted((a, b) => {
    const [one, other] = [valueOf(a, column), valueOf(b, column)]
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    return isAscending ? one - other : other - one
  })
}
