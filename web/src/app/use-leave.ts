import { useMutation } from '@tanstack/react-query'
import { done } from '../api/answer.ts'
import { useFailure } from '../ui/toast.tsx'

/** Ends the session and forgets everything that was read in it. */
export function useLeave() {
  return useMutation({
    mutationFn: () => done(fetch('/portal/leave', { method: 'POST' })),
    // Loaded anew: nothing of the session stays in memory, and nothing is asked without it.
    onSuccess: () => location.assign('/portal/sign-in'),
    onError: useFailure(),
  })
}
