import { queryOptions } from '@tanstack/react-query'
import type { InferResponseType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Days } from '../../../days.ts'

export type Stats = InferResponseType<typeof api.stats.$get>

/** What leads cost in these days, and in as many days before them. */
export const statsQuery = (project: string, { from, to }: Days) =>
  queryOptions({
    queryKey: ['stats', project, from, to],
    queryFn: () => answerOf(api.stats.$get({ query: { project, from, to, compare: 'true' } })),
    staleTime: 60_000,
    // Numbers of other days stay in sight while these are read; those of another project do not.
    placeholderData: (stats) => (stats?.projectId === project ? stats : undefined),
  })
