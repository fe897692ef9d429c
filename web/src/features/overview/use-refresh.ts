import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFailure, useToast } from '../../ui/toast.tsx'
import { refreshStats } from './api/refresh-stats.ts'

/** Reading takes Meta some seconds to a minute; so long the portal looks for new numbers. */
const LOOKS_EVERY_MS = 4_000
const LOOKS_FOR_MS = 60_000

/** Has the numbers read from Meta anew, and looks for them until they must have come. */
export function useRefresh(projectId: string) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const say = useToast()
  const [until, setUntil] = useState(0)
  const start = useMutation({
    mutationFn: () => refreshStats(projectId),
    onSuccess: () => {
      say({ text: t('overview.refreshing') })
      setUntil(Date.now() + LOOKS_FOR_MS)
    },
    onError: useFailure(),
  })
  useEffect(() => {
    if (until === 0) return
    const timer = setInterval(() => {
      if (Date.now() > until) setUntil(0)
      void client.invalidateQueries({ queryKey: ['stats', projectId] })
    }, LOOKS_EVERY_MS)
    return () => clearInterval(timer)
  }, [until, client, projectId])
  return { refresh: () => start.mutate(), isRefreshing: start.isPending || until > 0 }
}
