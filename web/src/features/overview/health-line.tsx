import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { healthQuery } from '../../api/get-health.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Notice } from '../../ui/notice.tsx'
import css from './health-line.module.css'

/** Whether anything is broken, in one line: for admins, who can mend it. */
export function HealthLine() {
  const { t } = useTranslation()
  const { data } = useQuery(healthQuery)
  if (data?.status !== 'ok') return null
  return (
    <Link className={css['ok']} to="/settings/health">
      {t('health.ok')}
    </Link>
  )
}

/** What is broken, when something is. */
export function HealthNotice() {
  const { t } = useTranslation()
  const { data } = useQuery(healthQuery)
  if (data?.status !== 'attention') return null
  const dead = data.connections.find(({ state }) => state === 'dead')
  return (
    <Notice
      tone="bad"
      icon="warning"
      title={t('health.attention')}
      action={
        <ButtonLink size="small" to={dead ? '/settings/facebook' : '/settings/health'}>
          {t('health.look')}
        </ButtonLink>
      }
    >
      {dead && <div>{t('health.dead', { name: dead.name })}</div>}
      {data.parked.total > 0 && <div>{t('health.parked', { count: data.parked.total })}</div>}
    </Notice>
  )
}
