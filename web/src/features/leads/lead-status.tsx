import { useTranslation } from 'react-i18next'
import { Badge, type Tone } from '../../ui/badge.tsx'
import type { Lead } from './api/get-leads.ts'

const TONES = {
  new: 'accent',
  in_progress: 'warn',
  won: 'good',
  lost: 'neutral',
  spam: 'neutral',
} as const satisfies Record<string, Tone>

/** How a lead stands, in a word. */
export function LeadStatus({ lead }: { lead: Pick<Lead, 'status' | 'outcome'> }) {
  const { t } = useTranslation()
  const state = lead.status === 'closed' ? (lead.outcome ?? 'lost') : lead.status
  return <Badge tone={TONES[state]}>{t(`state.${state}`)}</Badge>
}
