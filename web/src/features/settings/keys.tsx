import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../ui/badge.tsx'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { cx } from '../../ui/cx.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useToast } from '../../ui/toast.tsx'
import { useFormats } from '../../use-formats.ts'
import { deleteKey } from './api/delete-key.ts'
import { keysQuery, type PortalKey } from './api/get-keys.ts'
import { CreateKey } from './create-key.tsx'
import rows from './rows.module.css'
import { useChange } from './use-change.ts'

/** Keys by which programs come in. */
export function Keys() {
  const { t } = useTranslation()
  const keys = useQuery(keysQuery)
  const [isMaking, setIsMaking] = useState(false)
  return (
    <>
      <div className={rows['head']}>
        <p className={rows['lead']}>
          {t('keys.text')} <a href="/api/docs">{t('keys.docs')}</a>
        </p>
        <Button look="primary" icon="plus" onClick={() => setIsMaking(true)}>
          {t('keys.create')}
        </Button>
      </div>
      {isMaking && <CreateKey onClose={() => setIsMaking(false)} />}
      {keys.isPending ? (
        <SkeletonList rows={3} height={64} />
      ) : keys.data ? (
        <Card isFlush>
          {keys.data.items.length === 0 && (
            <EmptyState icon="key" title={t('keys.none')}>
              {t('keys.none_text')}
            </EmptyState>
          )}
          <ul>
            {keys.data.items.map((key) => (
              <Key key={key.id} portalKey={key} />
            ))}
          </ul>
        </Card>
      ) : (
        <ErrorState problem={keys.error} retry={keys.refetch} />
      )}
    </>
  )
}

function Key({ portalKey }: { portalKey: PortalKey }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const say = useToast()
  const [isAsking, setIsAsking] = useState(false)
  const remove = useChange(
    () => deleteKey(portalKey.id),
    [keysQuery.queryKey],
    () => say({ text: t('keys.deleted'), tone: 'good' }),
  )
  const { name, role, scopes, createdAt, lastUsedAt } = portalKey
  return (
    <li className={cx(rows['row'], rows['oneLine'])}>
      <div className={rows['what']}>
        <b dir="auto">{name}</b>
        <div>
          <Badge>{t(`role.${role}`)}</Badge>
        </div>
        <small>
          {t('keys.created', { at: formats.moment(createdAt) })} ·{' '}
          {lastUsedAt === null
            ? t('keys.never_used')
            : t('keys.used', { at: formats.moment(lastUsedAt) })}
        </small>
        <small>{scopes.map((scope) => t(`scope.${scope}`)).join(', ')}</small>
      </div>
      <Button
        look="danger"
        size="small"
        icon="trash"
        aria-label={t('keys.delete_named', { name })}
        onClick={() => setIsAsking(true)}
      />
      {isAsking && (
        <Confirm
          title={t('keys.delete_named', { name })}
          action={t('common.delete')}
          isBusy={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setIsAsking(false)}
        >
          {t('keys.delete_text')}
        </Confirm>
      )}
    </li>
  )
}
