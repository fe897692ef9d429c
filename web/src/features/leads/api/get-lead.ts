import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

const one = api.leads[':id']

/** A lead with everything that happened to it. */
export type LeadWithEvents = InferResponseType<typeof one.$get>

export const leadQuery = (id: string) =>
  queryOptions({
    queryKey: ['leads', 'one', id],
    queryFn: () => answerOf(one.$get({ param: { id } })),
  })
