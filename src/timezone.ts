/** Whether this is the name of an IANA timezone. */
export function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) !== undefined
  } catch {
    // Intl throws a RangeError for a zone it does not know: that is the answer.
    return false
  }
}
