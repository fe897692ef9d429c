import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Badge } from '../../ui/badge.tsx'
import { Button, ButtonAnchor } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { Confirm } from '../../ui/confirm.tsx'
import { Notice } from '../../ui/notice.tsx'
import { useToast } from '../../ui/toast.tsx'
import { useFormats } from '../../use-formats.ts'
import { useNow } from '../../use-now.ts'
import { AdAccounts } from './ad-accounts.tsx'
import { disconnect } from './api/disconnect.ts'
import type { Connection } from './api/get-connections.ts'
import { Checks } from './checks.tsx'
import css from './connection-card.module.css'
import { daysLeft } from './days-left.ts'
import { Pages } from './pages.tsx'
import { useChange } from './use-change.ts'

/** So few days before its end a connection is spoken of as ending. */
const SOON_DAYS = 14

/** One person at Facebook who allowed us in: for how long, to which pages and accounts. */
export function ConnectionCard({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const isDead = connection.state === 'dead'
  return (
    <Card
      title={<span dir="auto">{connection.name}</span>}
      aside={
        <Badge tone={isDead ? 'bad' : 'good'}>{t(`facebook.state.${connection.state}`)}</Badge>
      }
    >
      <div className={css['body']}>
        {isDead && (
          <Notice
            tone="bad"
            icon="warning"
            title={t('facebook.dead')}
            action={
              <ButtonAnchor size="small" href="/meta/connect">
                {t('facebook.reconnect')}
              </ButtonAnchor>
            }
          >
            {t('facebook.dead_text')}
            {connection.problem !== null && (
              <>
                {' '}
                <code>{connection.problem}</code>
              </>
            )}
          </Notice>
        )}
        <Life connection={connection} />
        <Pages pages={connection.pages} />
        <AdAccounts connection={connection} />
        <Checks connectionId={connection.id} />
        <Disconnect connection={connection} />
      </div>
    </Card>
  )
}

function Life({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const formats = useFormats()
  const now = useNow()
  const { expiresAt, dataAccessExpiresAt, checkedAt, state } = connection
  const left = daysLeft([expiresAt, dataAccessExpiresAt], now)
  const isSoon = state === 'alive' && left !== null && left <= SOON_DAYS
  return (
    <>
      {isSoon && (
        <Notice
          tone="warn"
          icon="warning"
          action={
            <ButtonAnchor size="small" href="/meta/connect">
              {t('facebook.renew')}
            </ButtonAnchor>
          }
        >
          {t('facebook.ends_soon', { n: left })}
        </Notice>
      )}
      <p className={css['life']}>
        {expiresAt === null
          ? t('facebook.never_expires')
          : t('facebook.expires', { at: formats.moment(expiresAt) })}
        {dataAccessExpiresAt !== null &&
          ` · ${t('facebook.data_expires', { at: formats.moment(dataAccessExpiresAt) })}`}
        {` · ${t('facebook.checked', { at: formats.moment(checkedAt) })}`}
      </p>
    </>
  )
}

function Disconnect({ connection }: { connection: Connection }) {
  const { t } = useTranslation()
  const say = useToast()
  const [isAsking, setIsAsking] = useState(false)
  const end = useChange(
    () => disconnect(connection.id),
    [['connections'], ['projects'], ['health'], ['stats']],
    () => say({ text: t('facebook.disconnected'), tone: 'good' }),
  )
  return (
    <div>
      <Button look="danger" size="small" onClick={() => setIsAsking(true)}>
        {t('facebook.disconnect')}
      </Button>
      {isAsking && (
        <Confirm
          title={t('facebook.disconnect_named', { name: connection.name })}
          action={t('facebook.disconnect')}
          isBusy={end.isPending}
          onConfirm={() => end.mutate()}
          onClose={() => setIsAsking(false)}
        >
          {t('facebook.disconnect_text')}
        </Confirm>
      )}
    </div>
  )
}
