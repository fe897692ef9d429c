import type { ReactNode } from 'react'
import css from './badge.module.css'
import { cx } from './cx.ts'

export type Tone = 'neutral' | 'accent' | 'good' | 'warn' | 'bad'

/** A state in one word. */
export function Badge({ tone = 'neutral', children }: { tone?: Tone; children: ReactNode }) {
  return <span className={cx(css['badge'], css[tone])}>{children}</span>
}
