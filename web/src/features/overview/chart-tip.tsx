import { useTranslation } from 'react-i18next'
import type { Formats } from '../../format.ts'
import type { ChartDay } from './chart-data.ts'
import css from './chart-tip.module.css'

interface ChartTipProps {
  days: ChartDay[]
  currency: string
  formats: Formats
  /** Given by the chart: whether a day is pointed at, and which. */
  active?: boolean
  label?: unknown
}

/** The numbers of the day that is pointed at. */
export function ChartTip({ days, currency, formats, active = false, label }: ChartTipProps) {
  const { t } = useTranslation()
  const money = (amount: number) => formats.money({ amount: amount.toFixed(2), currency })
  const day = days.find(({ date }) => date === label)
  if (!active || !day) return null
  return (
    <div className={css['tip']}>
      <b>{`${formats.weekday(day.date)}, ${formats.day(day.date)}`}</b>
      <span className={css['leads']}>
        {t('number.leads')}: {formats.number(day.leads, 2)}
      </span>
      <span className={css['spend']}>
        {t('number.spend')}: {money(day.spend)}
      </span>
      {day.leads > 0 && (
        <span>
          {t('number.cpl')}: {money(day.spend / day.leads)}
        </span>
      )}
    </div>
  )
}
