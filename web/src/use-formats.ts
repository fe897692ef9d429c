import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useChoice } from './choice.ts'
import { type Formats, formatsFor } from './format.ts'
import { languageChoice } from './language.ts'

/** How this person reads numbers and times; `timezone` is the device's when absent. */
export function useFormats(timezone?: string): Formats {
  const { t } = useTranslation()
  const locale = useChoice(languageChoice)
  return useMemo(() => formatsFor(locale, timezone, t), [locale, timezone, t])
}
