import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { dayIn } from '../../days.ts'
import { newIdempotencyKey } from '../../idempotency-key.ts'
import { daysOf, isPeriod, type PeriodName } from '../../period.ts'
import { useProjectId, useTimezone } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { DaysFields } from '../../ui/days-fields.tsx'
import { Form } from '../../ui/form.tsx'
import { Segmented } from '../../ui/segmented.tsx'
import { useFailure, useToast } from '../../ui/toast.tsx'
import { useFormats } from '../../use-formats.ts'
import { useNow } from '../../use-now.ts'
import { type Report, reportsQuery } from './api/get-reports.ts'
import { orderReport } from './api/order-report.ts'
import css from './order-report.module.css'

const KINDS = ['leads', 'campaigns'] as const satisfies readonly Report['kind'][]
const NAMES = ['yesterday', '7d', '28d', 'month'] as const satisfies readonly PeriodName[]

type Choice = (typeof NAMES)[number] | 'custom'

/** Orders a file: of what, and for which days. */
export function OrderReport() {
  const { t } = useTranslation()
  const timezone = useTimezone()
  const formats = useFormats(timezone)
  const today = dayIn(timezone, useNow())
  const [kind, setKind] = useState<Report['kind']>('leads')
  const [choice, setChoice] = useState<Choice>('7d')
  const [picked, setPicked] = useState(() => daysOf('7d', today))
  const period = choice === 'custom' ? picked : daysOf(choice, today)
  const order = useOrder()
  return (
    <Card title={t('reports.order')}>
      <Form onSubmit={() => order.mutate({ kind, period })}>
        <div className={css['choices']}>
          <Segmented
            label={t('reports.kind')}
            value={kind}
            options={KINDS.map((value) => ({ value, text: t(`reports.kind.${value}`) }))}
            onChange={setKind}
          />
          <Segmented
            label={t('period.label')}
            value={choice}
            options={[...NAMES, 'custom' as const].map((value) => ({
              value,
              text: t(`period.${value}`),
            }))}
            onChange={setChoice}
          />
        </div>
        {choice === 'custom' && <DaysFields days={picked} today={today} onChange={setPicked} />}
        <div className={css['end']}>
          <Button
            type="submit"
            look="primary"
            isBusy={order.isPending}
            disabled={!isPeriod(period)}
          >
            {t('reports.make')}
          </Button>
          <p className={css['hint']}>
            {isPeriod(period) && `${formats.days(period)}. `}
            {t('reports.hint')}
          </p>
        </div>
      </Form>
    </Card>
  )
}

function useOrder() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const projectId = useProjectId()
  const say = useToast()
  return useMutation({
    mutationFn: (order: Parameters<typeof orderReport>[1]) =>
      orderReport(projectId, order, newIdempotencyKey()),
    onSuccess: async () => {
      say({ text: t('reports.ordered'), tone: 'good' })
      await client.invalidateQueries(reportsQuery)
    },
    onError: useFailure(),
  })
}
