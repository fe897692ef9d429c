import { InlineKeyboard } from 'grammy/web'
import { z } from 'zod'
import { isUnanswered, type LeadData } from '../lead.ts'
import type { Locale } from '../locales.ts'
import { ageOf, stateOf } from './card.ts'
import { packPress } from './callback-data.ts'
import { dateIn } from './clock.ts'
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
  const lines = [title, '', leads.length > 0 ? text(locale, 'leads.hint') : none]
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
const MAX_NAME = 32

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
    ? ageOf(lead, locale, now)
    : dateIn(lead.createdAt, locale, lead.timezone)
  return `${ICONS[stateOf(lead)]} ${shorten(name, MAX_NAME)} · ${when}`
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
