import { queryOptions } from '@tanstack/react-query'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** People who can be given a lead. */
export const managersQuery = queryOptions({
  queryKey: ['users', 'managers'],
  queryFn: async () => {
    const [managers, admins] = await Promise.all([
      answerOf(api.users.$get({ query: { role: 'manager' } })),
      answerOf(api.users.$get({ query: { role: 'admin' } })),
    ])
    return [...managers.items, ...admins.items]
  },
})
