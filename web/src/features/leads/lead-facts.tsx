import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useCan } from '../../session.ts'
import type { Lead } from './api/get-leads.ts'
import css from './lead-facts.module.css'

/** Numbers by which a lead is found elsewhere. */
export function LeadFacts({ lead }: { lead: Lead }) {
  const { t } = useTranslation()
  const can = useCan()
  if (!can('leads:work')) return null
  const facts = [
    ['campaign', lead.campaignId],
    ['form', lead.formId],
    ['ad', lead.adName ?? lead.adId],
    ['id', lead.id],
  ] as const
  return (
    <section>
      {lead.duplicateOf !== null && (
        <p className={css['duplicate']}>
          <Link to={`/leads/${lead.duplicateOf}`}>{t('lead.duplicate')}</Link>
        </p>
      )}
      <dl className={css['facts']}>
        {facts
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{t(`lead.fact.${name}`)}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
      </dl>
    </section>
  )
}
