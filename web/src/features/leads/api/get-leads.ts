import { infiniteQueryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import { type LeadFilter, queryOf } from '../lead-filter.ts'

export type LeadPage = InferResponseType<typeof api.leads.$get>

export type Lead = LeadPage['items'][number]

/** Every list of leads that is kept begins with this. */
export const LEAD_LISTS = ['leads', 'list'] as const

/** Leads, newest first, page after page. */
export const leadsQuery = (filter: LeadFilter) =>
  infiniteQueryOptions({
    queryKey: [...LEAD_LISTS, filter],
    queryFn: ({ pageParam }) => {
      const cursor = pageParam === '' ? {} : { cursor: pageParam }
      return answerOf(api.leads.$get({ query: { ...queryOf(filter), ...cursor } }))
    },
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor,
  })
