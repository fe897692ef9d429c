import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import { messageRow } from './owed.ts'
import { escapeHtml, text } from './texts.ts'

/** A lead that waits too long, as the message names it. */
interface Waiting {
  name: string | null
  waitingSince: string
  threadId: number | null
}

const MAX_NAMED = 10
const MAX_NAME_LENGTH = 60

/** One message about all leads that wait too long, the one that waits longest first. */
export function overdueRow(leads: Waiting[], locale: Locale, now: number): NewRow {
  const longestFirst = leads.toSorted((a, b) => (a.waitingSince < b.waitingSince ? -1 : 1))
  const lines = longestFirst.slice(0, MAX_NAMED).map(({ name, waitingSince }) => {
    const minutes = Math.floor((now - Date.parse(waitingSince)) / 60_000)
    const who = escapeHtml((name ?? text(locale, 'overdue.nameless')).slice(0, MAX_NAME_LENGTH))
    return `• ${who} — ${text(locale, 'overdue.minutes', { count: minutes })}`
  })
  const rest = leads.length - MAX_NAMED
  if (rest > 0) lines.push(text(locale, 'card.more', { count: rest }))
  const title = text(locale, 'overdue.title', { count: leads.length })
  return messageRow([title, '', ...lines].join('\n'), { threadId: leads[0]?.threadId ?? null })
}
