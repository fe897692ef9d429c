const FIRST_MS = 1_000
const LONGEST_MS = 5 * 60_000

/**
 * Milliseconds to wait after `attempts` failures: doubling from a second to five minutes, the last
 * half of it random so that those who failed together do not come back together.
 */
export function retryDelay(attempts: number, random: () => number = Math.random): number {
  const full = Math.min(FIRST_MS * 2 ** Math.max(0, attempts - 1), LONGEST_MS)
  return Math.round(full / 2 + (full / 2) * random())
}
