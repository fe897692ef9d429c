import { Component, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/button.tsx'
import { EmptyState } from '../ui/empty-state.tsx'

/** What is shown when the portal itself breaks. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { isBroken: boolean }> {
  override state = { isBroken: false }

  static getDerivedStateFromError(): { isBroken: boolean } {
    return { isBroken: true }
  }

  override render(): ReactNode {
    return this.state.isBroken ? <Broken /> : this.props.children
  }
}

function Broken() {
  const { t } = useTranslation()
  return (
    <EmptyState
      icon="warning"
      title={t('broken.title')}
      action={
        <Button look="primary" icon="refresh" onClick={() => location.reload()}>
          {t('broken.reload')}
        </Button>
      }
    >
      {t('broken.text')}
    </EmptyState>
  )
}
