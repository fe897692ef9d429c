import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { useToast } from '../../ui/toast.tsx'
import { closeLead, type Outcome } from './api/close-lead.ts'
import type { Lead } from './api/get-leads.ts'
import { releaseLead } from './api/release-lead.ts'
import { reopenLead } from './api/reopen-lead.ts'
import { AssignLead } from './assign-lead.tsx'
import css from './lead-actions.module.css'
import { isHeldByOther, movesFor } from './lead-moves.ts'
import { LoseLead } from './lose-lead.tsx'
import { useTake } from './use-take.ts'
import { useWork } from './use-work.ts'

/** What can be done with a lead now. */
export function LeadActions({ lead }: { lead: Lead }) {
  const { t } = useTranslation()
  const me = useMe()
  const say = useToast()
  const [asks, setAsks] = useState<'assign' | 'lose' | null>(null)
  const done = (text: string) => () => say({ text, tone: 'good' })
  const take = useTake(lead.id)
  const win = useWork(lead.id, () => closeLead(lead.id, 'won'), done(t('lead.done.won')))
  const spam = useClose(lead, 'spam')
  const release = useWork(lead.id, () => releaseLead(lead.id), done(t('lead.done.release')))
  const reopen = useWork(lead.id, () => reopenLead(lead.id), done(t('lead.done.reopen')))
  const isBusy = [take, win, spam, release, reopen].some(({ isPending }) => isPending)
  const moves = movesFor(lead, me)
  const can = (move: (typeof moves)[number]) => moves.includes(move)
  if (moves.length === 0 && isHeldByOther(lead, me)) {
    return <p className={css['held']}>{t('lead.held', { holder: lead.assignee?.name ?? '' })}</p>
  }
  return (
    <div className={css['actions']}>
      <div className={css['main']}>
        {can('claim') && (
          <Button look="primary" isBusy={isBusy} onClick={() => take.mutate()}>
            {t('move.claim')}
          </Button>
        )}
        {can('close') && (
          <>
            <Button look="primary" icon="check" isBusy={isBusy} onClick={() => win.mutate()}>
              {t('move.won')}
            </Button>
            <Button disabled={isBusy} onClick={() => setAsks('lose')}>
              {t('move.lost')}
            </Button>
          </>
        )}
        {can('reopen') && (
          <Button disabled={isBusy} icon="refresh" onClick={() => reopen.mutate()}>
            {t('move.reopen')}
          </Button>
        )}
      </div>
      <div className={css['further']}>
        {can('assign') && (
          <Button look="plain" size="small" disabled={isBusy} onClick={() => setAsks('assign')}>
            {t('move.assign')}
          </Button>
        )}
        {can('release') && (
          <Button look="plain" size="small" disabled={isBusy} onClick={() => release.mutate()}>
            {t('move.release')}
          </Button>
        )}
        {can('spam') && (
          <Button look="plain" size="small" disabled={isBusy} onClick={() => spam.mutate()}>
            {t('move.spam')}
          </Button>
        )}
      </div>
      {asks === 'assign' && <AssignLead lead={lead} onClose={() => setAsks(null)} />}
      {asks === 'lose' && <LoseLead lead={lead} onClose={() => setAsks(null)} />}
    </div>
  )
}

/** Closes a lead by one press; as quickly it can be taken back. */
function useClose(lead: Lead, outcome: Extract<Outcome, 'spam'>) {
  const { t } = useTranslation()
  const say = useToast()
  const undo = useWork(lead.id, () => reopenLead(lead.id))
  return useWork(
    lead.id,
    () => closeLead(lead.id, outcome),
    () =>
      say({
        text: t(`lead.done.${outcome}`),
        action: { text: t('move.reopen'), run: () => undo.mutate() },
      }),
  )
}
