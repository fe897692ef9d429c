import type { InlineKeyboard } from 'grammy/web'
import { formatPhone } from '../contact.ts'
import { isUnanswered, type LeadData, type Note } from '../lead.ts'
import type { Locale } from '../locales.ts'
import { ageStep } from './age.ts'
import { buttonsOf } from './card-buttons.ts'
import type { CardView, ShownEvent } from './card-view.ts'
import { dateIn, timeIn } from './clock.ts'
import { shorten } from './shorten.ts'
import { escapeHtml, text } from './texts.ts'

/** A message as Telegram takes it: HTML and the buttons below it. */
export interface Card {
  text: string
  reply_markup: InlineKeyboard
}

/** In what language a card speaks, and whose clock it goes by. */
interface Place {
  locale: Locale
  timezone: string
}

/**
 * How much of each text is shown: with all of them longest, a card and a few words above it fit
 * Telegram's 4,096 characters.
 */
const MAX = {
  person: 64,
  contact: 120,
  question: 60,
  answer: 110,
  campaign: 100,
  ref: 40,
  note: 220,
  words: 60,
  event: 70,
  actor: 32,
}
const MAX_ANSWERS = 8
const MAX_NOTES = 3
const MAX_REMINDERS = 3

/** The one message that shows a lead in a chat at `now` (ms), with what was opened on it. */
export function renderCard(
  lead: LeadData,
  place: Place,
  now: number,
  view: CardView | null = null,
): Card {
  const lines = [
    titleOf(lead, place.locale, now),
    ...reasonOf(lead, place.locale),
    ...(lead.isTest ? [text(place.locale, 'card.test')] : []),
    '',
    ...repeatOf(lead, place),
    ...personOf(lead, place.locale),
    ...(view?.name === 'history' ? [] : answersOf(lead, place.locale)),
    originOf(lead, place),
    ...remindersOf(lead, place),
    ...(view ? ['', ...viewOf(view, place)] : notesOf(lead, place.locale)),
  ]
  return { text: lines.join('\n'), reply_markup: buttonsOf(lead, place.locale, view) }
}

function titleOf(lead: LeadData, locale: Locale, now: number): string {
  const manager = shorten(lead.assignee?.name ?? '', MAX.person)
  return text(locale, `card.title.${stateOf(lead)}`, { manager, age: ageOf(lead, locale, now) })
}

/** The state of a lead, as it is shown. */
export function stateOf(lead: LeadData) {
  if (lead.duplicateOf) return 'merged'
  if (lead.status === 'closed') return lead.outcome ?? 'lost'
  const isLate = lead.nudges > 0
  if (lead.status === 'new') return isLate ? 'new_late' : 'new'
  if (!isUnanswered(lead)) return 'in_progress'
  return isLate ? 'assigned_late' : 'assigned'
}

/** For how long a lead has waited, in words. */
export function ageOf({ waitingSince }: LeadData, locale: Locale, now: number): string {
  const { minutes } = ageStep(waitingSince, now)
  if (minutes === 0) return text(locale, 'card.age.now')
  if (minutes < 60) return text(locale, 'card.age.minutes', { count: minutes })
  const hours = minutes / 60
  return hours < 48
    ? text(locale, 'card.age.hours', { count: hours })
    : text(locale, 'card.age.days', { count: hours / 24 })
}

function reasonOf({ status, reason }: LeadData, locale: Locale): string[] {
  if (status !== 'closed' || !reason) return []
  return [text(locale, 'card.why', { reason: shorten(reason, MAX.answer) })]
}

function repeatOf({ repeatOf, earlier }: LeadData, { locale, timezone }: Place): string[] {
  if (!repeatOf) return []
  if (!earlier) return [text(locale, 'card.repeat'), '']
  const state = earlier.status === 'closed' ? (earlier.outcome ?? 'lost') : earlier.status
  const date = dateIn(earlier.createdAt, locale, timezone)
  const manager = shorten(earlier.manager ?? '—', MAX.person)
  return [text(locale, `card.repeat_of.${state}`, { date, manager }), '']
}

