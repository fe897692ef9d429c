import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useFailure } from '../../ui/toast.tsx'
import { leadQuery } from './api/get-lead.ts'
import type { Lead } from './api/get-leads.ts'
import { publishLead } from './lead-news.ts'

/**
 * Does something with a lead. What is shown changes only after the Worker has answered; when it
 * refuses, somebody was quicker, and the lead is read anew.
 */
export function useWork<Input = void>(
  leadId: string,
  work: (input: Input) => Promise<Lead>,
  onDone?: (lead: Lead) => void,
) {
  const client = useQueryClient()
  const sayFailure = useFailure()
  return useMutation({
    mutationFn: work,
    onSuccess: (lead) => {
      publishLead(client, lead)
      onDone?.(lead)
    },
    onError: async (problem) => {
      sayFailure(problem)
      if (problem.code !== 'HELD_BY_OTHER' && problem.code !== 'ILLEGAL_TRANSITION') return
      publishLead(client, await client.fetchQuery({ ...leadQuery(leadId), staleTime: 0 }))
    },
  })
}
