import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Project, projectsQuery } from '../../api/get-projects.ts'
import { LOCALES } from '../../language.ts'
import { useProjectId } from '../../session.ts'
import { Button } from '../../ui/button.tsx'
import { Card } from '../../ui/card.tsx'
import { ErrorState } from '../../ui/error-state.tsx'
import { Field } from '../../ui/field.tsx'
import { Form } from '../../ui/form.tsx'
import { SkeletonList } from '../../ui/skeleton.tsx'
import { useToast } from '../../ui/toast.tsx'
import { changeProject } from './api/change-project.ts'
import { CreateProject } from './create-project.tsx'
import css from './project-section.module.css'
import rows from './rows.module.css'
import { useChange } from './use-change.ts'

/** The project that is looked at: its name, and where and in what language it works. */
export function ProjectSection() {
  const { t } = useTranslation()
  const projectId = useProjectId()
  const projects = useQuery(projectsQuery)
  const [isMaking, setIsMaking] = useState(false)
  if (projects.isPending) return <SkeletonList rows={1} height={360} />
  if (!projects.data) return <ErrorState problem={projects.error} retry={projects.refetch} />
  const project = projects.data.items.find(({ id }) => id === projectId)
  return (
    <>
      {project && <Questions key={project.id} project={project} />}
      <div className={rows['head']}>
        <p className={rows['lead']}>{t('project.another')}</p>
        <Button icon="plus" onClick={() => setIsMaking(true)}>
          {t('project.create')}
        </Button>
      </div>
      {isMaking && <CreateProject onClose={() => setIsMaking(false)} />}
    </>
  )
}

const TIMEZONES = Intl.supportedValuesOf('timeZone')

function Questions({ project }: { project: Project }) {
  const { t } = useTranslation()
  const say = useToast()
  const [name, setName] = useState(project.name)
  const [timezone, setTimezone] = useState(project.timezone)
  const [locale, setLocale] = useState(project.locale)
  const save = useChange(
    () => changeProject(project.id, { name, timezone, locale }),
    [['projects'], ['me'], ['stats']],
    () => say({ text: t('project.saved'), tone: 'good' }),
  )
  const isChanged =
    name !== project.name || timezone !== project.timezone || locale !== project.locale
  const timezones = timezone === null ? TIMEZONES : new Set([timezone, ...TIMEZONES])
  return (
    <Card title={t('settings.project')}>
      <div className={css['form']}>
        <Form onSubmit={() => save.mutate()}>
          <Field
            label={t('project.name')}
            problem={save.error?.fields.includes('name') ? t('project.name_problem') : undefined}
          >
            {(control) => (
              <input
                {...control}
                required
                maxLength={100}
                dir="auto"
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('project.timezone')} hint={t('project.timezone_hint')}>
            {(control) => (
              <select
                {...control}
                value={timezone ?? ''}
                onChange={({ target }) => setTimezone(target.value === '' ? null : target.value)}
              >
                <option value="">{t('project.usual')}</option>
                {[...timezones].map((zone) => (
                  <option key={zone} value={zone}>
                    {zone}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <Field label={t('project.language')} hint={t('project.language_hint')}>
            {(control) => (
              <select
                {...control}
                value={locale ?? ''}
                onChange={({ target }) =>
                  setLocale(LOCALES.find((one) => one === target.value) ?? null)
                }
              >
                <option value="">{t('project.usual')}</option>
                {LOCALES.map((one) => (
                  <option key={one} value={one}>
                    {t(`language.${one}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <p className={css['chat']} dir="auto">
            {project.chatId === null
              ? t('project.no_chat')
              : t('project.chat', { name: project.chatTitle ?? project.chatId })}
          </p>
          <div>
            <Button type="submit" look="primary" disabled={!isChanged} isBusy={save.isPending}>
              {t('common.save')}
            </Button>
          </div>
        </Form>
      </div>
    </Card>
  )
}
