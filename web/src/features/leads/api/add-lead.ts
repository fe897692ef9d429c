import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

/** What a person writes to add a lead by hand. */
export interface LeadDraft {
  name: string
  contact: string
  note: string
}

/** Makes a lead; the same `key` again is the same lead. */
export async function addLead(
  projectId: string,
  { name, contact, note }: LeadDraft,
  key: string,
): Promise<Lead> {
  const json = { projectId, name, contact, ...(note.trim() === '' ? {} : { note }) }
  return answerOf(api.leads.$post({ json }, { headers: { 'Idempotency-Key': key } }))
}
