import { Temporal } from 'temporal-polyfill'

/** When a button can have somebody reminded. */
export const IN_CHOICES = ['15m', '1h', '3h', 'tomorrow'] as const

export type InChoice = (typeof IN_CHOICES)[number]

const MINUTES = { '15m': 15, '1h': 60, '3h': 180 } as const
const MORNING = '10:00'

/** The moment (ms) that a choice means at `now` by the clock of a timezone. */
export function momentOf(choice: InChoice, now: number, timezone: string): number {
  if (choice !== 'tomorrow') return now + MINUTES[choice] * 60_000
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone)
  const tomorrow = today.toPlainDate().add({ days: 1 })
  return tomorrow.toZonedDateTime({ timeZone: timezone, plainTime: MORNING }).epochMilliseconds
}
