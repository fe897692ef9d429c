import type { ReactNode } from 'react'
import css from './form.module.css'

/** Questions one below the other; `onSubmit` is called when the answers fit. */
export function Form({ onSubmit, children }: { onSubmit: () => void; children: ReactNode }) {
  return (
    <form
      className={css['form']}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    >
      {children}
    </form>
  )
}
