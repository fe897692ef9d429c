import { useTranslation } from 'react-i18next'
import type { Problem } from '../api/answer.ts'
import { Button } from './button.tsx'
import css from './error-state.module.css'
import { Icon } from './icon.tsx'

/** Says what went wrong, lets it be tried again, and gives the number that helps to find out why. */
export function ErrorState({ problem, retry }: { problem: Problem; retry: () => unknown }) {
  const { t } = useTranslation()
  return (
    <div className={css['error']} role="alert">
      <span className={css['icon']}>
        <Icon name="warning" size={24} />
      </span>
      <h2>{t('error.title')}</h2>
      <p>{t(`problem.${problem.code}`)}</p>
      <Button icon="refresh" onClick={() => void retry()}>
        {t('error.retry')}
      </Button>
      {problem.requestId !== null && (
        <p className={css['id']}>
          {t('error.request')} <code>{problem.requestId}</code>
        </p>
      )}
    </div>
  )
}
