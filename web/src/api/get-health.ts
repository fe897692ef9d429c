import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from './answer.ts'
import { api } from './api.ts'

export type Health = InferResponseType<typeof api.health.$get>

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: () => answerOf(api.health.$get()),
})
