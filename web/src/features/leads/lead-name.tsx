import { useTranslation } from 'react-i18next'
import type { Lead } from './api/get-leads.ts'

/** What a lead is called: the person's name, else what is known in its stead. */
export function useLeadName(): (lead: Lead) => string {
  const { t } = useTranslation()
  return ({ name, details }) => {
    if (name !== null) return name
    return details === 'complete' ? t('lead.nameless') : t(`lead.details.${details}`)
  }
}

/** Where a lead came from, in one line. */
export function useLeadOrigin(): (lead: Lead) => string {
  const { t } = useTranslation()
  return ({ source, campaignName }) =>
    [t(`source.${source}`), campaignName].filter(Boolean).join(' · ')
}
