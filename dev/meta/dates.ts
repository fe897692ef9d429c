import { Temporal } from 'temporal-polyfill'

/** The calendar date (`YYYY-MM-DD`) that a clock on the wall of the zone shows. */
export function dateIn(timezone: string, ms: number): string {
  return zoned(timezone, ms).toPlainDate().toString()
}

/** When a calendar date begins and ends in a zone, in ms; 23 and 25 hour days included. */
export function dayBounds(timezone: string, date: string): { start: number; end: number } {
  const key = `${timezone}|${date}`
  const known = bounds.get(key)
  if (known) return known
  const day = Temporal.PlainDate.from(date)
  const found = {
    start: day.toZonedDateTime(timezone).epochMilliseconds,
    end: day.add({ days: 1 }).toZonedDateTime(timezone).epochMilliseconds,
  }
  bounds.set(key, found)
  return found
}

// A report over ten weeks asks for the same few dozen days thousands of times.
const bounds = new Map<string, { start: number; end: number }>()

// A date without a zone is a day of UTC: plain arithmetic is exact, and thousands of times per
// report much quicker than calendar objects.
const DAY_MS = 86_400_000

/** The date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10)
}

/** How many days later the second date is. */
export function daysBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / DAY_MS
}

/** 0 is Sunday, 6 is Saturday. */
export function weekday(date: string): number {
  return new Date(date).getUTCDay()
}

/** How Meta writes a moment: `2026-11-22T09:19:56+0000`, without a colon in the offset. */
export function stamp(ms: number, timezone = 'UTC'): string {
  return zoned(timezone, ms)
    .toString({ smallestUnit: 'second', timeZoneName: 'never' })
    .replace(/:(\d\d)$/, '$1')
}

/** How far a zone is ahead of UTC at a moment. */
export function offsetHours(timezone: string, ms: number): number {
  return zoned(timezone, ms).offsetNanoseconds / 3_600_000_000_000
}

function zoned(timezone: string, ms: number) {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone)
}
