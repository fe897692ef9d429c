import type { InferRequestType, InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

export type NewKey = InferRequestType<typeof api.keys.$post>['json']

/** A key with the key itself, which is in this answer and nowhere else. */
export type MadeKey = InferResponseType<typeof api.keys.$post>

/** Makes a portal key. */
export async function createKey(json: NewKey): Promise<MadeKey> {
  return answerOf(api.keys.$post({ json }))
}
