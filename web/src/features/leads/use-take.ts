import { useTranslation } from 'react-i18next'
import { useToast } from '../../ui/toast.tsx'
import { claimLead } from './api/claim-lead.ts'
import { useWork } from './use-work.ts'

/** Takes a lead for the person who is signed in. */
export function useTake(leadId: string) {
  const { t } = useTranslation()
  const say = useToast()
  return useWork(
    leadId,
    () => claimLead(leadId),
    ({ phone }) =>
      say({
        text: t('lead.taken'),
        tone: 'good',
        ...(phone === null
          ? {}
          : { action: { text: t('lead.call'), run: () => location.assign(`tel:${phone}`) } }),
      }),
  )
}
