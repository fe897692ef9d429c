import { useTranslation } from 'react-i18next'
import { ButtonLink } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

/** An address where there is nothing, or nothing for this person. */
export function NotFoundPage() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon="search"
      title={t('not_found.title')}
      action={<ButtonLink to="/">{t('not_found.home')}</ButtonLink>}
    >
      {t('not_found.text')}
    </EmptyState>
  )
}
