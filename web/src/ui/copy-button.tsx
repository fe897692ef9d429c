import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from './button.tsx'

const SHOWN_MS = 2_000

interface CopyButtonProps {
  text: string
  label: string
  look?: 'quiet' | 'plain'
}

/** Copies a text, and says so. */
export function CopyButton({ text, label, look = 'quiet' }: CopyButtonProps) {
  const { t } = useTranslation()
  const [isCopied, setIsCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setIsCopied(true)
    setTimeout(() => setIsCopied(false), SHOWN_MS)
  }
  return (
    <Button look={look} size="small" icon={isCopied ? 'check' : 'copy'} onClick={() => void copy()}>
      {isCopied ? t('common.copied') : label}
    </Button>
  )
}
