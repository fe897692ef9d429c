import type { ReactNode } from 'react'
import css from './page.module.css'

interface PageProps {
  title: string
  /** What stands below the title. */
  lead?: ReactNode
  actions?: ReactNode
  /** What narrows the page; on a phone it has a line of its own. */
  toolbar?: ReactNode
  children: ReactNode
}

/** A page of the portal: its title, what can be done with it, and what it shows. */
export function Page({ title, lead, actions, toolbar, children }: PageProps) {
  return (
    <div className={css['page']}>
      <title>{`${title} · TargetBot`}</title>
      <header className={css['head']}>
        <div className={css['titles']}>
          <h1>{title}</h1>
          {lead !== undefined && <div className={css['lead']}>{lead}</div>}
        </div>
        {toolbar !== undefined && <div className={css['toolbar']}>{toolbar}</div>}
        {actions !== undefined && <div className={css['actions']}>{actions}</div>}
      </header>
      {children}
    </div>
  )
}
