import { addDays, type Days, isDay, lengthOf, monthBefore } from './days.ts'

/** Periods with a name; a period without one is any days a person picks. */
export const PERIODS = ['today', 'yesterday', '7d', '28d', 'month'] as const

export type PeriodName = (typeof PERIODS)[number]

/** The longest period there is: Meta keeps 37 months. */
export const MOST_DAYS = 37 * 31

/** The days of a period with a name; `month` is the whole month before this one. */
export function daysOf(name: PeriodName, today: string): Days {
  switch (name) {
    case 'today':
      return { from: today, to: today }
    case 'yesterday':
      return { from: addDays(today, -1), to: addDays(today, -1) }
    case '7d':
      return { from: addDays(today, -6), to: today }
    case '28d':
      return { from: addDays(today, -27), to: today }
    case 'month':
      return monthBefore(today)
  }
}

/** Whether days can be asked for: they exist, in order, and are not too many. */
export function isPeriod(days: Days): boolean {
  return isDay(days.from) && isDay(days.to) && days.from <= days.to && lengthOf(days) <= MOST_DAYS
}

/** The period an address speaks of: a name, or days; what is neither is the last seven days. */
export function periodIn(
  params: URLSearchParams,
  today: string,
): { name: PeriodName | null; days: Days } {
  const days = { from: params.get('from') ?? '', to: params.get('to') ?? '' }
  if (isPeriod(days)) return { name: null, days }
  const name = PERIODS.find((one) => one === params.get('period')) ?? '7d'
  return { name, days: daysOf(name, today) }
}
