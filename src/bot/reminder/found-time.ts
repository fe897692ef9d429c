import { Temporal } from 'temporal-polyfill'

/** A time that words name: a moment, or a date and a time of day of which one may be missing. */
export type FoundTime = { text: string } & (
  | { at: number }
  | {
      date: Temporal.PlainDate | null
      time: { hour: number; minute: number; isExact: boolean } | null
    }
)

/** A day without a time of day is its morning. */
const MORNING = { hour: 10, minute: 0 }
/** Nobody calls at four in the morning: an hour up to this one is meant of the afternoon. */
const LAST_AFTERNOON_HOUR = 7

/** The moment (ms) that a time means to somebody who says it at `now` in a timezone. */
export function momentOf(found: FoundTime, now: number, timezone: string): number {
  if ('at' in found) return found.at
  const { date, time } = found
  const { hour, minute } = time ? inTheDay(time) : MORNING
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone)
  const on = (day: Temporal.PlainDate) =>
    day.toZonedDateTime({ timeZone: timezone, plainTime: { hour, minute } }).epochMilliseconds
  if (date) return on(date)
  const at = on(today.toPlainDate())
  return at > now ? at : on(today.toPlainDate().add({ days: 1 }))
}

function inTheDay({ hour, minute, isExact }: { hour: number; minute: number; isExact: boolean }) {
  const isAfternoon = !isExact && hour >= 1 && hour <= LAST_AFTERNOON_HOUR
  return { hour: isAfternoon ? hour + 12 : hour, minute }
}
