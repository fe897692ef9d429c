import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

/** Takes a lead. */
export async function claimLead(id: string): Promise<Lead> {
  return answerOf(api.leads[':id'].claim.$post({ param: { id } }))
}
