import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

const checks = api.connections[':id'].checks

export type Check = InferResponseType<typeof checks.$get, 200>['items'][number]

/** Tries everything a connection is for; a test lead may be left in one of its forms. */
export async function getChecks(id: string): Promise<Check[]> {
  const { items } = await answerOf(checks.$get({ param: { id }, query: {} }))
  return items
}
