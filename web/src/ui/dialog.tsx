import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'
import css from './dialog.module.css'

interface DialogProps {
  title: string
  onClose: () => void
  children: ReactNode
}

/** A question above the page: a window on a desk, a sheet on a phone. It is open while it is rendered. */
export function Dialog({ title, onClose, children }: DialogProps) {
  const { t } = useTranslation()
  const id = useId()
  const ref = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    // Closed before it goes, so that the focus returns to where it was.
    return () => dialog?.close()
  }, [])
  return (
    // A press outside closes it, as Escape does.
    <dialog
      ref={ref}
      className={css['dialog']}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault()
        onClose()
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className={css['sheet']}>
        <header className={css['head']}>
          <h2 id={id}>{title}</h2>
          <Button
            look="plain"
            size="small"
            icon="close"
            aria-label={t('common.close')}
            onClick={onClose}
          />
        </header>
        {children}
      </div>
    </dialog>
  )
}

/** The buttons at the end of a dialog. */
export function DialogActions({ children }: { children: ReactNode }) {
  return <div className={css['actions']}>{children}</div>
}
