import { canWorkLeads } from '../../auth/permissions.ts'
import type { LeadData } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { countAround, findLeadPosition, type LeadFilter, listLeads } from '../../store/leads.ts'
import { listProjectsToWork } from '../../store/members.ts'
import type { User } from '../../store/users.ts'
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
  // What somebody has in work is theirs wherever it is.
  const ofProjects = wanted.tab === 'mine' ? {} : await projectsOf(env.DB, user)
  const filter = { ...filterOf(wanted, words, user.id), ...ofProjects }
  const page = await pageOf(env.DB, wanted, filter)
  const number = await numberOf(env.DB, wanted, filter, page)
  const shown = await Promise.all(
    page.leads.map(async (lead) => {
      return { ...lead, timezone: await timezoneOf(env, settings, lead.projectId) }
    }),
  )
  const message = renderLeads(
    { ...page, number, leads: shown, tab: wanted.tab, words, isAway: user.awaySince !== null },
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

/** Of projects whose leads they may not work a manager sees none. */
async function projectsOf(db: D1Database, { id, role }: User): Promise<LeadFilter> {
  if (role === 'admin') return {}
  const { ids, others } = await listProjectsToWork(db, id)
  if (others === 0) return {}
  return ids.length === 1 ? { projectId: ids[0] } : { projectIds: ids }
}

interface Page {
  leads: LeadData[]
  hasBefore: boolean
  hasAfter: boolean
}

/** Further than so many pages nobody leafs, and nothing is counted. */
const MAX_PAGES = 100

/** Which page of how many this is; `null` when it is the only one. */
async function numberOf(
  db: D1Database,
  { tab }: LeadsWanted,
  filter: LeadFilter,
  { leads, hasBefore, hasAfter }: Page,
): Promise<{ page: number; pages: string } | null> {
  const [first, last] = [leads[0], leads.at(-1)]
  if (!first || !last || !(hasBefore || hasAfter)) return null
  const limit = PAGE_SIZE * MAX_PAGES
  const around = { first, last, oldestFirst: isOldestFirst(tab), limit }
  const { before, after } = await countAround(db, filter, around)
  if (before === limit) return null
  const page = Math.ceil(before / PAGE_SIZE) + 1
  const pages = page + Math.ceil(after / PAGE_SIZE)
  return { page, pages: after === limit ? `${pages}+` : String(pages) }
}

/** Who has waited longest comes first. */
function isOldestFirst(tab: LeadsWanted['tab']): boolean {
  return tab === 'new'
}

/** Leads come and go between two presses: a page that is no more is the first one. */
async function pageOf(db: D1Database, wanted: LeadsWanted, filter: LeadFilter): Promise<Page> {
  const oldestFirst = isOldestFirst(wanted.tab)
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
