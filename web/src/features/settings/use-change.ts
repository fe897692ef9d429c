import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Problem } from '../../api/answer.ts'
import { useFailure, useToast } from '../../ui/toast.tsx'

/**
 * Changes a setting; afterwards what it stands in is read again. `explain` says why this change may
 * be refused, where more is known of it than its code says.
 */
export function useChange<Output, Input = void>(
  change: (input: Input) => Promise<Output>,
  affected: readonly QueryKey[],
  onDone?: (output: Output) => void,
  explain?: (problem: Problem) => string | undefined,
) {
  const client = useQueryClient()
  const say = useToast()
  const sayFailure = useFailure()
  return useMutation({
    mutationFn: change,
    onSuccess: async (output) => {
      onDone?.(output)
      await Promise.all(affected.map((queryKey) => client.invalidateQueries({ queryKey })))
    },
    onError: (problem) => {
      const text = explain?.(problem)
      if (text === undefined) sayFailure(problem)
      else say({ text, tone: 'bad' })
    },
  })
}
