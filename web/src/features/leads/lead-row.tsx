import { useTranslation } from 'react-i18next'
import { Link, useLocation } from 'react-router'
import type { Formats } from '../../format.ts'
import { useMe } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { cx } from '../../ui/cx.ts'
import type { Lead } from './api/get-leads.ts'
import { contactLinks } from './contact-links.ts'
import { movesFor } from './lead-moves.ts'
import { useLeadName, useLeadOrigin } from './lead-name.tsx'
import { FROM_LIST } from './from-list.ts'
import css from './lead-row.module.css'
import { LeadStatus } from './lead-status.tsx'
import { useTake } from './use-take.ts'

interface LeadRowProps {
  lead: Lead
  now: number
  formats: Formats
  isOpen: boolean
}

/** So long a lead may wait for somebody; after that it is said louder. */
const WAITS_MS = 15 * 60_000

/** A lead in the list: who, how to reach them, who has it, and the button to take it. */
export function LeadRow({ lead, now, formats, isOpen }: LeadRowProps) {
  const { t } = useTranslation()
  const me = useMe()
  const { pathname, search } = useLocation()
  const nameOf = useLeadName()
  const originOf = useLeadOrigin()
  const take = useTake(lead.id)
  const age = now - Date.parse(lead.createdAt)
  const canWork = me.scopes.includes('leads:work')
  const canTake = canWork && movesFor(lead, me).includes('claim')
  return (
    <li className={cx(css['row'], isOpen && css['open'], canTake && css['free'])}>
      <div className={css['who']}>
        <Link
          to={{ pathname: `/leads/${lead.id}`, search }}
          // One lead after another is one step of the way back: to the list.
          state={FROM_LIST}
          replace={pathname !== '/leads'}
          className={cx(css['name'], lead.name === null && css['unnamed'])}
          aria-current={isOpen ? 'true' : undefined}
          dir="auto"
        >
          {nameOf(lead)}
        </Link>
        <span className={css['origin']} dir="auto">
          {originOf(lead)}
        </span>
      </div>
      <Contact lead={lead} />
      <div className={css['state']}>
        <LeadStatus lead={lead} />
        {lead.assignee && canWork && (
          <span className={css['holder']} dir="auto">
            {lead.assignee.id === me.id ? t('lead.mine') : lead.assignee.name}
          </span>
        )}
      </div>
      <time
        className={cx(css['age'], canTake && age > WAITS_MS && css['late'])}
        dateTime={lead.createdAt}
        title={formats.moment(lead.createdAt)}
      >
        {formats.age(age)}
      </time>
      <div className={css['action']}>
        {canTake && (
          <Button
            look="soft"
            size="small"
            isBusy={take.isPending}
            aria-label={t('lead.take_named', { name: nameOf(lead) })}
            onClick={() => take.mutate()}
          >
            {t('move.claim')}
          </Button>
        )}
      </div>
    </li>
  )
}

function Contact({ lead }: { lead: Lead }) {
  const [link] = contactLinks(lead)
  return (
    <div className={css['contact']}>
      {link ? (
        <a href={link.href} dir="ltr">
          {link.text}
        </a>
      ) : (
        <span dir="auto">{lead.contact}</span>
      )}
    </div>
  )
}
