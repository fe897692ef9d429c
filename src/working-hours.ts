import { Temporal } from 'temporal-polyfill'
import { WEEKDAYS, type WorkingHours } from './project-rules.ts'

/** A year of days off in a row is nobody's schedule: beyond it the time counts as it passes. */
const MAX_DAYS = 366

/**
 * The moment (ms) when so many minutes of working time have passed since `from`; `null` hours: all
 * time is working time. The clock is the timezone's own, its changes of summer time included.
 */
export function afterWorkingMinutes(
  from: number,
  minutes: number,
  hours: WorkingHours | null,
  timezone: string,
): number {
  let left = minutes * 60_000
  if (!hours) return from + left
  let date = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timezone).toPlainDate()
  for (let n = 0; n < MAX_DAYS; n++, date = date.add({ days: 1 })) {
    const shift = shiftOf(date, hours, timezone)
    if (!shift) continue
    const begin = Math.max(shift.from, from)
    if (shift.to - begin >= left && shift.to > begin) return begin + left
    left -= Math.max(0, shift.to - begin)
  }
  return from + minutes * 60_000
}

/** Whether a moment (ms) is working time. */
export function isWorkingTime(at: number, hours: WorkingHours | null, timezone: string): boolean {
  if (!hours) return true
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate()
  const shift = shiftOf(date, hours, timezone)
  return shift !== null && shift.from <= at && at < shift.to
}

/** The shifts of working time that end after `from` and begin before `to` (ms), in order. */
export function shiftsWithin(
  from: number,
  to: number,
  hours: WorkingHours,
  timezone: string,
): { from: number; to: number }[] {
  const dayOf = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timezone).toPlainDate()
  const last = dayOf(to)
  const shifts: { from: number; to: number }[] = []
  for (
    let date = dayOf(from);
    Temporal.PlainDate.compare(date, last) <= 0;
    date = date.add({ days: 1 })
  ) {
    const shift = shiftOf(date, hours, timezone)
    if (shift && shift.to > from && shift.from < to) shifts.push(shift)
  }
  return shifts
}

function shiftOf(
  date: Temporal.PlainDate,
  hours: WorkingHours,
  timezone: string,
): { from: number; to: number } | null {
  const weekday = WEEKDAYS[date.dayOfWeek - 1]
  const shift = weekday && hours[weekday]
  if (!shift || hours.daysOff.includes(date.toString())) return null
  const at = (time: string) =>
    date.toZonedDateTime({ timeZone: timezone, plainTime: time }).epochMilliseconds
  return { from: at(shift.from), to: at(shift.to) }
}
