import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { useFailure } from '../../ui/toast.tsx'
import { type Check, getChecks } from './api/get-checks.ts'
import css from './checks.module.css'

const TONES = { ok: 'good', failed: 'bad', unknown: 'warn' } as const

/** Tries a connection and says what works, and what to do about what does not. */
export function Checks({ connectionId }: { connectionId: string }) {
  const { t } = useTranslation()
  const sayFailure = useFailure()
  const run = useMutation({ mutationFn: () => getChecks(connectionId), onError: sayFailure })
  return (
    <section aria-busy={run.isPending}>
      <div className={css['head']}>
        <h3>{t('facebook.checks')}</h3>
        <Button size="small" isBusy={run.isPending} onClick={() => run.mutate()}>
          {t('facebook.check')}
        </Button>
      </div>
      {run.data ? (
        <ul>
          {run.data.map((check) => (
            <Line key={`${check.name} ${check.target?.id}`} check={check} />
          ))}
        </ul>
      ) : (
        <p className={css['hint']}>{t('facebook.check_hint')}</p>
      )}
    </section>
  )
}

function Line({ check: { label, target, state, advice } }: { check: Check }) {
  const { t } = useTranslation()
  return (
    <li className={css['line']}>
      <div>
        <span>{label}</span>
        {target && <small dir="auto">{target.name}</small>}
        {advice !== null && <p>{advice}</p>}
      </div>
      <Badge tone={TONES[state]}>{t(`facebook.check_state.${state}`)}</Badge>
    </li>
  )
}
