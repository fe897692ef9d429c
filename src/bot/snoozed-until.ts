import { Temporal } from 'temporal-polyfill'
import type { SnoozeChoice } from './watch-press.ts'

const HOUR_MS = 3_600_000

/** On Monday people begin at nine. */
const MONDAY_HOUR = 9

/** Until when an alert is silent (ms): an hour, a day, or till the next Monday morning. */
export function snoozedUntil(choice: SnoozeChoice, now: number, timezone: string): number {
  if (choice !== 'mon') return now + (choice === 'h1' ? 1 : 24) * HOUR_MS
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone)
  const monday = today.toPlainDate().add({ days: 8 - today.dayOfWeek })
  const plainTime = { hour: MONDAY_HOUR }
  return monday.toZonedDateTime({ timeZone: timezone, plainTime }).epochMilliseconds
}
