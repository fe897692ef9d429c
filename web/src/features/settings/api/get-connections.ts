import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

export type Connection = InferResponseType<typeof api.connections.$get>['items'][number]

export const connectionsQuery = queryOptions({
  queryKey: ['connections'],
  queryFn: () => answerOf(api.connections.$get()),
})
