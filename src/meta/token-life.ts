const DAY_MS = 86_400_000

/** A token is exchanged while it has a month to live: there are thirty more tries. */
const EXCHANGE_BEFORE_DAYS = 30

/** On these days before its end somebody is told, once each. */
const WARN_AT_DAYS = [14, 7, 1]

/** Nothing dies when Meta closes a person's data, so its end is told as well. */
const DATA_WARN_AT_DAYS = [...WARN_AT_DAYS, 0]

/** A warning that was given, and about which end (ms). */
export interface Warned {
  expiresAt: number
  days: number
}

/** Days until a time (ms), the present one counted; `null`: never ends. */
export function daysLeft(expiresAt: number | null, now: number): number | null {
  return expiresAt === null ? null : Math.max(0, Math.ceil((expiresAt - now) / DAY_MS))
}

/** Whether a token that ends then is due to be exchanged. */
export function isExchangeDue(expiresAt: number | null, now: number): boolean {
  return expiresAt !== null && expiresAt - now < EXCHANGE_BEFORE_DAYS * DAY_MS
}

/** The warning that is due and was not given for this end of life; `null` when none is. */
export function warningDue(
  expiresAt: number | null,
  now: number,
  given: Warned | null,
): number | null {
  return dueOf(WARN_AT_DAYS, expiresAt, now, given)
}

/**
 * The same of the end of a person's data: ninety days after they were last seen Meta gives no more
 * leads, though the token lives (Meta: auth-vs-data).
 */
export function dataWarningDue(
  expiresAt: number | null,
  now: number,
  given: Warned | null,
): number | null {
  return dueOf(DATA_WARN_AT_DAYS, expiresAt, now, given)
}

function dueOf(
  warnAt: number[],
  expiresAt: number | null,
  now: number,
  given: Warned | null,
): number | null {
  if (expiresAt === null) return null
  const left = (expiresAt - now) / DAY_MS
  const days = warnAt.findLast((at) => left <= at)
  if (days === undefined) return null
  const isGiven = given?.expiresAt === expiresAt && given.days <= days
  return isGiven ? null : days
}
