import { queryOptions } from '@tanstack/react-query'
import { answerOf, Problem } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** The last totals read from Meta; `null` when none have been read yet. */
export const lastStatsQuery = (project: string) =>
  queryOptions({
    queryKey: ['stats', project, 'last'],
    queryFn: async () => {
      try {
        return await answerOf(api.stats.last.$get({ query: { project } }))
      } catch (error) {
        if (error instanceof Problem && error.code === 'NOT_FOUND') return null
        throw error
      }
    },
  })
