const DAY_MS = 86_400_000

/** Leads are compared this often, as long as Meta's quota has room for it. */
const USUAL_MS = 15 * 60_000

/** Meta: rate-limiting, leadgen: so many calls of a page in 24 hours for every lead of 90 days. */
const CALLS_PER_LEAD = 4_800

/** Of the quota, what comparing may use; the rest is for reading what webhooks tell of. */
const SHARE = 0.5

/** How a page stands with Meta's quota. */
export interface LeadQuota {
  /** Leads that Meta still has of its forms. */
  leads: number
  /** Calls of the last 24 hours. */
  calls: number
  /** Forms that one comparing reads, with one call each at least. */
  forms: number
}

/** How many calls comparing may make in 24 hours. Whether a page without leads may call is not documented: it is taken for one lead. */
function allowed({ leads }: LeadQuota): number {
  return CALLS_PER_LEAD * Math.max(1, leads) * SHARE
}

/** How long to wait between two comparings of a page's leads, ms: longer when its quota is small. */
export function intervalOf(quota: LeadQuota): number {
  return Math.max(USUAL_MS, (DAY_MS * quota.forms) / allowed(quota))
}

/** Whether leads may be compared once more now; `lastAt` is when they last were, ms. */
export function mayCompare(quota: LeadQuota, lastAt: number | null, now: number): boolean {
  if (quota.calls + quota.forms > allowed(quota)) return false
  const interval = intervalOf(quota)
  if (interval <= USUAL_MS || lastAt === null) return true
  // The cron comes every 15 minutes, now a little sooner and now a little later.
  return now - lastAt >= interval - USUAL_MS / 3
}
