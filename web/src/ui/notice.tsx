import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Tone } from './badge.tsx'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import { Icon, type IconName } from './icon.tsx'
import css from './notice.module.css'

interface NoticeProps {
  tone: Exclude<Tone, 'neutral'>
  icon: IconName
  title?: string
  children: ReactNode
  action?: ReactNode
  onClose?: () => void
}

/** Something to know about the whole page. */
export function Notice({ tone, icon, title, children, action, onClose }: NoticeProps) {
  const { t } = useTranslation()
  return (
    <div className={cx(css['notice'], css[tone])} role="status">
      <span className={css['icon']}>
        <Icon name={icon} size={20} />
      </span>
      <div className={css['text']}>
        {title !== undefined && <strong>{title}</strong>}
        <div>{children}</div>
      </div>
      {action !== undefined && <div className={css['action']}>{action}</div>}
      {onClose && (
        <Button
          look="plain"
          size="small"
          icon="close"
          aria-label={t('common.close')}
          onClick={onClose}
        />
      )}
    </div>
  )
}
