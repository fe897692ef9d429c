import { useTranslation } from 'react-i18next'

/** As the first project is called until somebody names it: each reads it in their language. */
const UNNAMED = 'Main'

/** A project's name as people read it. */
export function useProjectName(): (name: string) => string {
  const { t } = useTranslation()
  return (name) => (name === UNNAMED ? t('project.unnamed') : name)
}
