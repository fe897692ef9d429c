import { LOCALES, type Locale } from '../locales.ts'
import type { ProjectRules } from '../project-rules.ts'
import { plainText } from './texts.ts'

/** Of leads that came to nothing, when a project has no reasons of its own. */
const USUAL = ['price', 'later', 'no_answer', 'competitor', 'not_ours', 'wrong_number'] as const

/** The choice of giving no reason. */
export const NO_REASON = 'none'

type Rules = Pick<ProjectRules, 'lostReasons'>

/** The reasons to choose from, in a project's own words or in ours. */
export function lostReasonsOf({ lostReasons }: Rules, locale: Locale): string[] {
  return lostReasons.length > 0 ? lostReasons : usualIn(locale)
}

/** How a button names a reason: its words may be longer than a button holds. */
export function choiceOf(reason: string): string {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(reason)) {
    hash = Math.imul(hash ^ byte, 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

/** The reason a button named; `null` when the project no longer has it. */
export function reasonOf(choice: string, { lostReasons }: Rules): string | null {
  const known = [...lostReasons, ...LOCALES.flatMap(usualIn)]
  return known.find((reason) => choiceOf(reason) === choice) ?? null
}

function usualIn(locale: Locale): string[] {
  return USUAL.map((reason) => plainText(locale, `card.reason.${reason}`))
}
