import { onlineManager } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'
import { useTranslation } from 'react-i18next'
import { Notice } from '../ui/notice.tsx'
import css from './offline-notice.module.css'

/** Says that there is no network, while there is none. */
export function OfflineNotice() {
  const { t } = useTranslation()
  const isOnline = useSyncExternalStore(
    (listener) => onlineManager.subscribe(listener),
    () => onlineManager.isOnline(),
  )
  if (isOnline) return null
  return (
    <div className={css['place']}>
      <Notice tone="warn" icon="offline">
        {t('offline.text')}
      </Notice>
    </div>
  )
}
