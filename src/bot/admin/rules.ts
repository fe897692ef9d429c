import type { Locale } from '../../locales.ts'
import { ASSIGNMENTS, type ProjectRules, WEEKDAYS, type WorkingHours } from '../../project-rules.ts'
import { text } from '../texts.ts'

/** The ready choices of the panel; anything else is set in the portal. `null`: never. */
export const CHOICES = {
  mode: ASSIGNMENTS,
  minutes: [5, 10, 15, 30, 60, null],
  return: [60, 120, 240, 1_440, null],
  summary: [18, 19, 20, 21, null],
} as const

export type RuleDeed = keyof typeof CHOICES

/** The rule that a deed changes. */
export const RULE_OF = {
  mode: 'assignment',
  minutes: 'responseMinutes',
  return: 'returnMinutes',
  summary: 'summaryHour',
} as const satisfies Record<RuleDeed, keyof ProjectRules>

/** The choice that was pressed; `undefined` when it is none of ours. */
export function choiceOf(deed: RuleDeed, pressed: string) {
  return CHOICES[deed].find((choice) => wordOf(choice) === pressed)
}

/** A choice as callback data has it. */
export function wordOf(choice: string | number | null): string {
  return choice === null ? 'off' : String(choice)
}

/** How a project's team works, in words, one line each. */
export function rulesInWords(rules: ProjectRules, locale: Locale): string {
  const { responseMinutes, returnMinutes, summaryHour, assignment } = rules
  return [
    responseMinutes === null
      ? text(locale, 'admin.rule.no_response')
      : text(locale, 'admin.rule.response', { minutes: responseMinutes }),
    text(locale, 'admin.rule.hours', { hours: hoursInWords(rules.workingHours, locale) }),
    text(locale, `admin.rule.mode.${assignment}`),
    returnMinutes === null
      ? text(locale, 'admin.rule.no_return')
      : text(locale, 'admin.rule.return', { minutes: returnMinutes }),
    summaryHour === null
      ? text(locale, 'admin.rule.no_summary')
      : text(locale, 'admin.rule.summary', { hour: summaryHour }),
  ].join('\n')
}

/** Working hours with days of the same hours put together: `Mon–Fri 09:00–20:00, Sat 10:00–15:00`. */
export function hoursInWords(hours: WorkingHours | null, locale: Locale): string {
  if (hours === null) return text(locale, 'admin.rule.around_the_clock')
  const runs: { from: number; to: number; shift: string }[] = []
  for (const [day, name] of WEEKDAYS.entries()) {
    const shift = hours[name]
    if (!shift) continue
    const words = `${shift.from}–${shift.to}`
    const last = runs.at(-1)
    if (last?.to === day - 1 && last.shift === words) last.to = day
    else runs.push({ from: day, to: day, shift: words })
  }
  if (runs.length === 0) return text(locale, 'admin.rule.never')
  return runs
    .map(({ from, to, shift }) => {
      const days =
        from === to ? dayName(from, locale) : `${dayName(from, locale)}–${dayName(to, locale)}`
      return `${days} ${shift}`
    })
    .join(', ')
}

/** Of our own: workerd knows no Uzbek ones. */
function dayName(day: number, locale: Locale): string {
  return text(locale, `weekday.${WEEKDAYS[day] ?? 'mon'}`)
}
