import { Temporal } from 'temporal-polyfill'
import type { FoundTime } from './found-time.ts'

const NUMBERS: Record<string, number> = {
  yarim: 0.5,
  bir: 1,
  ikki: 2,
  uch: 3,
  "to'rt": 4,
  besh: 5,
  olti: 6,
  yetti: 7,
  sakkiz: 8,
  "to'qqiz": 9,
  "o'n": 10,
}

const UNIT_MINUTES: Record<string, number> = { daqiqa: 1, minut: 1, soat: 60 }
const UNIT_DAYS: Record<string, number> = { kun: 1, hafta: 7 }

const NUMBER = `\\d{1,3}|bir yarim|${Object.keys(NUMBERS).join('|')}`
const LATER = new RegExp(
  `(?<!\\w)(${NUMBER})\\s*(daqiqa|minut|soat|kun|hafta)(?:dan)?\\s+(?:keyin|so'ng)`,
)

const DAYS: Record<string, number> = { bugun: 0, ertaga: 1, indinga: 2, indin: 2, kecha: -1 }
const WEEKDAYS = ['dushanba', 'seshanba', 'chorshanba', 'payshanba', 'juma', 'shanba', 'yakshanba']
const MONTHS = [
  'yanvar',
  'fevral',
  'mart',
  'aprel',
  'may',
  'iyun',
  'iyul',
  'avgust',
  'sent',
  'okt',
  'noyabr',
  'dekabr',
]

const DAY = new RegExp(`(?<!\\w)(${Object.keys(DAYS).join('|')})(?![\\w'])`)
const WEEKDAY = new RegExp(`(?<!\\w)(${WEEKDAYS.join('|')})(?:ga|da)?(?:\\s+kuni)?(?![\\w'])`)
const DATE = new RegExp(
  `(?<!\\w)(\\d{1,2})[- ]?(${MONTHS.join('|')})(?:yabr|abr)?(?:da|ga)?(?!\\w)`,
)
const CLOCK =
  /(?<![\w.:])(?:(kechki|kechqurun|ertalabki|ertalab|tushdan keyin)\s+)?(?:soat\s*(\d{1,2})(?:[:.](\d{2}))?|(\d{1,2})[:.](\d{2}))(\s*yarim)?(?:\s*(?:da|ga))?(?!\w)/
const PART = /(?<!\w)(ertalab|tushda|tushdan keyin|kechqurun)(?!\w)/
const HOUR_OF: Record<string, number> = {
  ertalab: 10,
  tushda: 13,
  'tushdan keyin': 15,
  kechqurun: 18,
}

/** The time that Uzbek words name; apostrophes are plain and letters small. */
export function readUzbek(words: string, now: number, timezone: string): FoundTime | null {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timezone)
  const later = LATER.exec(words)
  if (later) return laterOf(later, now, today.toPlainDate())
  const day = dayIn(words, today.toPlainDate())
  const rest = day ? words.replace(day.text, ' '.repeat(day.text.length)) : words
  const time = timeIn(rest)
  if (!day && !time) return null
  return { text: spanOf(words, [day, time]), date: day?.date ?? null, time: time?.time ?? null }
}

function laterOf(
  [text, number = '', unit = '']: RegExpExecArray,
  now: number,
  today: Temporal.PlainDate,
): FoundTime {
  const count = number === 'bir yarim' ? 1.5 : (NUMBERS[number] ?? Number(number))
  const minutes = UNIT_MINUTES[unit]
  if (minutes !== undefined) return { text, at: now + count * minutes * 60_000 }
  const days = Math.ceil(count * (UNIT_DAYS[unit] ?? 1))
  return { text, date: today.add({ days }), time: null }
}

function dayIn(words: string, today: Temporal.PlainDate) {
  const day = DAY.exec(words)
  if (day) return { text: day[0], date: today.add({ days: DAYS[day[1] ?? ''] ?? 0 }) }
  const weekday = WEEKDAY.exec(words)
  if (weekday) {
    const wanted = WEEKDAYS.indexOf(weekday[1] ?? '') + 1
    const days = (wanted - today.dayOfWeek + 7) % 7 || 7
    return { text: weekday[0], date: today.add({ days }) }
  }
  const date = DATE.exec(words)
  return date && dateOf(date, today)
}

/** The next such day; `null` when no month has it. */
function dateOf([text, day, name = '']: RegExpExecArray, today: Temporal.PlainDate) {
  const month = MONTHS.indexOf(name) + 1
  const numbers = { year: today.year, month, day: Number(day) }
  if (numbers.day < 1 || numbers.day > 31) return null
  const date = Temporal.PlainDate.from(numbers)
  const isOver = Temporal.PlainDate.compare(date, today) < 0
  return { text, date: isOver ? date.add({ years: 1 }) : date }
}

function timeIn(words: string) {
  const clock = CLOCK.exec(words)
  const hour = Number(clock?.[2] ?? clock?.[4])
  if (clock && hour < 24) {
    const minute = clock[6] ? 30 : Number(clock[3] ?? clock[5] ?? 0)
    if (minute > 59) return null
    const part = clock[1]
    const isEvening = (part?.startsWith('kech') || part?.startsWith('tush')) && hour < 12
    const isExact = part !== undefined || /(?<!\d)0\d[:.]/.test(clock[0])
    return { text: clock[0], time: { hour: isEvening ? hour + 12 : hour, minute, isExact } }
  }
  const part = PART.exec(words)
  return (
    part && {
      text: part[0],
      time: { hour: HOUR_OF[part[1] ?? ''] ?? 10, minute: 0, isExact: true },
    }
  )
}

/** From the first word of a time to its last. */
function spanOf(words: string, parts: ({ text: string } | null)[]): string {
  const spans = parts.flatMap((part) => (part ? [part.text] : []))
  const starts = spans.map((span) => words.indexOf(span))
  const ends = spans.map((span, n) => (starts[n] ?? 0) + span.length)
  return words.slice(Math.min(...starts), Math.max(...ends))
}
