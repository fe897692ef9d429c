import { type ReactNode, useId } from 'react'
import css from './field.module.css'

interface FieldProps {
  label: string
  hint?: string | undefined
  /** What is wrong with what was written. */
  problem?: string | undefined
  /** The input itself; it takes these, so that what is said about it belongs to it. */
  children: (control: Control) => ReactNode
}

interface Control {
  id: string
  className: string
  'aria-invalid': boolean
  'aria-describedby': string
}

/** A question of a form: its label, its input, and what is wrong with the answer. */
export function Field({ label, hint, problem, children }: FieldProps) {
  const id = useId()
  const note = problem ?? hint
  const control = {
    id,
    className: css['control'] ?? '',
    'aria-invalid': problem !== undefined,
    'aria-describedby': `${id}-note`,
  }
  return (
    <div className={css['field']}>
      <label htmlFor={id}>{label}</label>
      {children(control)}
      <p id={`${id}-note`} className={problem === undefined ? css['hint'] : css['problem']}>
        {note}
      </p>
    </div>
  )
}
