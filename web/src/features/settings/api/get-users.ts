import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

export type User = InferResponseType<typeof api.users.$get>['items'][number]

export const usersQuery = queryOptions({
  queryKey: ['users', 'all'],
  queryFn: () => answerOf(api.users.$get({ query: {} })),
})
