import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

export type Outcome = NonNullable<Lead['outcome']>

/** Closes a lead, with a reason when there is one to give. */
export async function closeLead(id: string, outcome: Outcome, reason = ''): Promise<Lead> {
  const json = { outcome, ...(reason.trim() === '' ? {} : { reason }) }
  return answerOf(api.leads[':id'].close.$post({ param: { id }, json }))
}
