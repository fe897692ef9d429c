import { useTranslation } from 'react-i18next'
import { projectChoice, useMe, useProjectId } from '../session.ts'
import { useProjectName } from '../use-project-name.ts'
import css from './project-switch.module.css'

/** Which project is looked at; there is nothing to choose while there is one. */
export function ProjectSwitch() {
  const { t } = useTranslation()
  const { projects, role } = useMe()
  const id = useProjectId()
  const nameOf = useProjectName()
  if (projects.length < 2 || role === 'client') return null
  return (
    <select
      className={css['switch']}
      aria-label={t('nav.project')}
      value={id}
      onChange={(event) => projectChoice.set(event.target.value)}
    >
      {projects.map((project) => (
        <option key={project.id} value={project.id}>
          {nameOf(project.name)}
        </option>
      ))}
    </select>
  )
}
