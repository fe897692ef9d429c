import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { healthQuery } from '../../api/get-health.ts'
import { Button, ButtonAnchor } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Notice } from '../../ui/notice.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { connectionsQuery } from './api/get-connections.ts'
import { ConnectionCard } from './connection-card.tsx'
import { PasteToken } from './paste-token.tsx'
import rows from './rows.module.css'

/** Who allowed us into Facebook, and which of their ad accounts the project reads. */
export function Facebook() {
  const { t } = useTranslation()
  const connections = useQuery(connectionsQuery)
  const health = useQuery(healthQuery)
  const isOff = health.data?.meta === 'off'
  const [isPasting, setIsPasting] = useState(false)
  const connect = (
    <div className={rows['actions']}>
      <Button onClick={() => setIsPasting(true)}>{t('facebook.token')}</Button>
      <ButtonAnchor look="primary" icon="link" href="/meta/connect">
        {t('connect.button')}
      </ButtonAnchor>
    </div>
  )
  if (connections.isPending) return <SkeletonList rows={2} height={220} />
  if (!connections.data) {
    return <ErrorState problem={connections.error} retry={connections.refetch} />
  }
  const { items } = connections.data
  return (
    <>
      {isPasting && <PasteToken onClose={() => setIsPasting(false)} />}
      {isOff && (
        <Notice tone="warn" icon="warning">
          {t('connect.off')}
        </Notice>
      )}
      {items.length === 0 ? (
        <Card>
          <EmptyState icon="link" title={t('facebook.none')} action={isOff ? undefined : connect}>
            {t('facebook.none_text')}
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className={rows['head']}>
            <p className={rows['lead']}>{t('facebook.text')}</p>
            {!isOff && connect}
          </div>
          {items.map((connection) => (
            <ConnectionCard key={connection.id} connection={connection} />
          ))}
        </>
      )}
    </>
  )
}
