import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { dayIn, type Days } from '../../days.ts'
import { type PeriodName, periodIn } from '../../period.ts'
import { useCan, useProjectId, useTimezone } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import { useFormats } from '../../use-formats.ts'
import { useNow } from '../../use-now.ts'
import { type Stats, statsQuery } from './api/get-stats.ts'
import { Campaigns } from './campaigns.tsx'
import { ChartCard } from './chart-card.tsx'
import { ConnectNotice } from './connect-notice.tsx'
import { HealthLine, HealthNotice } from './health-line.tsx'
import { NoAccount, NoNumbers } from './no-numbers.tsx'
import { Outcomes } from './outcomes.tsx'
import css from './overview-page.module.css'
import { PeriodSwitch } from './period-switch.tsx'
import { Provenance } from './provenance.tsx'
import { Totals } from './totals.tsx'
import { useRefresh } from './use-refresh.ts'

/** What was spent, how many leads came, what one cost, and whether anything is broken. */
export default function OverviewPage() {
  const { t } = useTranslation()
  const can = useCan()
  const projectId = useProjectId()
  const timezone = useTimezone()
  const formats = useFormats(timezone)
  const today = dayIn(timezone, useNow())
  const [params, setParams] = useSearchParams()
  const { name, days } = periodIn(params, today)
  const stats = useQuery(statsQuery(projectId, days))
  const { refresh, isRefreshing } = useRefresh(projectId)
  const isConnected = typeof stats.data?.source.accountId === 'string'
  const canRefresh = can('stats:refresh') && isConnected
  const show = (period: { period: PeriodName } | Days) => setParams({ ...period })
  return (
    <Page
      title={t('nav.overview')}
      lead={can('health:read') && <HealthLine />}
      toolbar={<PeriodSwitch {...{ name, days, today, formats }} onChange={show} />}
      actions={
        canRefresh && (
          <Button icon="refresh" isCompact isBusy={isRefreshing} onClick={refresh}>
            {t('overview.refresh')}
          </Button>
        )
      }
    >
      <ConnectNotice />
      {can('health:read') && <HealthNotice />}
      {stats.data ? (
        <div className={cx(css['numbers'], stats.isPlaceholderData && css['fading'])}>
          <Numbers stats={stats.data} />
        </div>
      ) : stats.error ? (
        <ErrorState problem={stats.error} retry={stats.refetch} />
      ) : (
        <Loading />
      )}
    </Page>
  )
}

function Numbers({ stats }: { stats: Stats }) {
  const formats = useFormats(stats.source.timezone)
  const hasNumbers = stats.byDay.length > 0
  const isConnected = stats.source.accountId !== null
  return (
    <>
      {!isConnected && <NoAccount />}
      {isConnected && !hasNumbers && <NoNumbers projectId={stats.projectId} />}
      {hasNumbers && <Totals stats={stats} formats={formats} />}
      <div className={css['two']}>
        {hasNumbers && <ChartCard stats={stats} formats={formats} />}
        <Outcomes stats={stats} formats={formats} />
      </div>
      {hasNumbers && <Campaigns stats={stats} formats={formats} />}
      <Provenance source={stats.source} formats={formats} />
    </>
  )
}

function Loading() {
  const { t } = useTranslation()
  return (
    <div className={css['numbers']} role="status" aria-label={t('common.loading')}>
      <Skeleton height={168} />
      <div className={css['two']}>
        <Skeleton height={330} />
        <Skeleton height={330} />
      </div>
      <Skeleton height={320} />
    </div>
  )
}
