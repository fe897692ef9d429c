import { useTranslation } from 'react-i18next'
import { addDays, type Days } from '../days.ts'
import { isPeriod, MOST_DAYS } from '../period.ts'
import css from './days-fields.module.css'
import { Field } from './field.tsx'

interface DaysFieldsProps {
  days: Days
  today: string
  onChange: (days: Days) => void
}

/** The first and the last day of a period. */
export function DaysFields({ days, today, onChange }: DaysFieldsProps) {
  const { t } = useTranslation()
  const problem = isPeriod(days) ? undefined : t('period.wrong')
  return (
    <div className={css['days']}>
      <Field label={t('period.from')} problem={problem}>
        {(control) => (
          <input
            {...control}
            type="date"
            required
            min={addDays(today, 1 - MOST_DAYS)}
            max={today}
            value={days.from}
            onChange={(event) => onChange({ ...days, from: event.target.value })}
          />
        )}
      </Field>
      <Field label={t('period.to')}>
        {(control) => (
          <input
            {...control}
            type="date"
            required
            min={days.from}
            max={today}
            value={days.to}
            onChange={(event) => onChange({ ...days, to: event.target.value })}
          />
        )}
      </Field>
    </div>
  )
}
