import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Lead } from './get-leads.ts'

/** Adds a note; the same `key` again is the same note. */
export async function addNote(id: string, text: string, key: string): Promise<Lead> {
  const request = { param: { id }, json: { text } }
  return answerOf(api.leads[':id'].notes.$post(request, { headers: { 'Idempotency-Key': key } }))
}
