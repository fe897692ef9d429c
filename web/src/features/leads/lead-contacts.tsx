import { useTranslation } from 'react-i18next'
import { useCan } from '../../session.ts'
import { ButtonAnchor } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import type { Lead } from './api/get-leads.ts'
import { type ContactLink, contactLinks } from './contact-links.ts'
import css from './lead-contacts.module.css'

const ICONS = { phone: 'phone', email: 'mail', telegram: 'send' } as const

/** How to reach the person: to read, to press, to copy. */
export function LeadContacts({ lead }: { lead: Lead }) {
  const { t } = useTranslation()
  // Whoever left the lead sees what they wrote; to be called is for the others.
  const canWork = useCan()('leads:work')
  const links = canWork ? contactLinks(lead) : []
  const [first] = links
  const text = first?.text ?? lead.contact
  if (text === null) return null
  const label = ({ kind, text }: ContactLink) => (kind === 'phone' ? t('lead.call') : text)
  return (
    <section className={css['contacts']} aria-label={t('lead.contacts')}>
      <div className={css['first']}>
        <span dir={first ? 'ltr' : 'auto'}>{text}</span>
        {canWork && (
          <CopyButton text={lead.phone ?? lead.email ?? text} label={t('lead.copy')} look="plain" />
        )}
      </div>
      <div className={css['buttons']}>
        {links.map((link) => (
          <ButtonAnchor
            key={link.href}
            icon={ICONS[link.kind]}
            href={link.href}
            {...(link.kind === 'telegram' ? { target: '_blank', rel: 'noreferrer' } : {})}
          >
            {label(link)}
          </ButtonAnchor>
        ))}
      </div>
    </section>
  )
}
