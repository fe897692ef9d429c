import { queryOptions } from '@tanstack/react-query'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** Which projects the leads of forms, campaigns and pages go to, where somebody has said so. */
export const metaRoutesQuery = queryOptions({
  queryKey: ['meta-routes'],
  queryFn: () => answerOf(api['meta-routes'].$get({ query: {} })),
})
