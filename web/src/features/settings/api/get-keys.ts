import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

export type PortalKey = InferResponseType<typeof api.keys.$get>['items'][number]

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: () => answerOf(api.keys.$get()),
})
