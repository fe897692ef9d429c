import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

/** Gives a lead to somebody. */
export async function assignLead(id: string, userId: string): Promise<Lead> {
  return answerOf(api.leads[':id'].assign.$post({ param: { id }, json: { userId } }))
}
