import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { healthQuery } from '../../api/get-health.ts'
import { useCan } from '../../session.ts'
import { ButtonAnchor, ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { lastStatsQuery } from './api/get-last-stats.ts'

/** No ad account is connected: what an admin can do about it, and what the rest can. */
export function NoAccount() {
  const { t } = useTranslation()
  const can = useCan()
  const isAdmin = can('connections:manage')
  const { data: health } = useQuery({ ...healthQuery, enabled: isAdmin })
  const isConnected = (health?.connections.length ?? 0) > 0
  const action = isConnected ? (
    <ButtonLink look="primary" to="/settings/facebook">
      {t('overview.choose_account')}
    </ButtonLink>
  ) : (
    <ButtonAnchor look="primary" icon="link" href="/meta/connect">
      {t('connect.button')}
    </ButtonAnchor>
  )
  return (
    <Card>
      <EmptyState
        icon="link"
        title={t('overview.no_account')}
        action={isAdmin ? action : undefined}
      >
        {isAdmin && isConnected
          ? t('overview.no_account_choose')
          : t(isAdmin ? 'overview.no_account_admin' : 'overview.no_account_ask')}
      </EmptyState>
    </Card>
  )
}

/** An account is connected but these days have no numbers: nothing was read yet, or nothing was shown. */
export function NoNumbers({ projectId }: { projectId: string }) {
  const { t } = useTranslation()
  const last = useQuery(lastStatsQuery(projectId))
  if (last.isPending) return <SkeletonList rows={2} height={120} />
  return (
    <Card>
      {last.data === null ? (
        <EmptyState icon="refresh" title={t('overview.not_read')}>
          {t('overview.not_read_text')}
        </EmptyState>
      ) : (
        <EmptyState icon="overview" title={t('overview.no_ads')}>
          {t('overview.no_ads_text')}
        </EmptyState>
      )}
    </Card>
  )
}
