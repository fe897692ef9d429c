import { useTranslation } from 'react-i18next'
import type { Formats } from '../../format.ts'
import { useMe } from '../../session.ts'
import { Badge, type Tone } from '../../ui/badge.tsx'
import { ButtonAnchor } from '../../ui/button.tsx'
import { Icon } from '../../ui/icon.tsx'
import type { Report } from './api/get-reports.ts'
import css from './report-row.module.css'

const TONES = { queued: 'warn', ready: 'good', failed: 'bad' } as const satisfies Record<
  Report['state'],
  Tone
>

/** A report: of what, for which days, and the file when it is ready. */
export function ReportRow({ report, formats }: { report: Report; formats: Formats }) {
  const { t } = useTranslation()
  const { projects } = useMe()
  const project = projects.find(({ id }) => id === report.projectId)
  const facts = [
    projects.length > 1 ? project?.name : null,
    formats.moment(report.createdAt),
    report.rows === null ? null : t('reports.rows', { count: report.rows }),
    report.bytes === null ? null : formats.bytes(report.bytes),
  ]
  return (
    <li className={css['row']}>
      <span className={css['icon']}>
        <Icon name="reports" size={20} />
      </span>
      <div className={css['what']}>
        <b>
          {t(`reports.kind.${report.kind}`)}, {formats.days(report.period)}
        </b>
        <small dir="auto">{facts.filter(Boolean).join(' · ')}</small>
        {report.error !== null && (
          <small className={css['error']}>
            {t('reports.error')} <code>{report.error}</code>
          </small>
        )}
      </div>
      {report.state === 'ready' ? (
        <ButtonAnchor
          size="small"
          icon="download"
          href={`/api/reports/${report.id}/file`}
          download={report.fileName ?? true}
        >
          {report.format.toUpperCase()}
        </ButtonAnchor>
      ) : (
        <Badge tone={TONES[report.state]}>{t(`reports.state.${report.state}`)}</Badge>
      )}
    </li>
  )
}
