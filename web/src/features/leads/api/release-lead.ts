import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

/** Gives a lead back to everybody. */
export async function releaseLead(id: string): Promise<Lead> {
  return answerOf(api.leads[':id'].release.$post({ param: { id } }))
}
