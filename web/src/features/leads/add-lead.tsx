import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { newIdempotencyKey } from '../../idempotency-key.ts'
import { useCan } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { useFailure, useToast } from '../../ui/toast.tsx'
import { addLead, type LeadDraft } from './api/add-lead.ts'
import { publishLead } from './lead-news.ts'

interface AddLeadProps {
  projectId: string
  onClose: () => void
}

/** Adds a lead by hand: somebody called, somebody came in. */
export function AddLead({ projectId, onClose }: AddLeadProps) {
  const { t } = useTranslation()
  const canWork = useCan()('leads:work')
  const [draft, setDraft] = useState<LeadDraft>({ name: '', contact: '', note: '' })
  const add = useAdd(projectId, draft, onClose)
  const problemOf = (name: keyof LeadDraft) =>
    add.error?.fields.includes(name) ? t(`lead.add.problem.${name}`) : undefined
  const inputOf = (name: keyof LeadDraft) => ({
    name,
    value: draft[name],
    onChange: ({ target }: { target: { value: string } }) =>
      setDraft((before) => ({ ...before, [name]: target.value })),
  })
  return (
    <Dialog title={t(canWork ? 'lead.add.title' : 'lead.add.title_client')} onClose={onClose}>
      <Form onSubmit={() => add.mutate()}>
        <Field label={t('lead.add.name')} problem={problemOf('name')}>
          {(control) => (
            <input {...control} {...inputOf('name')} required maxLength={100} autoComplete="off" />
          )}
        </Field>
        <Field
          label={t('lead.add.contact')}
          hint={t('lead.add.contact_hint')}
          problem={problemOf('contact')}
        >
          {(control) => (
            <input
              {...control}
              {...inputOf('contact')}
              required
              maxLength={200}
              autoComplete="off"
              placeholder="+998"
            />
          )}
        </Field>
        <Field label={t('lead.add.note')} problem={problemOf('note')}>
          {(control) => <textarea {...control} {...inputOf('note')} rows={3} maxLength={1000} />}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={add.isPending}>
            {t(canWork ? 'lead.add.save' : 'lead.add.send')}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}

function useAdd(projectId: string, draft: LeadDraft, onClose: () => void) {
  const { t } = useTranslation()
  const canWork = useCan()('leads:work')
  const client = useQueryClient()
  const navigate = useNavigate()
  const say = useToast()
  const sayFailure = useFailure()
  // One key for one dialog: pressed twice or sent again after a lost answer, it is one lead.
  const [key] = useState(newIdempotencyKey)
  return useMutation({
    mutationFn: () => addLead(projectId, draft, key),
    onSuccess: async (lead) => {
      publishLead(client, lead)
      onClose()
      say({ text: t(canWork ? 'lead.add.done' : 'lead.add.done_client'), tone: 'good' })
      await navigate(`/leads/${lead.id}?status=all`)
    },
    onError: (problem) => {
      if (problem.fields.length === 0) sayFailure(problem)
    },
  })
}
