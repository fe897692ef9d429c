import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

/** Opens a closed lead again. */
export async function reopenLead(id: string): Promise<Lead> {
  return answerOf(api.leads[':id'].reopen.$post({ param: { id } }))
}
