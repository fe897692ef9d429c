const MINUTE_MS = 60_000
const HOUR = 60
const DAY = 24 * HOUR

/** Minutes at which what is said of an age changes, as long as minutes matter. */
const MINUTES = [0, 1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 45, HOUR]

/** How long something has waited, as coarse as it is said. */
export interface AgeStep {
  /** Whole minutes, rounded down to what is said. */
  minutes: number
  /** When something else is to be said, ms. */
  nextAt: number
}

/**
 * How long a lead has waited at `now` (ms): by the minute first, then ever more coarsely, so that a
 * card that says it changes seldom.
 */
export function ageStep(waitingSince: string, now: number): AgeStep {
  const since = Date.parse(waitingSince)
  const passed = Math.max(0, Math.floor((now - since) / MINUTE_MS))
  const { minutes, next } = stepOf(passed)
  return { minutes, nextAt: since + next * MINUTE_MS }
}

function stepOf(passed: number): { minutes: number; next: number } {
  if (passed < HOUR) {
    const next = MINUTES.find((step) => step > passed) ?? HOUR
    return { minutes: MINUTES.findLast((step) => step <= passed) ?? 0, next }
  }
  const unit = passed < 2 * DAY ? HOUR : DAY
  const minutes = Math.floor(passed / unit) * unit
  return { minutes, next: minutes + unit }
}
