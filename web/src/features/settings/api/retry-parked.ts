import type { InferRequestType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

export type ParkedKey = InferRequestType<typeof api.health.parked.retry.$post>['json']

/** Has something tried again that was given up. */
export async function retryParked(json: ParkedKey): Promise<void> {
  await answerOf(api.health.parked.retry.$post({ json }))
}
