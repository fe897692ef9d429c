import * as en from 'chrono-node/en'
import * as ru from 'chrono-node/ru'
import { Temporal } from 'temporal-polyfill'
import type { FoundTime } from './found-time.ts'

/** What a part of the day means when it is named without an hour. */
const HOUR_OF = { morning: 10, noon: 12, afternoon: 15, evening: 18, night: 21 } as const

/** The first time that Russian or English words name. */
export function readChrono(words: string, now: number, timezone: string): FoundTime | null {
  const isRussian = /\p{Script=Cyrillic}/u.test(words)
  const { offsetNanoseconds } =
    Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone)
  const reference = { instant: new Date(now), timezone: offsetNanoseconds / 60e9 }
  const [found] = (isRussian ? ru : en).parse(words, reference, { forwardDate: true })
  if (!found) return null
  const { start, text } = found
  // Said in hours and minutes from now, it is a moment; everything else goes by the clock there.
  if (start.isCertain('timezoneOffset')) return { text, at: start.date().getTime() }
  const isCounted = start.tags().has('result/relativeDate')
  const hasDate = isCounted || start.isCertain('day') || start.isCertain('weekday')
  const [year, month, day] = [start.get('year'), start.get('month'), start.get('day')]
  const date =
    hasDate && year && month && day ? Temporal.PlainDate.from({ year, month, day }) : null
  return { text, date, time: timeOf(start, text) }
}

function timeOf(start: ReturnType<typeof ru.parse>[number]['start'], text: string) {
  const hour = start.get('hour')
  if (start.isCertain('hour') && hour !== null) {
    const isExact = start.isCertain('meridiem') || /(?<!\d)0\d[:.]/.test(text)
    return { hour, minute: start.get('minute') ?? 0, isExact }
  }
  const tags = [...start.tags()].map((tag) => tag.replace('casualReference/', ''))
  const part = Object.entries(HOUR_OF).find(([name]) => tags.includes(name))
  return part ? { hour: part[1], minute: 0, isExact: true } : null
}

const MONTHS = [
  'января',
  'февраля',
  'марта',
  'апреля',
  'мая',
  'июня',
  'июля',
  'августа',
  'сентября',
  'октября',
  'ноября',
  'декабря',
]

/** Says in words that the parser knows what it would not understand, or would misunderstand. */
export function plainer(words: string): string {
  return (
    words
      // `28.11` is a day, `в 10.30` a time of day.
      .replace(
        /(?<![\d.:]|(?:^|\s)[вкд]о?\s)(\d{1,2})\.(0?[1-9]|1[0-2])(?![\d.:])/giu,
        (_, day, month) => `${day} ${MONTHS[Number(month) - 1]}`,
      )
      .replace(/(?<!\p{L})в (\d{1,2}) (дня|вечера)(?!\p{L})/giu, (all, hour) =>
        Number(hour) < 12 ? `в ${Number(hour) + 12}:00` : all,
      )
      .replace(/(?<!\p{L})полтора часа(?!\p{L})/giu, '90 минут')
      .replace(/(?<!\p{L})к (\d{1,2})(?=[:.\s]|$)/giu, 'в $1')
  )
}
