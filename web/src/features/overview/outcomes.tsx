import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import type { Formats } from '../../format.ts'
import { Card } from '../../ui/card.tsx'
import { cx } from '../../ui/cx.ts'
import type { Stats } from './api/get-stats.ts'
import css from './outcomes.module.css'

const PARTS = [
  { name: 'waiting', status: 'new' },
  { name: 'inProgress', status: 'in_progress' },
  { name: 'won', status: 'closed' },
  { name: 'lost', status: 'closed' },
  { name: 'spam', status: 'closed' },
] as const satisfies readonly { name: keyof Stats['byOutcome']; status: string }[]

/** What became of the leads that we ourselves received in the period. */
export function Outcomes({ stats, formats }: { stats: Stats; formats: Formats }) {
  const { t } = useTranslation()
  const { received, ...counts } = stats.byOutcome
  return (
    <Card
      title={t('overview.outcomes')}
      aside={t('overview.received', { count: received, n: formats.number(received) })}
    >
      {received === 0 ? (
        <p className={css['none']}>{t('overview.none_received')}</p>
      ) : (
        <>
          <div className={css['bar']} aria-hidden="true">
            {PARTS.filter(({ name }) => counts[name] > 0).map(({ name }) => (
              <span key={name} className={cx(css[name])} style={{ flexGrow: counts[name] }} />
            ))}
          </div>
          <ul className={css['list']}>
            {PARTS.map(({ name, status }) => (
              <li key={name}>
                <Link to={`/leads?status=${status}`} className={cx(css['row'], css[name])}>
                  <span className={css['name']}>{t(`outcome.${name}`)}</span>
                  <span className={css['share']}>{formats.share(counts[name] / received)}</span>
                  <b>{formats.number(counts[name])}</b>
                </Link>
              </li>
            ))}
          </ul>
        </>
      )}
    </Card>
  )
}
