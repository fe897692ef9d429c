import { createContext, type ReactNode, use, useCallback, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Problem } from '../api/answer.ts'
import { Button } from './button.tsx'
import { cx } from './cx.ts'
import css from './toast.module.css'

/** Something said in passing; it goes away by itself. */
export interface Toast {
  text: string
  detail?: string | undefined
  tone?: 'good' | 'bad'
  /** One thing that can be done about it. */
  action?: { text: string; run: () => void }
}

const SHOWN_MS = 6_000
const MOST = 3

const ToastContext = createContext<(toast: Toast) => void>(() => undefined)

/** Gives everything inside a way to say something in passing. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation()
  const [toasts, setToasts] = useState<(Toast & { id: number })[]>([])
  const forget = useCallback((id: number) => {
    setToasts((before) => before.filter((toast) => toast.id !== id))
  }, [])
  const say = useCallback(
    (toast: Toast) => {
      const id = nextId()
      setToasts((before) => [...before, { ...toast, id }].slice(-MOST))
      setTimeout(() => forget(id), SHOWN_MS)
    },
    [forget],
  )
  return (
    <ToastContext value={say}>
      {children}
      <div className={css['place']} role="status" aria-live="polite">
        {toasts.map(({ id, text, detail, tone, action }) => (
          <div key={id} className={cx(css['toast'], tone && css[tone])}>
            <p>
              {text}
              {detail !== undefined && <small>{detail}</small>}
            </p>
            {action && (
              <button
                type="button"
                className={css['action']}
                onClick={() => {
                  forget(id)
                  action.run()
                }}
              >
                {action.text}
              </button>
            )}
            <Button
              look="plain"
              size="small"
              icon="close"
              aria-label={t('common.close')}
              onClick={() => forget(id)}
            />
          </div>
        ))}
      </div>
    </ToastContext>
  )
}

let lastId = 0

function nextId(): number {
  lastId += 1
  return lastId
}

/** Says something in passing. */
export function useToast(): (toast: Toast) => void {
  return use(ToastContext)
}

/** Says in passing that something did not work, and why. */
export function useFailure(): (problem: Problem) => void {
  const { t } = useTranslation()
  const say = useToast()
  return useMemo(
    () => (problem) => {
      const text =
        problem.code === 'HELD_BY_OTHER' && problem.holder !== null
          ? t('lead.held', { holder: problem.holder })
          : t(`problem.${problem.code}`)
      const detail =
        problem.isPassing && problem.requestId !== null
          ? `${t('error.request')} ${problem.requestId}`
          : undefined
      say({ text, detail, tone: 'bad' })
    },
    [t, say],
  )
}
