import { InlineKeyboard } from 'grammy/web'
import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import type { ShownAlert } from '../watch/alert.ts'
import type { Telling } from '../watch/follow.ts'
import { isToldKind } from '../watch/kinds.ts'
import { dayIn, timeIn } from './clock.ts'
import { moneyText } from './money-text.ts'
import { messageRow } from './owed.ts'
import { plainText, text, type TextKey, type TextParams } from './texts.ts'
import { packAlert, SNOOZES } from './watch-press.ts'

/** Of which project an alert is, and where people who read it can go. */
export interface AlertPlace {
  project: string
  timezone: string
  /** The address of the portal; `null` when nobody knows it here. */
  portal: string | null
}

/** An alert to be told to a chat, once for its key. */
export interface ToldAlert extends AlertPlace {
  key: string
  alert: ShownAlert
  telling: Telling
  threadId: number | null
  locale: Locale | null
}

/** Owes an alert to a chat. */
export function alertRow(told: ToldAlert, locale: Locale): NewRow {
  const { alert, telling, threadId } = told
  const html = alertText(alert, telling, { ...told, locale })
  const markup = telling === 'over' ? undefined : alertButtons(alert, { ...told, locale })
  return messageRow(html, { threadId, markup })
}

/** What an alert says, in Telegram's HTML. */
export function alertText(
  alert: ShownAlert,
  telling: Telling,
  place: Pick<AlertPlace, 'project' | 'timezone'> & { locale: Locale },
): string {
  const { kind } = alert
  // What is only listed is told by somebody else.
  if (!isToldKind(kind)) return ''
  const params = { project: place.project, ...paramsOf(alert, place) }
  if (telling === 'over') return text(place.locale, `watch.over.${kind}`, params)
  const words = text(place.locale, `watch.rise.${kind}`, params)
  return telling === 'again' ? `${words}\n${text(place.locale, 'watch.again')}` : words
}

/** Silence, pausing what costs too much, and the portal. */
export function alertButtons(
  alert: ShownAlert,
  { locale, portal }: { locale: Locale; portal: string | null },
): InlineKeyboard {
  const { id: alertId } = alert
  const snoozes = SNOOZES.map((choice) =>
    InlineKeyboard.text(
      plainText(locale, `watch.button.snooze.${choice}`),
      packAlert({ deed: 'snooze', alertId, choice }),
    ),
  )
  const rows = [
    // What is over is silent by itself.
    ...(alert.state === 'open' ? [snoozes] : []),
    ...alert.campaigns.map(({ id: campaignId, name }) => [
      InlineKeyboard.text(
        `⏸ ${name}`.slice(0, MAX_LABEL),
        packAlert({ deed: 'pause', alertId, campaignId }),
      ),
    ]),
  ]
  const markup = InlineKeyboard.from(rows)
  // Telegram refuses buttons with an address without a dot, like http://localhost.
  if (portal && new URL(portal).hostname.includes('.')) {
    markup.row().url(plainText(locale, 'button.open_portal'), portal)
  }
  return markup
}

/** Telegram cuts long labels; what is longer than this nobody reads anyway. */
const MAX_LABEL = 60

/** Reasons of Meta's that have words of ours (Meta: ad-account, account_status). */
const STATUS_KEYS: Record<number, TextKey> = {
  2: 'watch.status.disabled',
  3: 'watch.status.unsettled',
  7: 'watch.status.review',
  100: 'watch.status.closing',
  101: 'watch.status.closed',
}

function paramsOf(
  { kind, facts }: ShownAlert,
  { locale, timezone }: { locale: Locale; timezone: string },
): TextParams {
  const params = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [
      name,
      typeof value === 'object' ? moneyText(value, locale) : value,
    ]),
  )
  const { status, lastAt, usualMinutes, from, to } = params
  if (kind === 'account_stopped') {
    const known = STATUS_KEYS[Number(status)] ?? 'watch.status.other'
    return { ...params, reason: plainText(locale, known) }
  }
  if (kind === 'no_leads') {
    const count = Math.max(1, Math.round(Number(usualMinutes) / 60))
    const usual = plainText(locale, 'admin.hours', { count })
    return { ...params, last: timeIn(String(lastAt), locale, timezone), usual }
  }
  if (kind === 'short_receipt') {
    const [first, last] = [from, to].map((day) => dayIn(String(day), locale))
    return { ...params, days: first === last ? `${first}` : `${first} – ${last}` }
  }
  return params
}
