import { InlineKeyboard } from 'grammy/web'
import { z } from 'zod'
import { isUnanswered, type LeadData } from '../lead.ts'
import type { Locale } from '../locales.ts'
import { ageStep } from './age.ts'
import { stateOf } from './card.ts'
import { packPress } from './callback-data.ts'
import { shortDateIn } from './clock.ts'
import { shorten } from './shorten.ts'
import { plainText, text } from './texts.ts'

/** The lists a manager leafs through. */
export const LEAD_TABS = ['mine', 'new', 'all'] as const

/** A list, or what was found by the words of the search with this number. */
export type LeadTab = (typeof LEAD_TABS)[number] | { search: number }

/** Which page of a list: the first, or what comes after or before a lead. */
export interface LeadsWanted {
  tab: LeadTab
  from: { side: 'after' | 'before'; leadId: string } | null
}

/** A page of a list, as it is to be shown. */
export interface LeadsPage {
  tab: LeadTab
  /** What was searched for. */
  words: string | null
  leads: (LeadData & { timezone: string })[]
  hasBefore: boolean
  hasAfter: boolean
  /** Which page it is of how many; `null`: of the only one, or too far back to be counted. */
  number: { page: number; pages: string } | null
  isAway: boolean
}

const wantedSchema = z.tuple([
  z.union([z.enum(LEAD_TABS), z.string().regex(/^f\d{1,12}$/)]),
  z.enum(['a', 'b']).optional(),
])

/** What a button below a list says: `<list>` or `<list>-a-<lead>`, within the bytes there are. */
export function packWanted({ tab, from }: LeadsWanted): string {
  const list = typeof tab === 'string' ? tab : `f${tab.search}`
  return from ? `${list}-${from.side === 'after' ? 'a' : 'b'}-${from.leadId}` : list
}

/** `null` for what we did not pack. */
export function unpackWanted(id: string): LeadsWanted | null {
  const [list, side, ...lead] = id.split('-')
  const parsed = wantedSchema.safeParse([list, side])
  if (!parsed.success) return null
  const [name, letter] = parsed.data
  const tab = LEAD_TABS.find((known) => known === name) ?? { search: Number(name.slice(1)) }
  if (!letter) return { tab, from: null }
  const leadId = z.uuid().safeParse(lead.join('-')).data
  return leadId ? { tab, from: { side: letter === 'a' ? 'after' : 'before', leadId } } : null
}

/** The page as a message: a button for each lead, and for leafing and the other lists. */
export function renderLeads(page: LeadsPage, locale: Locale, now: number) {
  const { tab, words, leads, isAway } = page
  const found = words === null ? null : { words: shorten(words, MAX_WORDS) }
  const title =
    typeof tab === 'string'
      ? text(locale, `leads.title.${tab}`)
      : text(locale, 'leads.title.found', found ?? {})
  const none = text(locale, typeof tab === 'string' ? 'leads.none' : 'leads.not_found')
  const number = page.number ? ` · ${text(locale, 'leads.page', page.number)}` : ''
  const lines = [`${title}${number}`, '', leads.length > 0 ? text(locale, 'leads.hint') : none]
  if (isAway) lines.push('', text(locale, 'leads.away'))
  const rows = [
    ...leads.map((lead) => [
      InlineKeyboard.text(labelOf(lead, locale, now), packPress({ verb: 'open', id: lead.id })),
    ]),
    ...leafing(page),
    LEAD_TABS.map((other) => {
      const name = plainText(locale, `leads.tab.${other}`)
      return button(other === tab ? `• ${name} •` : name, { tab: other, from: null })
    }),
  ]
  return { text: lines.join('\n'), reply_markup: InlineKeyboard.from(rows) }
}

const MAX_WORDS = 80

/** As much as a phone shows of a button. */
const MAX_LABEL = 30

const ICONS = {
  new: '🆕',
  new_late: '🔴',
  assigned: '👉',
  assigned_late: '🔴',
  in_progress: '🟡',
  won: '✅',
  lost: '⚪️',
  spam: '🚫',
  merged: '🔁',
} as const satisfies Record<ReturnType<typeof stateOf>, string>

function labelOf(lead: LeadData & { timezone: string }, locale: Locale, now: number): string {
  const name = lead.name ?? lead.phone ?? lead.contact ?? plainText(locale, 'leads.nameless')
  const when = isUnanswered(lead)
    ? waitOf(lead, locale, now)
    : shortDateIn(lead.createdAt, locale, lead.timezone)
  const [before, after] = [`${ICONS[stateOf(lead)]} `, ` · ${when}`]
  return `${before}${shorten(name, MAX_LABEL - before.length - after.length)}${after}`
}

function waitOf({ waitingSince }: LeadData, locale: Locale, now: number): string {
  const { minutes } = ageStep(waitingSince, now)
  if (minutes === 0) return plainText(locale, 'leads.now')
  if (minutes < 60) return plainText(locale, 'duration.minutes', { count: minutes })
  const hours = minutes / 60
  return hours < 48
    ? plainText(locale, 'admin.hours', { count: hours })
    : plainText(locale, 'leads.days', { count: hours / 24 })
}

function leafing({ tab, leads, hasBefore, hasAfter }: LeadsPage) {
  const first = leads[0]
  const last = leads.at(-1)
  const row = [
    ...(first && hasBefore
      ? [button('◀️', { tab, from: { side: 'before', leadId: first.id } })]
      : []),
    ...(last && hasAfter ? [button('▶️', { tab, from: { side: 'after', leadId: last.id } })] : []),
  ]
  return row.length > 0 ? [row] : []
}

function button(label: string, wanted: LeadsWanted) {
  return InlineKeyboard.text(label, packPress({ verb: 'leads', id: packWanted(wanted) }))
}
