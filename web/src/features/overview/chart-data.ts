import { type Days, eachDay } from '../../days.ts'
import type { Stats } from './api/get-stats.ts'

/** One day of the chart. */
export interface ChartDay {
  date: string
  leads: number
  spend: number
}

/** Every day of the period; days that Meta says nothing of had no ads. */
export function chartDays(byDay: Stats['byDay'], days: Days): ChartDay[] {
  const known = new Map(byDay.map((day) => [day.date, day]))
  return eachDay(days).map((date) => {
    const day = known.get(date)
    return { date, leads: day?.leads ?? 0, spend: Number(day?.spend.amount ?? 0) }
  })
}
