import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { done } from '../api/answer.ts'
import { useFailure } from '../ui/toast.tsx'

/** Ends the session and forgets everything that was read in it. */
export function useLeave() {
  const client = useQueryClient()
  const navigate = useNavigate()
  return useMutation({
    mutationFn: () => done(fetch('/portal/leave', { method: 'POST' })),
    onSuccess: async () => {
      await navigate('/sign-in')
      client.clear()
    },
    onError: useFailure(),
  })
}
