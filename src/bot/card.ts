import { InlineKeyboard } from 'grammy/web'
import { formatPhone } from '../contact.ts'
import type { LeadData, Note } from '../lead.ts'
import type { Locale } from '../locales.ts'
import { type CardVerb, packPress } from './callback-data.ts'
import { escapeHtml, plainText, text } from './texts.ts'

/** A message as Telegram takes it: HTML and the buttons below it. */
export interface Card {
  text: string
  reply_markup: InlineKeyboard
}

/** How much of each text is shown: with all of them longest, a card fits Telegram's 4,096 characters. */
const MAX = { person: 80, contact: 200, question: 80, answer: 160, campaign: 120, note: 300 }
const MAX_ANSWERS = 8
const MAX_NOTES = 3

/** The one message that shows a lead in a chat. */
export function renderCard(lead: LeadData, place: { locale: Locale; timezone: string }): Card {
  const lines = [titleOf(lead, place.locale), '', ...personOf(lead, place.locale)]
  const answers = Object.entries(lead.answers)
  lines.push(...answers.slice(0, MAX_ANSWERS).map(answerLine))
  lines.push(...more(answers.length - MAX_ANSWERS, place.locale))
  lines.push(originOf(lead, place))
  if (lead.notes.length > 0) lines.push('')
  lines.push(...more(lead.notes.length - MAX_NOTES, place.locale))
  lines.push(...lead.notes.slice(-MAX_NOTES).map(noteLine))
  return { text: lines.join('\n'), reply_markup: buttonsOf(lead, place.locale) }
}

function answerLine([question, answer]: [string, string]): string {
  return `▫️ ${cut(question, MAX.question)}: ${cut(answer, MAX.answer)}`
}

function noteLine({ author, text: note }: Note): string {
  return `💬 <b>${cut(author, MAX.person)}</b>: ${cut(note, MAX.note)}`
}

function titleOf(lead: LeadData, locale: Locale): string {
  const manager = lead.assignee?.name ?? ''
  const state = lead.status === 'closed' ? (lead.outcome ?? 'lost') : lead.status
  return text(locale, `card.title.${state}`, { manager: shorten(manager, MAX.person) })
}

function personOf(lead: LeadData, locale: Locale): string[] {
  if (lead.details === 'pending') return [text(locale, 'card.details_pending')]
  if (lead.details === 'unavailable') return [text(locale, 'card.details_unavailable')]
  const lines: string[] = []
  if (lead.name) lines.push(`👤 <b>${cut(lead.name, MAX.person)}</b>`)
  // A phone in international form is tappable in every client.
  if (lead.phone) lines.push(`📞 ${formatPhone(lead.phone)}`)
  if (lead.contact && !lead.phone) lines.push(`📞 ${cut(lead.contact, MAX.contact)}`)
  if (lead.email && lead.email !== lead.contact) lines.push(`✉️ ${cut(lead.email, MAX.contact)}`)
  return lines
}

function originOf(lead: LeadData, { locale, timezone }: { locale: Locale; timezone: string }) {
  const source = text(locale, `card.source.${lead.source}`)
  const at = timeFormat(locale, timezone).format(new Date(lead.createdAt))
  const campaign = lead.campaignName ? ` · ${cut(lead.campaignName, MAX.campaign)}` : ''
  return `<i>${source}${campaign} · ${at}</i>`
}

const timeFormats = new Map<string, Intl.DateTimeFormat>()

/** Making a format costs more than the rest of a card. */
function timeFormat(locale: Locale, timezone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timezone}`
  let format = timeFormats.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : 'ru-RU', {
      day: '2-digit',
      month: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      timeZone: timezone,
    })
    timeFormats.set(key, format)
  }
  return format
}

const BUTTONS = {
  new: [['take'], ['spam']],
  in_progress: [['won', 'lost'], ['release']],
  closed: [['reopen']],
} as const satisfies Record<LeadData['status'], CardVerb[][]>

function buttonsOf(lead: LeadData, locale: Locale): InlineKeyboard {
  const rows = BUTTONS[lead.status].map((row) =>
    row.map((verb) =>
      InlineKeyboard.text(
        plainText(locale, `card.button.${verb}`),
        packPress({ verb, id: lead.id }),
      ),
    ),
  )
  return InlineKeyboard.from(rows)
}

function more(count: number, locale: Locale): string[] {
  return count > 0 ? [text(locale, 'card.more', { count })] : []
}

function cut(value: string, max: number): string {
  return escapeHtml(shorten(value, max))
}

/** Cuts between what people see as characters: an emoji stays whole. */
function shorten(value: string, max: number): string {
  if (value.length <= max) return value
  let cut = ''
  for (const { segment } of segmenter.segment(value)) {
    if (cut.length + segment.length >= max) break
    cut += segment
  }
  return `${cut}…`
}

const segmenter = new Intl.Segmenter()
