import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Days } from '../../days.ts'
import type { Formats } from '../../format.ts'
import { isPeriod, type PeriodName } from '../../period.ts'
import { Button } from '../../ui/button.tsx'
import { DaysFields } from '../../ui/days-fields.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Segmented } from '../../ui/segmented.tsx'

const NAMES = ['today', 'yesterday', '7d', '28d'] as const satisfies readonly PeriodName[]

interface PeriodSwitchProps {
  name: PeriodName | null
  days: Days
  today: string
  formats: Formats
  onChange: (period: { period: PeriodName } | Days) => void
}

/** Which days are looked at. */
export function PeriodSwitch({ name, days, today, formats, onChange }: PeriodSwitchProps) {
  const { t } = useTranslation()
  const [isPicking, setIsPicking] = useState(false)
  const options = [
    ...NAMES.map((value) => ({ value, text: t(`period.${value}`) })),
    { value: 'custom' as const, text: name === null ? formats.days(days) : t('period.custom') },
  ]
  return (
    <>
      <Segmented
        label={t('period.label')}
        value={NAMES.find((one) => one === name) ?? 'custom'}
        options={options}
        onChange={(value) =>
          value === 'custom' ? setIsPicking(true) : onChange({ period: value })
        }
      />
      {isPicking && (
        <Picker
          days={days}
          today={today}
          onClose={() => setIsPicking(false)}
          onPick={(picked) => {
            setIsPicking(false)
            onChange(picked)
          }}
        />
      )}
    </>
  )
}

interface PickerProps {
  days: Days
  today: string
  onPick: (days: Days) => void
  onClose: () => void
}

function Picker({ days, today, onPick, onClose }: PickerProps) {
  const { t } = useTranslation()
  const [picked, setPicked] = useState(days)
  return (
    <Dialog title={t('period.pick')} onClose={onClose}>
      <DaysFields days={picked} today={today} onChange={setPicked} />
      <DialogActions>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button look="primary" disabled={!isPeriod(picked)} onClick={() => onPick(picked)}>
          {t('period.show')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
