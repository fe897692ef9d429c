import { Temporal } from 'temporal-polyfill'

/** Inclusive calendar dates, as Meta's `time_range`. */
export interface DateRange {
  since: string
  until: string
}

/** How far back Insights reach (Meta: retention of 37 months, error 3018 beyond). */
const RETENTION_MONTHS = 37

type Ends = (today: Temporal.PlainDate) => [Temporal.PlainDate, Temporal.PlainDate]

const lastDays =
  (days: number): Ends =>
  (today) => [today.subtract({ days }), today.subtract({ days: 1 })]

const monday = (day: Temporal.PlainDate) => day.subtract({ days: day.dayOfWeek - 1 })
const sunday = (day: Temporal.PlainDate) => day.subtract({ days: day.dayOfWeek % 7 })
const month = (day: Temporal.PlainDate) => day.with({ day: 1 })
const quarter = (day: Temporal.PlainDate) =>
  day.with({ month: day.month - ((day.month - 1) % 3), day: 1 })
const year = (day: Temporal.PlainDate) => day.with({ month: 1, day: 1 })
const whole = (start: Temporal.PlainDate, length: Temporal.DurationLike) =>
  [start, start.add(length).subtract({ days: 1 })] satisfies [
    Temporal.PlainDate,
    Temporal.PlainDate,
  ]
const everything: Ends = (today) => [today.subtract({ months: RETENTION_MONTHS }), today]

// The presets that say "last" end yesterday, those that say "this" end today.
const PRESETS: Record<string, Ends> = {
  today: (today) => [today, today],
  yesterday: lastDays(1),
  last_3d: lastDays(3),
  last_7d: lastDays(7),
  last_14d: lastDays(14),
  last_28d: lastDays(28),
  last_30d: lastDays(30),
  last_90d: lastDays(90),
  this_week_mon_today: (today) => [monday(today), today],
  this_week_sun_today: (today) => [sunday(today), today],
  last_week_mon_sun: (today) => whole(monday(today).subtract({ days: 7 }), { days: 7 }),
  last_week_sun_sat: (today) => whole(sunday(today).subtract({ days: 7 }), { days: 7 }),
  this_month: (today) => [month(today), today],
  last_month: (today) => whole(month(today).subtract({ months: 1 }), { months: 1 }),
  this_quarter: (today) => [quarter(today), today],
  last_quarter: (today) => whole(quarter(today).subtract({ months: 3 }), { months: 3 }),
  this_year: (today) => [year(today), today],
  last_year: (today) => whole(year(today).subtract({ years: 1 }), { years: 1 }),
  maximum: everything,
  data_maximum: everything,
}

/** The dates that a `date_preset` names when the account's calendar shows `today`. */
export function presetRange(preset: string, today: string): DateRange | undefined {
  const ends = PRESETS[preset]?.(Temporal.PlainDate.from(today))
  return ends && { since: ends[0].toString(), until: ends[1].toString() }
}

/** The first date that Insights still answer for. */
export function earliestDate(today: string): string {
  return Temporal.PlainDate.from(today).subtract({ months: RETENTION_MONTHS }).toString()
}

/** `time_increment`: a number of days, calendar months, or the whole range at once. */
export type Increment = number | 'monthly' | 'all_days'

/** A range cut into the periods that become rows; the last one may be shorter. */
export function cut({ since, until }: DateRange, increment: Increment): DateRange[] {
  if (increment === 'all_days') return [{ since, until }]
  const periods: DateRange[] = []
  const end = Temporal.PlainDate.from(until)
  let start = Temporal.PlainDate.from(since)
  while (Temporal.PlainDate.compare(start, end) <= 0) {
    const next =
      increment === 'monthly' ? month(start).add({ months: 1 }) : start.add({ days: increment })
    const last = next.subtract({ days: 1 })
    periods.push({
      since: start.toString(),
      until: (Temporal.PlainDate.compare(last, end) < 0 ? last : end).toString(),
    })
    start = next
  }
  return periods
}
