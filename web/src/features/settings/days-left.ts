const DAY_MS = 86_400_000

/** Whole days until the first of these times; `null` when none of them ever comes. */
export function daysLeft(times: readonly (string | null)[], now: number): number | null {
  const ends = times.filter((time) => time !== null).map((time) => Date.parse(time))
  if (ends.length === 0) return null
  return Math.max(0, Math.floor((Math.min(...ends) - now) / DAY_MS))
}
