/** How far Meta trusts the app, as its headers say: `development_access` is the limited one. */
export type Tier = 'limited' | 'full'

/** Points that were spent on an ad account, and when (ms). */
export interface Spent {
  at: number
  points: number
}

/** Meta counts an account's points over so long (Meta: Marketing API rate limiting). */
const WINDOW_MS = 300_000

/** A tenth less than Meta allows: others may ask in the app's name too. */
const POINTS: Record<Tier, number> = { limited: 54, full: 8_100 }

/** Readings leave so many, so that what a person wants changed (3 points) need not wait for them. */
const KEPT_FOR_CHANGES = 6

/** Points spent so close together are kept as one: the list stays short whatever the tier. */
const SLOT_MS = 5_000

/** What a call costs: a read 1, a write 3 (Meta: Marketing API rate limiting). */
export function pointsOf(method: 'GET' | 'POST' | 'DELETE' = 'GET'): number {
  return method === 'GET' ? 1 : 3
}

/**
 * Spends points on an ad account when its allowance has room for them; else says when (ms) it will.
 * `before` is what was spent earlier, oldest first; a tier that is not known yet is the limited one.
 */
export function spend(
  before: Spent[],
  points: number,
  tier: Tier | null,
  now: number,
): { ok: true; spent: Spent[] } | { ok: false; at: number } {
  const recent = before.filter(({ at }) => at > now - WINDOW_MS)
  const room = POINTS[tier ?? 'limited'] - (points === pointsOf('GET') ? KEPT_FOR_CHANGES : 0)
  let used = recent.reduce((sum, one) => sum + one.points, 0)
  if (used + points <= room) return { ok: true, spent: add(recent, points, now) }
  for (const one of recent) {
    used -= one.points
    if (used + points <= room) return { ok: false, at: one.at + WINDOW_MS }
  }
  return { ok: false, at: now + WINDOW_MS }
}

/** Points that join others count as long as the latest of them: never too short. */
function add(recent: Spent[], points: number, now: number): Spent[] {
  const last = recent.at(-1)
  const isSameSlot = last && Math.floor(last.at / SLOT_MS) === Math.floor(now / SLOT_MS)
  if (!isSameSlot) return [...recent, { at: now, points }]
  return [...recent.slice(0, -1), { at: now, points: last.points + points }]
}

/** Minutes to wait when Meta does not say how long, by how often in a row it has refused. */
const LADDER = [5, 15, 60]

/** Those who were refused together do not come back together. */
const JITTER = 0.1

/** How long (ms) nothing is asked after a refusal for too many calls; `chance` is from 0 to 1. */
export function pauseAfter(minutes: number | null, refusals: number, chance: number): number {
  if (minutes !== null) return minutes * 60_000
  const step = LADDER[Math.min(refusals, LADDER.length) - 1] ?? LADDER[0] ?? 5
  return Math.round(step * 60_000 * (1 + JITTER * chance))
}
