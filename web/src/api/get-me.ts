import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from './answer.ts'
import { api } from './api.ts'

/** Who is signed in and what they may. */
export type Me = InferResponseType<typeof api.me.$get>

export type Scope = Me['scopes'][number]

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => answerOf(api.me.$get()),
  staleTime: 5 * 60_000,
})
