const DAY_MS = 86_400_000

/** A token is exchanged while it has a month to live: there are thirty more tries. */
const EXCHANGE_BEFORE_DAYS = 30

/** On these days before its end somebody is told, once each. */
export const WARN_AT_DAYS = [14, 7, 1] as const

/** Whole days until a time (ms), 0 on the last; `null`: never ends. */
export function daysLeft(expiresAt: number | null, now: number): number | null {
  return expiresAt === null ? null : Math.max(0, Math.floor((expiresAt - now) / DAY_MS))
}

/** Whether a token that ends then is due to be exchanged. */
export function isExchangeDue(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt - now < EXCHANGE_BEFORE_DAYS * DAY_MS
}

/** The warning that is due and was not given for this end of life; `null` when none is. */
export function warningDue(
  expiresAt: number | null,
  now: number,
  given: { expiresAt: number; days: number } | null,
): (typeof WARN_AT_DAYS)[number] | null {
  if (expiresAt === null) return null
  const left = (expiresAt - now) / DAY_MS
  const due = WARN_AT_DAYS.findLast((days) => left <= days)
  if (due === undefined) return null
  const isGiven = given?.expiresAt === expiresAt && given.days <= due
  return isGiven ? null : due
}
