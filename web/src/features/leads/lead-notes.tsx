import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Formats } from '../../format.ts'
import { newIdempotencyKey } from '../../idempotency-key.ts'
import { Button } from '../../ui/button.tsx'
import { Field } from '../../ui/field.tsx'
import { addNote } from './api/add-note.ts'
import type { Lead } from './api/get-leads.ts'
import css from './lead-notes.module.css'
import { useWork } from './use-work.ts'

/** What managers wrote about a lead, and a place to write more. */
export function LeadNotes({ lead, formats }: { lead: Lead; formats: Formats }) {
  const { t } = useTranslation()
  const [text, setText] = useState('')
  const [key, setKey] = useState(newIdempotencyKey)
  const add = useWork(
    lead.id,
    () => addNote(lead.id, text, key),
    () => {
      setText('')
      setKey(newIdempotencyKey())
    },
  )
  const isEmpty = text.trim() === ''
  return (
    <section>
      <h3>{t('lead.notes')}</h3>
      {lead.notes.length > 0 && (
        <ul className={css['notes']}>
          {lead.notes.map((note) => (
            <li key={note.id}>
              <p dir="auto">{note.text}</p>
              <small dir="auto">
                {note.author} · {formats.moment(note.at)}
              </small>
            </li>
          ))}
        </ul>
      )}
      <form
        className={css['form']}
        onSubmit={(event) => {
          event.preventDefault()
          if (!isEmpty) add.mutate()
        }}
      >
        <Field label={t('lead.note.label')}>
          {(control) => (
            <textarea
              {...control}
              rows={2}
              maxLength={1000}
              placeholder={t('lead.note.placeholder')}
              value={text}
              dir="auto"
              onChange={(event) => setText(event.target.value)}
              onKeyDown={(event) => {
                const isSend = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
                if (isSend) event.currentTarget.form?.requestSubmit()
              }}
            />
          )}
        </Field>
        <Button type="submit" size="small" disabled={isEmpty} isBusy={add.isPending}>
          {t('lead.note.add')}
        </Button>
      </form>
    </section>
  )
}
