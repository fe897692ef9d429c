import { type Core, secondsNow } from '../core.ts'
import { statusOf } from '../world/running.ts'
import {
  APP,
  insightsQuota,
  leadgenQuota,
  managementQuota,
  type Meter,
  MUTATIONS,
  PAGES,
  SCORE,
} from './quotas.ts'

/** What a call is counted for. */
export type Bill =
  | { for: 'app' }
  | { for: 'ads_insights' | 'ads_management'; accountId: string }
  | { for: 'leadgen' | 'pages'; pageId: string }

/** The meters that a call moves. Marketing calls also move the account's score: 1 to read, 3 to write. */
export function metersFor(core: Core, bill: Bill, method: string): Meter[] {
  if (bill.for === 'app') return [{ type: 'app', id: core.appId, points: 1, quota: APP }]
  if ('pageId' in bill) {
    const quota = bill.for === 'leadgen' ? leadgenQuota(leadsOf(core, bill.pageId)) : PAGES
    return [
      { type: 'app', id: core.appId, points: 0, quota: APP },
      { type: bill.for, id: bill.pageId, points: 1, quota },
    ]
  }
  const { accountId: id } = bill
  const tier = core.accessTier
  const active = activeAds(core, id)
  const quota =
    bill.for === 'ads_insights' ? insightsQuota(tier, active) : managementQuota(tier, active)
  const writes = method !== 'GET'
  return [
    // Business calls are not counted against the app's own limit, yet an app that is throttled makes none.
    { type: 'app', id: core.appId, points: 0, quota: APP },
    { type: bill.for, id, points: 1, quota },
    { type: 'score', id, points: writes ? 3 : 1, quota: SCORE[tier] },
    ...(writes ? [{ type: 'mutations', id, points: 1, quota: MUTATIONS } as const] : []),
  ]
}

function activeAds({ world, state }: Core, accountId: string): number {
  const running = (campaignId: string) => {
    const campaign = world.campaigns.get(campaignId)
    return campaign !== undefined && statusOf(campaign, state.campaignMoves) === 'ACTIVE'
  }
  return [...world.ads.values()].filter(
    (ad) => ad.accountId === accountId && running(ad.campaignId),
  ).length
}

function leadsOf(core: Core, pageId: string): number {
  const now = secondsNow(core)
  return [...core.world.forms.values()]
    .filter((form) => form.pageId === pageId)
    .reduce((sum, form) => sum + core.book.counts(form.id, now).live, 0)
}
