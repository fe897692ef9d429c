import { type QueryClient, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { leadQuery } from './api/get-lead.ts'
import { type Lead, LEAD_LISTS, leadsQuery } from './api/get-leads.ts'
import { belongs, type LeadFilter } from './lead-filter.ts'
import { insertLead, type LeadPages, replaceLead } from './merge-lead.ts'

const listeners = new Set<(lead: Lead) => void>()

/** Shows a lead as it is now wherever it is on the screen. */
export function publishLead(client: QueryClient, lead: Lead): void {
  client.setQueriesData<LeadPages>(
    { queryKey: LEAD_LISTS },
    (list) => list && replaceLead(list, lead),
  )
  const { queryKey } = leadQuery(lead.id)
  client.setQueryData(queryKey, (known) =>
    known && known.version < lead.version ? { ...known, ...lead } : known,
  )
  // What happened to it is not in the news of it, and lists out of sight may lack it.
  void client.invalidateQueries({ queryKey })
  void client.invalidateQueries({ queryKey: LEAD_LISTS, refetchType: 'none' })
  for (const listener of listeners) listener(lead)
}

/** Takes leads that are new to a list into it. */
export function useLeadNews(filter: LeadFilter): void {
  const client = useQueryClient()
  const { project, status, assignee, campaign, q } = filter
  useEffect(() => {
    const present = { project, status, assignee, campaign, q }
    const take = (lead: Lead) => {
      if (!belongs(lead, present)) return
      client.setQueryData(leadsQuery(present).queryKey, (list) => list && insertLead(list, lead))
    }
    listeners.add(take)
    return () => {
      listeners.delete(take)
    }
  }, [client, project, status, assignee, campaign, q])
}
