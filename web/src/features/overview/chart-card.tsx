import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { lengthOf } from '../../days.ts'
import type { Formats } from '../../format.ts'
import { Card } from '../../ui/card.tsx'
import { Skeleton } from '../../ui/skeleton.tsx'
import type { Stats } from './api/get-stats.ts'
import { chartDays } from './chart-data.ts'
import css from './chart-card.module.css'

const Chart = lazy(() => import('./chart.tsx'))

/** Leads and spend, day by day; a single day has nothing to draw. */
export function ChartCard({ stats, formats }: { stats: Stats; formats: Formats }) {
  const { t } = useTranslation()
  if (lengthOf(stats) < 2) return null
  const summary = t('overview.chart_summary', {
    days: formats.days(stats),
    leads: formats.number(stats.totals.leads, 2),
    spend: formats.money(stats.totals.spend),
  })
  return (
    <Card
      title={t('overview.by_day')}
      aside={
        <span className={css['legend']}>
          <span className={css['leads']}>{t('number.leads')}</span>
          <span className={css['spend']}>
            {t('number.spend')}, {stats.source.currency}
          </span>
        </span>
      }
    >
      <figure className={css['chart']} aria-label={summary}>
        <Suspense fallback={<Skeleton height={260} />}>
          <Chart
            days={chartDays(stats.byDay, stats)}
            currency={stats.source.currency}
            formats={formats}
          />
        </Suspense>
      </figure>
    </Card>
  )
}
