/** A moment as we store and show it: ISO 8601, UTC, milliseconds. */
export function isoTime(ms: number = Date.now()): string {
  return new Date(ms).toISOString()
}
