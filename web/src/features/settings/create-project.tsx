import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { projectChoice } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { createProject } from './api/create-project.ts'
import { useChange } from './use-change.ts'

/** Begins another project, and turns to it. */
export function CreateProject({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const create = useChange(
    () => createProject(name),
    [['projects'], ['me']],
    ({ id }) => {
      projectChoice.set(id)
      onClose()
    },
  )
  return (
    <Dialog title={t('project.create')} onClose={onClose}>
      <Form onSubmit={() => create.mutate()}>
        <Field
          label={t('project.name')}
          hint={t('project.create_hint')}
          problem={create.error?.fields.includes('name') ? t('project.name_problem') : undefined}
        >
          {(control) => (
            <input
              {...control}
              required
              maxLength={100}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={create.isPending}>
            {t('project.create')}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}
