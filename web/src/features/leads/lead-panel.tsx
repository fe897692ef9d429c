import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation, useNavigate } from 'react-router'
import type { Formats } from '../../format.ts'
import { useCan } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { leadQuery, type LeadWithEvents } from './api/get-lead.ts'
import { isFromList } from './from-list.ts'
import { knownLead } from './known-lead.ts'
import { LeadActions } from './lead-actions.tsx'
import { LeadContacts } from './lead-contacts.tsx'
import { LeadFacts } from './lead-facts.tsx'
import { LeadHistory } from './lead-history.tsx'
import { useLeadName, useLeadOrigin } from './lead-name.tsx'
import { LeadNotes } from './lead-notes.tsx'
import css from './lead-panel.module.css'
import { LeadStatus } from './lead-status.tsx'

/** One lead: beside the list where there is room, else over it. */
export function LeadPanel({ id, formats }: { id: string; formats: Formats }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const lead = useQuery({ ...leadQuery(id), placeholderData: () => knownLead(client, id) })
  const navigate = useNavigate()
  const { search, state } = useLocation()
  const panel = useRef<HTMLElement>(null)
  const close = () =>
    void (isFromList(state) ? navigate(-1) : navigate({ pathname: '/leads', search }))
  useEffect(() => panel.current?.focus({ preventScroll: true }), [])
  useEscape(close)
  return (
    <aside ref={panel} tabIndex={-1} className={css['panel']} aria-label={t('lead.panel')}>
      <div className={css['bar']}>
        <Button look="plain" size="small" icon="back" onClick={close}>
          {t('lead.back')}
        </Button>
      </div>
      {lead.data ? (
        <Body lead={lead.data} formats={formats} />
      ) : lead.error ? (
        <ErrorState problem={lead.error} retry={lead.refetch} />
      ) : (
        <div className={css['body']}>
          <SkeletonList rows={4} height={72} />
        </div>
      )}
    </aside>
  )
}

/** The keyboard's way back to the list, wherever the focus is; a dialog in front goes first. */
function useEscape(onEscape: () => void): void {
  const escape = useEffectEvent(onEscape)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !document.querySelector('dialog[open]')) escape()
    }
    document.addEventListener('keydown', press)
    return () => document.removeEventListener('keydown', press)
  }, [])
}

function Body({ lead, formats }: { lead: LeadWithEvents; formats: Formats }) {
  const { t } = useTranslation()
  const can = useCan()
  const nameOf = useLeadName()
  const originOf = useLeadOrigin()
  const answers = Object.entries(lead.answers)
  return (
    <div className={css['body']}>
      <header className={css['head']}>
        <h2 dir="auto">{nameOf(lead)}</h2>
        <div className={css['state']}>
          <LeadStatus lead={lead} />
          {lead.assignee && can('leads:work') && <span dir="auto">{lead.assignee.name}</span>}
        </div>
        <p className={css['origin']} dir="auto">
          {formats.moment(lead.createdAt)} · {originOf(lead)}
        </p>
      </header>
      {lead.details !== 'complete' && (
        <Notice tone="warn" icon="warning">
          {t(`lead.details.${lead.details}_text`)}
        </Notice>
      )}
      {lead.isTest && (
        <Notice tone="warn" icon="warning">
          {t('lead.test')}
        </Notice>
      )}
      <LeadContacts lead={lead} />
      {can('leads:work') && <LeadActions lead={lead} />}
      {answers.length > 0 && (
        <section>
          <h3>{t('lead.answers')}</h3>
          <dl className={css['answers']}>
            {answers.map(([question, answer]) => (
              <div key={question}>
                <dt dir="auto">{question}</dt>
                <dd dir="auto">{answer}</dd>
              </div>
            ))}
          </dl>
        </section>
      )}
      {can('leads:work') && <LeadNotes lead={lead} formats={formats} />}
      {lead.events.length > 0 && <LeadHistory lead={lead} formats={formats} />}
      <LeadFacts lead={lead} />
    </div>
  )
}
