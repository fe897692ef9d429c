import type { Locale } from '../locales.ts'

/** A moment (ISO time) as a card tells it: day, month and time of day. */
export function timeIn(at: string, locale: Locale, timezone: string): string {
  return formatOf('time', locale, timezone).format(new Date(at))
}

/** The day of a moment (ISO time): with its year, for it may be long ago. */
export function dateIn(at: string, locale: Locale, timezone: string): string {
  return formatOf('date', locale, timezone).format(new Date(at))
}

/** The same where there is little room. */
export function shortDateIn(at: string, locale: Locale, timezone: string): string {
  return formatOf('short', locale, timezone).format(new Date(at))
}

/** A day (`YYYY-MM-DD`) as people write it. */
export function dayIn(day: string, locale: Locale): string {
  return dateIn(`${day}T00:00:00Z`, locale, 'UTC')
}

const formats = new Map<string, Intl.DateTimeFormat>()

const PARTS = {
  time: { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' },
  date: { day: '2-digit', month: '2-digit', year: 'numeric' },
  short: { day: '2-digit', month: '2-digit', year: '2-digit' },
} as const

/** Making a format costs more than the rest of a card. */
function formatOf(parts: keyof typeof PARTS, locale: Locale, timezone: string) {
  const key = `${parts} ${locale} ${timezone}`
  let format = formats.get(key)
  if (!format) {
    const language = locale === 'en' ? 'en-GB' : 'ru-RU'
    format = new Intl.DateTimeFormat(language, { ...PARTS[parts], timeZone: timezone })
    formats.set(key, format)
  }
  return format
}
