import type { InfiniteData } from '@tanstack/react-query'
import type { Lead, LeadPage } from './api/get-leads.ts'

export type LeadPages = InfiniteData<LeadPage>

/**
 * The list with this version of a lead where the lead stands; an older version changes nothing. A
 * lead that no longer belongs stays until the list is read again: nothing jumps under a finger.
 */
export function replaceLead(list: LeadPages, lead: Lead): LeadPages {
  return mapItems(list, (items) =>
    items.map((one) => (one.id === lead.id && one.version < lead.version ? lead : one)),
  )
}

/** The list with a lead it did not have, at its place by time; one beyond the last page is not shown yet. */
export function insertLead(list: LeadPages, lead: Lead): LeadPages {
  const all = list.pages.flatMap(({ items }) => items)
  if (all.some(({ id }) => id === lead.id)) return list
  const next = all.find(({ createdAt }) => createdAt < lead.createdAt)
  if (next) {
    return mapItems(list, (items) =>
      items.flatMap((one) => (one.id === next.id ? [lead, one] : [one])),
    )
  }
  const last = list.pages.at(-1)
  if (!last || last.nextCursor !== null) return list
  return {
    ...list,
    pages: [...list.pages.slice(0, -1), { ...last, items: [...last.items, lead] }],
  }
}

function mapItems(list: LeadPages, change: (items: Lead[]) => Lead[]): LeadPages {
  return { ...list, pages: list.pages.map((page) => ({ ...page, items: change(page.items) })) }
}
