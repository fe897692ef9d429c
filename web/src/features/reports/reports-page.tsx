import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useCan, useTimezone } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Page } from '../../ui/page.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useFormats } from '../../use-formats.ts'
import { reportsQuery } from './api/get-reports.ts'
import { OrderReport } from './order-report.tsx'
import { ReportRow } from './report-row.tsx'
import css from './reports-page.module.css'

/** Files for those who count elsewhere: ordered here, taken from here. */
export default function ReportsPage() {
  const { t } = useTranslation()
  const can = useCan()
  return (
    <Page title={t('nav.reports')}>
      <div className={css['section']}>
        {can('reports:create') && <OrderReport />}
        <Reports />
      </div>
    </Page>
  )
}

function Reports() {
  const { t } = useTranslation()
  const formats = useFormats(useTimezone())
  const reports = useInfiniteQuery(reportsQuery)
  if (reports.isPending) return <SkeletonList rows={4} height={68} />
  if (!reports.data) return <ErrorState problem={reports.error} retry={reports.refetch} />
  const all = reports.data.pages.flatMap(({ items }) => items)
  if (all.length === 0) {
    return (
      <Card>
        <EmptyState icon="reports" title={t('reports.none')}>
          {t('reports.none_text')}
        </EmptyState>
      </Card>
    )
  }
  return (
    <>
      <Card isFlush>
        <ul>
          {all.map((report) => (
            <ReportRow key={report.id} report={report} formats={formats} />
          ))}
        </ul>
      </Card>
      {reports.hasNextPage && (
        <div className={css['more']}>
          <Button isBusy={reports.isFetchingNextPage} onClick={() => void reports.fetchNextPage()}>
            {t('common.more')}
          </Button>
        </div>
      )}
    </>
  )
}
