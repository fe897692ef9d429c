const DAY_MS = 86_400_000

/** Days `YYYY-MM-DD`, both included. */
export interface Days {
  from: string
  to: string
}

/** The day it is in a timezone at a moment (ms); without a timezone, on this device. */
export function dayIn(timezone: string | undefined, ms: number): string {
  const format = new Intl.DateTimeFormat('sv-SE', {
    dateStyle: 'short',
    ...(timezone === undefined ? {} : { timeZone: timezone }),
  })
  return format.format(ms)
}

/** The day so many days after (or before, when negative) another. */
export function addDays(day: string, count: number): string {
  return new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10)
}

/** How many days these are. */
export function lengthOf({ from, to }: Days): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1
}

/** Every day of these, in order. */
export function eachDay(days: Days): string[] {
  return Array.from({ length: Math.max(0, lengthOf(days)) }, (_, n) => addDays(days.from, n))
}

/** The whole month before the one that holds this day. */
export function monthBefore(day: string): Days {
  const to = addDays(`${day.slice(0, 7)}-01`, -1)
  return { from: `${to.slice(0, 7)}-01`, to }
}

/** Whether a text is a day that exists. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text)
}
