import { useTranslation } from 'react-i18next'
import { useCan } from '../../session.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import type { LeadFilter } from './lead-filter.ts'

/** Why a list is empty: nothing is found, nothing is left to do, or nothing has come yet. */
export function NoLeads({ filter }: { filter: LeadFilter }) {
  const { t } = useTranslation()
  const can = useCan()
  const isNarrowed = filter.q !== '' || filter.assignee !== null || filter.campaign !== null
  const all = <ButtonLink to="/leads?status=all">{t('leads.show_all')}</ButtonLink>
  return (
    <Card>
      {isNarrowed ? (
        <EmptyState icon="search" title={t('leads.none_found')} action={all}>
          {t('leads.none_found_text')}
        </EmptyState>
      ) : filter.status === 'all' ? (
        <EmptyState icon="leads" title={t('leads.none')}>
          {t(can('leads:work') ? 'leads.none_text' : 'leads.none_client')}
        </EmptyState>
      ) : (
        <EmptyState icon="check" title={t(`leads.none_${filter.status}`)} action={all} />
      )}
    </Card>
  )
}
