import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { Notice } from '../../ui/notice.tsx'

const RESULTS = ['done', 'refused', 'expired', 'failed', 'unreachable', 'off'] as const

/** What came of Facebook's dialog: the address says it, once. */
export function ConnectNotice() {
  const { t } = useTranslation()
  const [params, setParams] = useSearchParams()
  const result = RESULTS.find((one) => one === params.get('connect'))
  if (!result) return null
  const close = () =>
    setParams(
      (before) => {
        before.delete('connect')
        return before
      },
      { replace: true },
    )
  return (
    <Notice
      tone={result === 'done' ? 'good' : 'warn'}
      icon={result === 'done' ? 'check' : 'warning'}
      onClose={close}
    >
      {t(`connect.${result}`)}
    </Notice>
  )
}
