import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { useToast } from '../../ui/toast.tsx'
import { connectToken } from './api/connect-token.ts'
import { useChange } from './use-change.ts'

/** Connects by a token that was made at Meta, of a system user above all. */
export function PasteToken({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const say = useToast()
  const [token, setToken] = useState('')
  const connect = useChange(
    () => connectToken(token.trim()),
    [['connections'], ['projects'], ['health'], ['stats']],
    ({ name }) => {
      say({ text: t('facebook.token_done', { name }), tone: 'good' })
      onClose()
    },
  )
  const isRefused = connect.error?.fields.includes('token')
  return (
    <Dialog title={t('facebook.token')} onClose={onClose}>
      <Form onSubmit={() => connect.mutate()}>
        <Field
          label={t('facebook.token_label')}
          hint={t('facebook.token_hint')}
          problem={isRefused ? t('facebook.token_problem') : undefined}
        >
          {(control) => (
            <input
              {...control}
              type="password"
              autoComplete="off"
              required
              maxLength={1_000}
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <DialogActions>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" look="primary" isBusy={connect.isPending}>
            {t('connect.button')}
          </Button>
        </DialogActions>
      </Form>
    </Dialog>
  )
}
