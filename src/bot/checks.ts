import type { Locale } from '../locales.ts'
import { type Check, CHECK_NAMES } from '../meta/access.ts'
import { escapeHtml, text } from './texts.ts'

const SIGNS = { ok: '✅', failed: '❌', unknown: '❔' } as const

/** What the checks of a connection came to: a line for what is well, and advice for what is not. */
export function checksText(name: string, checks: Check[], locale: Locale): string {
  const lines = CHECK_NAMES.flatMap((check) => {
    const own = checks.filter((one) => one.name === check)
    const bad = own.filter(({ state }) => state !== 'ok')
    if (own.length === 0) return []
    const label = text(locale, `check.${check}`)
    if (bad.length === 0) return [`${SIGNS.ok} ${label}`]
    return bad.map(({ state, target, advice }) => {
      const what = target ? `${label}: ${escapeHtml(target.name)}` : label
      const help = advice ? `\n<i>${text(locale, advice)}</i>` : ''
      return `${SIGNS[state]} ${what}${help}`
    })
  })
  return [text(locale, 'check.title', { name }), ...lines].join('\n')
}
