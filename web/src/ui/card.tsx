import type { ReactNode } from 'react'
import css from './card.module.css'
import { cx } from './cx.ts'

interface CardProps {
  title?: ReactNode
  aside?: ReactNode
  /** Without inner space: for lists and tables that reach the edges. */
  isFlush?: boolean
  children: ReactNode
}

/** A piece of a page that belongs together. */
export function Card({ title, aside, isFlush = false, children }: CardProps) {
  return (
    <section className={css['card']}>
      {(title !== undefined || aside !== undefined) && (
        <header className={css['head']}>
          {title !== undefined && <h2>{title}</h2>}
          {aside !== undefined && <div className={css['aside']}>{aside}</div>}
        </header>
      )}
      <div className={cx(!isFlush && css['body'])}>{children}</div>
    </section>
  )
}
