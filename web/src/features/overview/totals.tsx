import { useTranslation } from 'react-i18next'
import type { Formats } from '../../format.ts'
import { addDays, dayIn, type Days, lengthOf } from '../../days.ts'
import { cx } from '../../ui/cx.ts'
import { Icon } from '../../ui/icon.tsx'
import { useNow } from '../../use-now.ts'
import type { Stats } from './api/get-stats.ts'
import { type Better, changeOf } from './change.ts'
import css from './totals.module.css'

type Totals = Stats['totals']

/** From here on percent say less than how many times. */
const MANY_TIMES = 2

/** What the period came to, each number with how it has changed. */
export function Totals({ stats, formats }: { stats: Stats; formats: Formats }) {
  const { t } = useTranslation()
  const today = dayIn(stats.source.timezone, useNow())
  // A day that is not over is always behind the whole day before it.
  const isUnfinished = stats.from === today
  const { totals } = stats
  const before = isUnfinished ? null : stats.before
  const number = (value: number) => formats.number(value, 2)
  const shared = { totals, before, formats }
  return (
    <section className={css['card']} aria-label={t('overview.totals')}>
      <dl className={css['main']}>
        <Figure
          {...shared}
          label={t('number.spend')}
          text={formats.money(totals.spend)}
          value={({ spend }) => Number(spend.amount)}
          better="neither"
        />
        <Figure
          {...shared}
          label={t('number.leads')}
          text={number(totals.leads)}
          value={({ leads }) => leads}
          better="more"
        />
        <Figure
          {...shared}
          label={t('number.cpl')}
          text={totals.cpl ? formats.money(totals.cpl) : '—'}
          value={({ cpl }) => (cpl ? Number(cpl.amount) : null)}
          better="less"
        />
      </dl>
      <dl className={css['further']}>
        <Figure
          {...shared}
          label={t('number.ctr')}
          text={totals.ctr === null ? '—' : formats.percent(totals.ctr)}
          value={({ ctr }) => ctr}
          better="more"
        />
        <Figure
          {...shared}
          label={t('number.clicks')}
          text={number(totals.clicks)}
          value={({ clicks }) => clicks}
          better="more"
        />
        <Figure
          {...shared}
          label={t('number.impressions')}
          text={number(totals.impressions)}
          value={({ impressions }) => impressions}
          better="neither"
        />
      </dl>
      <p className={css['compared']}>
        {isUnfinished
          ? t('overview.unfinished')
          : t('overview.compared', { days: formats.days(daysBefore(stats)) })}
      </p>
    </section>
  )
}

/** The days that these are compared with: as many, just before them. */
function daysBefore(days: Days): Days {
  return { from: addDays(days.from, -lengthOf(days)), to: addDays(days.from, -1) }
}

interface FigureProps {
  totals: Totals
  before: Totals | null
  formats: Formats
  label: string
  text: string
  value: (totals: Totals) => number | null
  better: Better
}

function Figure({ totals, before, formats, label, text, value, better }: FigureProps) {
  const { t } = useTranslation()
  const change = changeOf(value(totals), before && value(before), better)
  return (
    <div className={css['figure']}>
      <dt>{label}</dt>
      <dd>
        <span className={css['value']}>{text}</span>
        {change && (
          <span className={cx(css['change'], css[change.tone])}>
            {change.part !== 0 && <Icon name={change.part > 0 ? 'up' : 'down'} size={13} />}
            {change.part >= MANY_TIMES
              ? `×${formats.number(change.part + 1, 1)}`
              : formats.share(Math.abs(change.part))}
            <span className="sr-only">
              {t(change.part < 0 ? 'overview.less' : 'overview.more')}
            </span>
          </span>
        )}
      </dd>
    </div>
  )
}