function personOf(lead: LeadData, locale: Locale): string[] {
  if (lead.details === 'pending') return [text(locale, 'card.details_pending')]
  if (lead.details === 'unavailable') return [text(locale, 'card.details_unavailable')]
  const lines: string[] = []
  if (lead.name) lines.push(`👤 <b>${cut(lead.name, MAX.person)}</b>`)
  // A phone in international form is tappable in every client.
  if (lead.phone) lines.push(`📞 ${formatPhone(lead.phone)}${lead.isVerified ? ' ✓' : ''}`)
  const isEmail = lead.email !== null && lead.contact?.toLowerCase() === lead.email
  // What was left may be neither: a name in Telegram.
  const isOther = lead.contact !== null && !isEmail && !(lead.phone && isNumber(lead.contact))
  if (isOther) lines.push(`💬 ${cut(lead.contact ?? '', MAX.contact)}`)
  if (lead.email) lines.push(`✉️ ${cut(lead.email, MAX.contact)}`)
  return lines
}

function isNumber(contact: string): boolean {
  return !/[@\p{L}]/u.test(contact)
}

function answersOf({ answers }: LeadData, locale: Locale): string[] {
  const all = Object.entries(answers)
  return [...all.slice(0, MAX_ANSWERS).map(answerLine), ...more(all.length - MAX_ANSWERS, locale)]
}

function answerLine([question, answer]: [string, string]): string {
  const asked = shorten(question, MAX.question)
  // Questions of forms mostly end as questions do.
  const colon = /[?!:.…]$/.test(asked) ? '' : ':'
  return `▫️ ${escapeHtml(asked)}${colon} ${cut(answer, MAX.answer)}`
}

function originOf(lead: LeadData, { locale, timezone }: Place): string {
  const parts = [
    text(locale, `card.source.${lead.source}`),
    lead.campaignName && cut(lead.campaignName, MAX.campaign),
    lead.adName && text(locale, 'card.ad', { ad: shorten(lead.adName, MAX.ref) }),
    lead.utmSource && cut(lead.utmSource, MAX.ref),
    timeIn(lead.createdAt, locale, timezone),
  ]
  return `<i>${parts.filter(Boolean).join(' · ')}</i>`
}

function remindersOf({ reminders }: LeadData, { locale, timezone }: Place): string[] {
  const soonest = reminders.toSorted((a, b) => (a.at < b.at ? -1 : 1))
  const lines = soonest.slice(0, MAX_REMINDERS).map(({ at: time, text: words }) => {
    const at = timeIn(time, locale, timezone)
    return words
      ? text(locale, 'card.reminder', { at, words: shorten(words, MAX.words) })
      : text(locale, 'card.reminder_plain', { at })
  })
  return [...lines, ...more(reminders.length - MAX_REMINDERS, locale)]
}

function notesOf({ notes }: LeadData, locale: Locale): string[] {
  if (notes.length === 0) return []
  return ['', ...more(notes.length - MAX_NOTES, locale), ...notes.slice(-MAX_NOTES).map(noteLine)]
}

function noteLine({ author, text: note }: Note): string {
  return `💬 <b>${cut(author, MAX.person)}</b>: ${cut(note, MAX.note)}`
}

function viewOf(view: CardView, place: Place): string[] {
  const { locale } = place
  if (view.name !== 'history') return [text(locale, `card.ask.${view.name}`)]
  const lines = [
    text(locale, 'card.history.title'),
    ...more(view.hidden, locale),
    ...view.events.map((event) => eventLine(event, place)),
  ]
  if (view.earlier.length === 0) return lines
  const earlier = view.earlier.map((event) => eventLine(event, place))
  return [...lines, '', text(locale, 'card.history.title_earlier'), ...earlier]
}

function eventLine({ what, at, who, words }: ShownEvent, { locale, timezone }: Place): string {
  const time = timeIn(at, locale, timezone)
  const by = who ? `<b>${cut(who, MAX.actor)}</b>: ` : ''
  const more = words ? ` — ${cut(words, MAX.event)}` : ''
  return `${time} ${by}${text(locale, `card.history.what.${what}`)}${more}`
}

function more(count: number, locale: Locale): string[] {
  return count > 0 ? [text(locale, 'card.more', { count })] : []
}

function cut(value: string, max: number): string {
  return escapeHtml(shorten(value, max))
}
