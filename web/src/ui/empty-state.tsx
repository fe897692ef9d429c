import type { ReactNode } from 'react'
import css from './empty-state.module.css'
import { Icon, type IconName } from './icon.tsx'

interface EmptyStateProps {
  icon: IconName
  title: string
  children?: ReactNode
  action?: ReactNode
}

/** Says why there is nothing here and what to do about it. */
export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className={css['empty']}>
      <span className={css['icon']}>
        <Icon name={icon} size={24} />
      </span>
      <h2>{title}</h2>
      {children !== undefined && <p className={css['text']}>{children}</p>}
      {action !== undefined && <div className={css['action']}>{action}</div>}
    </div>
  )
}
