import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query'
import type { Problem } from '../api/answer.ts'
import { meQuery } from '../api/get-me.ts'

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: Problem
  }
}

const MOST_RETRIES = 2

/** How the portal asks: what may pass is tried again, and a session that has ended is noticed at once. */
export function createClient(): QueryClient {
  const notice = (problem: Problem) => {
    if (problem.code === 'UNAUTHORIZED') void client.invalidateQueries(meQuery)
  }
  const client = new QueryClient({
    queryCache: new QueryCache({
      onError: (problem, query) => {
        if (query.queryKey[0] !== meQuery.queryKey[0]) notice(problem)
      },
    }),
    mutationCache: new MutationCache({ onError: notice }),
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        retry: (count, problem) => problem.isPassing && count < MOST_RETRIES,
      },
    },
  })
  return client
}
