import { infiniteQueryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

export type Report = InferResponseType<typeof api.reports.$get>['items'][number]

const LOOKS_EVERY_MS = 3_000

/** Reports, newest first; while one is being made, the list is read again and again. */
export const reportsQuery = infiniteQueryOptions({
  queryKey: ['reports'],
  queryFn: ({ pageParam }) => {
    const cursor = pageParam === '' ? {} : { cursor: pageParam }
    return answerOf(api.reports.$get({ query: { limit: '20', ...cursor } }))
  },
  initialPageParam: '',
  getNextPageParam: (page) => page.nextCursor,
  refetchInterval: ({ state }) => {
    const reports = state.data?.pages.flatMap(({ items }) => items) ?? []
    return reports.some((report) => report.state === 'queued') ? LOOKS_EVERY_MS : false
  },
})
