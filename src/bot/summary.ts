import type { Locale } from '../locales.ts'
import type { Money } from '../money.ts'
import { dayIn } from './clock.ts'
import { moneyText } from './money-text.ts'
import { text } from './texts.ts'

/** What a project's day came to. */
export interface DaySummary {
  project: string
  /** `YYYY-MM-DD`, of the project's timezone. */
  day: string
  received: number
  taken: number
  won: number
  lost: number
  /** Whom nobody has taken by now. */
  waiting: number
  medianMs: number | null
  worstMs: number | null
  cost: { cpl: Money; spend: Money } | null
}

/** The summary as a message; a line that would say nothing is left out. */
export function summaryText(summary: DaySummary, locale: Locale): string {
  const { project, day, received, taken, won, lost, waiting, medianMs, worstMs, cost } = summary
  const lines = [
    text(locale, 'summary.title', { project, day: dayIn(day, locale) }),
    '',
    text(locale, 'summary.received', { received, taken }),
    text(locale, 'summary.closed', { won, lost }),
  ]
  if (medianMs !== null && worstMs !== null) {
    const params = { median: duration(medianMs, locale), worst: duration(worstMs, locale) }
    lines.push(text(locale, 'summary.response', params))
  }
  lines.push(
    waiting > 0
      ? text(locale, 'summary.waiting', { count: waiting })
      : text(locale, 'summary.nobody_waits'),
  )
  if (cost) {
    const params = { cpl: moneyText(cost.cpl, locale), spend: moneyText(cost.spend, locale) }
    lines.push(text(locale, 'summary.cpl', params))
  }
  return lines.join('\n')
}

function duration(ms: number, locale: Locale): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 60) return text(locale, 'duration.seconds', { count: seconds })
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return text(locale, 'duration.minutes', { count: minutes })
  const params = { hours: Math.floor(minutes / 60), minutes: minutes % 60 }
  return text(locale, 'duration.hours', params)
}
