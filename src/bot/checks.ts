import { InlineKeyboard } from 'grammy/web'
import type { Locale } from '../locales.ts'
import { type Check, CHECK_NAMES } from '../meta/access.ts'
import { packPress } from './callback-data.ts'
import { escapeHtml, plainText, text } from './texts.ts'

const SIGNS = { ok: '✅', failed: '❌', unknown: '❔' } as const

/** What the checks of a connection came to: a line for what is well, and advice for what is not. */
export function checksText(name: string, checks: Check[], locale: Locale): string {
  const lines = CHECK_NAMES.flatMap((check) => {
    const own = checks.filter((one) => one.name === check)
    const bad = own.filter(({ state }) => state !== 'ok')
    if (own.length === 0) return []
    const label = text(locale, `check.${check}`)
    if (bad.length === 0) return [`${SIGNS.ok} ${label}`]
    const alike = Map.groupBy(bad, ({ state, advice }) => `${state} ${advice}`)
    return [...alike.values()].map((some) => {
      const [{ state, advice }] = some as [Check]
      const names = some.flatMap(({ target }) => target?.name ?? []).join(', ')
      const what = names ? `${label}: ${escapeHtml(names)}` : label
      const help = advice ? `\n<i>${text(locale, advice)}</i>` : ''
      return `${SIGNS[state]} ${what}${help}`
    })
  })
  return [text(locale, 'check.title', { name }), ...lines].join('\n')
}

/** Below the list, while nothing has proved that Meta tells of leads: a test lead is left by a press. */
export function checksButtons(
  connectionId: string,
  checks: Check[],
  locale: Locale,
): InlineKeyboard | undefined {
  const arrival = checks.find(({ name }) => name === 'webhook_arrives')
  if (!arrival?.target || arrival.state === 'ok') return undefined
  const data = packPress({ verb: 'check', id: connectionId })
  return new InlineKeyboard().text(plainText(locale, 'check.button'), data)
}
