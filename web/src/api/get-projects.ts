import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from './answer.ts'
import { api } from './api.ts'

export type Project = InferResponseType<typeof api.projects.$get>['items'][number]

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: () => answerOf(api.projects.$get()),
  staleTime: 5 * 60_000,
})
