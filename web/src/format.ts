import type { TFunction } from 'i18next'
import type { Locale } from '../../src/locales.ts'
import { dayIn, type Days } from './days.ts'

/**
 * Whose numbers we follow. Browsers ship no Uzbek data and would show Uzbek numbers the English way;
 * Uzbek writes them as Russian does.
 */
const NUMBERS_OF = { ru: 'ru', en: 'en-GB', uz: 'ru' } as const satisfies Record<Locale, string>

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Above this an amount is read without its cents. */
const LARGE_AMOUNT = 100_000

interface Money {
  amount: string
  currency: string
}

/** How numbers, money and times are written in a language and a timezone (of the device when absent). */
export function formatsFor(locale: Locale, timezone: string | undefined, t: TFunction) {
  const numbers = NUMBERS_OF[locale]
  const months = t('date.months').split(' ')
  const shortMonths = t('date.months_short').split(' ')
  const weekdays = t('date.weekdays_short').split(' ')
  const clock = new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(timezone === undefined ? {} : { timeZone: timezone }),
  })

  const made = new Map<string, Intl.NumberFormat>()
  const format = (value: number, options: Intl.NumberFormatOptions) => {
    const key = JSON.stringify(options)
    const known = made.get(key) ?? new Intl.NumberFormat(numbers, options)
    made.set(key, known)
    return known.format(value)
  }
  const number = (value: number, digits = 0) => format(value, { maximumFractionDigits: digits })

  const date = (day: string, names: string[], year: boolean) => {
    const at = new Date(day)
    const month = names[at.getUTCMonth()] ?? ''
    const text = t('date.day', { day: at.getUTCDate(), month })
    return year ? t('date.with_year', { date: text, year: at.getUTCFullYear() }) : text
  }
  const isThisYear = (day: string) => day.slice(0, 4) === dayIn(timezone, Date.now()).slice(0, 4)

  const day = (iso: string) => date(iso, months, !isThisYear(iso))
  const shortDay = (iso: string) => date(iso, shortMonths, !isThisYear(iso))

  return {
    number,
    money: ({ amount, currency }: Money) => {
      const isLarge = Math.abs(Number(amount)) >= LARGE_AMOUNT
      const digits = isLarge ? 0 : (amount.split('.')[1]?.length ?? 0)
      return format(Number(amount), {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      })
    },
    percent: (percent: number) =>
      format(percent / 100, {
        style: 'percent',
        minimumFractionDigits: 2,
        maximumFractionDigits: 2,
      }),
    /** A part of a whole as `12 %`; a small one with its tenths. */
    share: (part: number) =>
      format(part, { style: 'percent', maximumFractionDigits: part < 0.1 ? 1 : 0 }),
    day,
    shortDay,
    weekday: (iso: string) => weekdays[new Date(iso).getUTCDay()] ?? '',
    days: ({ from, to }: Days) => {
      if (from === to) return shortDay(from)
      if (from.slice(0, 7) !== to.slice(0, 7)) {
        return t('date.range', { from: shortDay(from), to: shortDay(to) })
      }
      // The days of one month name it once: `16–22 ноя`.
      return t('date.range_in_month', { first: new Date(from).getUTCDate(), last: shortDay(to) })
    },
    /** A moment as day and time. */
    moment: (iso: string) =>
      t('date.moment', {
        day: shortDay(dayIn(timezone, Date.parse(iso))),
        time: clock.format(new Date(iso)),
      }),
    dayOf: (iso: string) => dayIn(timezone, Date.parse(iso)),
    /** How long something takes or ago it is: the largest unit alone. */
    age: (ms: number) => {
      if (ms < MINUTE_MS) return t('age.now')
      if (ms < HOUR_MS) return t('age.minutes', { n: Math.floor(ms / MINUTE_MS) })
      if (ms < DAY_MS) return t('age.hours', { n: Math.floor(ms / HOUR_MS) })
      return t('age.days', { n: number(Math.floor(ms / DAY_MS)) })
    },
    bytes: (count: number) =>
      count < 100_000
        ? t('size.kb', { n: number(count / 1_000, 1) })
        : t('size.mb', { n: number(count / 1_000_000, 1) }),
  }
}

export type Formats = ReturnType<typeof formatsFor>
