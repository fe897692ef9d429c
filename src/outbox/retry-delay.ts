const FIRST_MS = 1_000
/** The longest wait unless an outbox says otherwise. */
export const LONGEST_WAIT_MS = 5 * 60_000

/**
 * Milliseconds to wait after `attempts` failures: doubling from a second to the longest, the last half
 * of it random so that those who failed together do not come back together.
 */
export function retryDelay(
  attempts: number,
  longestMs: number = LONGEST_WAIT_MS,
  random: () => number = Math.random,
): number {
  const full = Math.min(FIRST_MS * 2 ** Math.max(0, attempts - 1), longestMs)
  return Math.round(full / 2 + (full / 2) * random())
}
