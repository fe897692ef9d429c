import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { Notice } from '../../ui/notice.tsx'
import { createKey, type MadeKey } from './api/create-key.ts'
import { keysQuery } from './api/get-keys.ts'
import css from './create-key.module.css'
import { KEY_ROLES, SCOPES_OF } from './key-scopes.ts'
import { useChange } from './use-change.ts'

type Scope = MadeKey['scopes'][number]

/** Makes a key, and then shows it, this once. */
export function CreateKey({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const [made, setMade] = useState<MadeKey | null>(null)
  return (
    <Dialog title={made ? t('keys.made', { name: made.name }) : t('keys.create')} onClose={onClose}>
      {made ? (
        <Shown secret={made.key} onClose={onClose} />
      ) : (
        <Questions onMade={setMade} onClose={onClose} />
      )}
    </Dialog>
  )
}

function Shown({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <>
      <Notice tone="warn" icon="warning">
        {t('keys.once')}
      </Notice>
      <code className={css['secret']}>{secret}</code>
      <DialogActions>
        <CopyButton text={secret} label={t('keys.copy')} />
        <Button look="primary" onClick={onClose}>
          {t('keys.saved')}
        </Button>
      </DialogActions>
    </>
  )
}

interface QuestionsProps {
  onMade: (key: MadeKey) => void
  onClose: () => void
}

function Questions({ onMade, onClose }: QuestionsProps) {
  const { t } = useTranslation()
  const [name, setName] = useState('')
  const [role, setRole] = useState<MadeKey['role']>('partner')
  const [denied, setDenied] = useState<ReadonlySet<Scope>>(new Set())
  const scopes = SCOPES_OF[role].filter((scope) => !denied.has(scope))
  const create = useChange(() => createKey({ name, role, scopes }), [keysQuery.queryKey], onMade)
  const toggle = (scope: Scope) =>
    setDenied((before) =>
      before.has(scope) ? before.difference(new Set([scope])) : new Set([...before, scope]),
    )
  return (
    <Form onSubmit={() => create.mutate()}>
      <Field
        label={t('keys.name')}
        hint={t('keys.name_hint')}
        problem={create.error?.fields.includes('name') ? t('keys.name_problem') : undefined}
      >
        {(control) => (
          <input
            {...control}
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Field label={t('keys.role')} hint={t(`keys.may.${role}`)}>
        {(control) => (
          <select
            {...control}
            value={role}
            onChange={({ target }) => {
              setRole(KEY_ROLES.find((one) => one === target.value) ?? role)
              setDenied(new Set())
            }}
          >
            {KEY_ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`role.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset className={css['scopes']}>
        <legend>{t('keys.scopes')}</legend>
        {SCOPES_OF[role].map((scope) => (
          <label key={scope}>
            <input type="checkbox" checked={!denied.has(scope)} onChange={() => toggle(scope)} />
            {t(`scope.${scope}`)}
          </label>
        ))}
      </fieldset>
      <DialogActions>
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button
          type="submit"
          look="primary"
          isBusy={create.isPending}
          disabled={scopes.length === 0}
        >
          {t('keys.make')}
        </Button>
      </DialogActions>
    </Form>
  )
}
