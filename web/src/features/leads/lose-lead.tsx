import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { useToast } from '../../ui/toast.tsx'
import { closeLead } from './api/close-lead.ts'
import type { Lead } from './api/get-leads.ts'
import { useWork } from './use-work.ts'

/** Asks why a lead came to nothing: the answer may stay empty, but it is what one learns from. */
export function LoseLead({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const { t } = useTranslation()
  const say = useToast()
  const [reason, setReason] = useState('')
  const lose = useWork(
    lead.id,
    () => closeLead(lead.id, 'lost', reason),
    () => {
      say({ text: t('lead.done.lost'), tone: 'good' })
      onClose()
    },
  )
  return (
    <Dialog title={t('lead.lose.title')} onClose={onClose}>
      <Field label={t('lead.lose.reason')} hint={t('lead.lose.hint')}>
        {(control) => (
          <textarea
            {...control}
            rows={3}
            maxLength={1000}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
      <DialogActions>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button look="primary" isBusy={lose.isPending} onClick={() => lose.mutate()}>
          {t('lead.lose.close')}
        </Button>
      </DialogActions>
    </Dialog>
  )
}
