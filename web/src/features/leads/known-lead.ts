import type { QueryClient } from '@tanstack/react-query'
import { LEAD_LISTS } from './api/get-leads.ts'
import type { LeadPages } from './merge-lead.ts'

/** A lead as a list already knows it, to be shown while its history is being read. */
export function knownLead(client: QueryClient, id: string) {
  const lists = client.getQueriesData<LeadPages>({ queryKey: LEAD_LISTS })
  const leads = lists.flatMap(([, list]) => list?.pages.flatMap(({ items }) => items) ?? [])
  const [latest] = leads
    .filter((lead) => lead.id === id)
    .toSorted((one, other) => other.version - one.version)
  return latest && { ...latest, events: [], conversions: [] }
}
