import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { healthQuery } from '../../api/get-health.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { Parked } from './parked.tsx'
import rows from './rows.module.css'
import { Waiting } from './waiting.tsx'

/** How everything is: what waits, what was given up and why. */
export function HealthSection() {
  const { t } = useTranslation()
  const health = useQuery(healthQuery)
  if (health.isPending) return <SkeletonList rows={3} height={120} />
  if (!health.data) return <ErrorState problem={health.error} retry={health.refetch} />
  const { status, meta, connections } = health.data
  const dead = connections.filter(({ state }) => state === 'dead')
  return (
    <>
      <div className={rows['head']}>
        <p className={rows['lead']}>{t('health.text')}</p>
        <Button icon="refresh" isBusy={health.isFetching} onClick={() => void health.refetch()}>
          {t('health.check')}
        </Button>
      </div>
      {status === 'ok' ? (
        <Notice tone="good" icon="check">
          {t('health.ok')}
        </Notice>
      ) : (
        <Notice tone="bad" icon="warning" title={t('health.attention')}>
          {dead.map(({ id, name }) => (
            <div key={id}>{t('health.dead', { name })}</div>
          ))}
          {health.data.parked.total > 0 && (
            <div>{t('health.parked', { count: health.data.parked.total })}</div>
          )}
        </Notice>
      )}
      {meta === 'off' && (
        <Notice tone="warn" icon="warning">
          {t('connect.off')}
        </Notice>
      )}
      <Parked parked={health.data.parked} />
      <Waiting waiting={health.data.waiting} />
    </>
  )
}
