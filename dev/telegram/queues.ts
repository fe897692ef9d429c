import type { Pending } from './world.ts'

const MAX_RETRY_AFTER_MS = 3_600_000

/** The first update of every queue, the oldest queue first: only these may be brought. */
export function headsOf(pending: readonly Pending[]): Pending[] {
  const heads = new Map<string, Pending>()
  for (const update of pending) {
    if (!heads.has(update.queue)) heads.set(update.queue, update)
  }
  return [...heads.values()]
}

/** After the first failure at once, then after 2, 4, 8 … seconds, at most a random one to two minutes. */
export const telegramRetryDelayMs = (fails: number): number =>
  fails === 0 ? 0 : Math.min(2 ** fails * 1000, 60_000 + Math.random() * 60_000)

/** What happens to an update that was not taken: when it is brought again, or `null` when it is dropped. */
export function afterFailure(
  pending: Pending,
  failure: { retryAfterS: number; isUnreachable?: boolean },
  now: number,
  retryDelayMs: (fails: number) => number,
): Pick<Pending, 'fails' | 'wakesAt'> | null {
  const { fails, expiresAt } = pending
  // A connection that could not be opened is no failure of the update: its back-off stays short.
  const delayMs = failure.isUnreachable
    ? retryDelayMs(1)
    : Math.min(failure.retryAfterS * 1000, MAX_RETRY_AFTER_MS) || retryDelayMs(fails)
  if (now + delayMs > expiresAt) return null
  return { fails: failure.isUnreachable ? fails : fails + 1, wakesAt: now + delayMs }
}
