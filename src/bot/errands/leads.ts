import { canWorkLeads } from '../../auth/permissions.ts'
import type { LeadData } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { findLeadPosition, type LeadFilter, listLeads } from '../../store/leads.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { type LeadsWanted, renderLeads } from '../leads-list.ts'
import { editRow, messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'
import { timezoneOf } from '../timezone-of.ts'

const PAGE_SIZE = 8

/** Shows a page of leads: in a new message, or in the one that was pressed. */
export async function leads(
  args: { by: Person; wanted: LeadsWanted; words: string | null; messageId: number | null },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings, locale } = deps
  const { wanted, words, messageId } = args
  const user = await recognise(env, settings, args.by)
  if (!canWorkLeads(user.role)) return [messageRow(text(locale, 'refused.manager'))]
  const page = await pageOf(env.DB, wanted, filterOf(wanted, words, user.id))
  const shown = await Promise.all(
    page.leads.map(async (lead) => {
      return { ...lead, timezone: await timezoneOf(env, settings, lead.projectId) }
    }),
  )
  const message = renderLeads(
    { ...page, leads: shown, tab: wanted.tab, words, isAway: user.awaySince !== null },
    locale,
    Date.now(),
  )
  return [
    messageId === null
      ? messageRow(message.text, { markup: message.reply_markup })
      : editRow(messageId, message.text, message.reply_markup),
  ]
}

function filterOf({ tab }: LeadsWanted, words: string | null, userId: string): LeadFilter {
  if (typeof tab !== 'string') return { search: words ?? '' }
  if (tab === 'mine') return { assigneeId: userId, status: 'in_progress' }
  return tab === 'new' ? { status: 'new' } : {}
}

interface Page {
  leads: LeadData[]
  hasBefore: boolean
  hasAfter: boolean
}

/** Leads come and go between two presses: a page that is no more is the first one. */
async function pageOf(db: D1Database, wanted: LeadsWanted, filter: LeadFilter): Promise<Page> {
  // Who has waited longest comes first.
  const oldestFirst = wanted.tab === 'new'
  const at = wanted.from && (await findLeadPosition(db, wanted.from.leadId))
  if (at && wanted.from?.side === 'after') {
    const { leads, next } = await listLeads(db, filter, {
      after: at,
      limit: PAGE_SIZE,
      oldestFirst,
    })
    if (leads.length > 0) return { leads, hasBefore: true, hasAfter: next !== null }
  }
  if (at && wanted.from?.side === 'before') {
    const page = { after: at, limit: PAGE_SIZE, oldestFirst: !oldestFirst }
    const { leads, next } = await listLeads(db, filter, page)
    if (next !== null) return { leads: leads.toReversed(), hasBefore: true, hasAfter: true }
  }
  const { leads, next } = await listLeads(db, filter, {
    after: null,
    limit: PAGE_SIZE,
    oldestFirst,
  })
  return { leads, hasBefore: false, hasAfter: next !== null }
}
