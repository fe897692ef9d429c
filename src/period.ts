import { Temporal } from 'temporal-polyfill'

/** Days `YYYY-MM-DD` of some timezone, both included. */
export interface Period {
  from: string
  to: string
}

/** The day it is in a timezone at a moment (ms). */
export function dayOf(ms: number, timezone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(ms)
    .toZonedDateTimeISO(timezone)
    .toPlainDate()
    .toString()
}

/** The hour it is in a timezone at a moment, 0 to 23. */
export function hourOf(ms: number, timezone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(ms).toZonedDateTimeISO(timezone).hour
}

/** The last `days` days of a timezone, today included. */
export function lastDays(days: number, timezone: string, now: number): Period {
  const today = Temporal.PlainDate.from(dayOf(now, timezone))
  return { from: today.subtract({ days: days - 1 }).toString(), to: today.toString() }
}

/** How many days a period has. */
export function lengthOf({ from, to }: Period): number {
  return Temporal.PlainDate.from(from).until(to, { largestUnit: 'days' }).days + 1
}

/** The period of the same length that ends the day before this one begins. */
export function periodBefore(period: Period): Period {
  const from = Temporal.PlainDate.from(period.from)
  const to = from.subtract({ days: 1 })
  return { from: from.subtract({ days: lengthOf(period) }).toString(), to: to.toString() }
}

/** The moments a period begins and ends in a timezone: ISO 8601 UTC, the end exclusive. */
export function boundsOf({ from, to }: Period, timezone: string): { from: string; to: string } {
  return {
    from: startOf(Temporal.PlainDate.from(from), timezone),
    to: startOf(Temporal.PlainDate.from(to).add({ days: 1 }), timezone),
  }
}

function startOf(date: Temporal.PlainDate, timezone: string): string {
  const start = date.toZonedDateTime({ timeZone: timezone }).toInstant()
  return start.toString({ smallestUnit: 'millisecond' })
}

/** The periods of at most `days` days that a period consists of, in order. */
export function slicesOf({ from, to }: Period, days: number): Period[] {
  const end = Temporal.PlainDate.from(to)
  const slices: Period[] = []
  let start = Temporal.PlainDate.from(from)
  while (Temporal.PlainDate.compare(start, end) <= 0) {
    const last = start.add({ days: days - 1 })
    const until = Temporal.PlainDate.compare(last, end) < 0 ? last : end
    slices.push({ from: start.toString(), to: until.toString() })
    start = until.add({ days: 1 })
  }
  return slices
}

/** The first day of so many months before today. */
export function monthsBefore(months: number, timezone: string, now: number): string {
  return Temporal.PlainDate.from(dayOf(now, timezone)).subtract({ months }).toString()
}
