import { useTranslation } from 'react-i18next'
import type { Formats } from '../../format.ts'
import { useNow } from '../../use-now.ts'
import type { Stats } from './api/get-stats.ts'
import css from './provenance.module.css'

/** Where the numbers come from: whoever doubts them can look there. */
export function Provenance({ source, formats }: { source: Stats['source']; formats: Formats }) {
  const { t } = useTranslation()
  const now = useNow()
  const { accountId, timezone, updatedAt } = source
  if (accountId === null) return null
  const age = updatedAt === null ? null : formats.age(now - Date.parse(updatedAt))
  return (
    <p className={css['line']}>
      <span>{t('provenance.account', { id: accountId })}</span>
      <span>{t('provenance.timezone', { timezone })}</span>
      <span>{t('provenance.attribution')}</span>
      {updatedAt !== null && age !== null && (
        <span title={formats.moment(updatedAt)}>{t('provenance.updated', { age })}</span>
      )}
    </p>
  )
}
