import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { projectsQuery } from '../../api/get-projects.ts'
import { Badge } from '../../ui/badge.tsx'
import { useToast } from '../../ui/toast.tsx'
import { useProjectName } from '../../use-project-name.ts'
import type { Connection } from './api/get-connections.ts'
import { metaRoutesQuery } from './api/get-meta-routes.ts'
import { routePage } from './api/route-page.ts'
import css from './pages.module.css'
import rows from './rows.module.css'
import { useChange } from './use-change.ts'

type Page = Connection['pages'][number]

/** Where leads go that nobody has said anything of. */
const FIRST_PROJECT_ID = 'main'

/** The pages a connection opens, and which project the leads of each go to. */
export function Pages({ pages }: { pages: Page[] }) {
  const { t } = useTranslation()
  return (
    <section>
      <h3>{t('facebook.pages')}</h3>
      {pages.length === 0 && <p className={css['none']}>{t('facebook.no_pages')}</p>}
      <ul>
        {pages.map((page) => (
          <li key={page.id} className={css['page']}>
            <span dir="auto">{page.name}</span>
            <ProjectOf page={page} />
            <State page={page} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function State({ page: { subscribed, lost } }: { page: Page }) {
  const { t } = useTranslation()
  if (lost !== null) return <Badge tone="bad">{t('facebook.page_lost')}</Badge>
  return (
    <Badge tone={subscribed ? 'good' : 'warn'}>
      {t(subscribed ? 'facebook.subscribed' : 'facebook.not_subscribed')}
    </Badge>
  )
}

/** With one project there is nothing to choose. */
function ProjectOf({ page }: { page: Page }) {
  const { t } = useTranslation()
  const { data: projects } = useQuery(projectsQuery)
  const { data: routes } = useQuery(metaRoutesQuery)
  const nameOf = useProjectName()
  const say = useToast()
  const change = useChange(
    (projectId: string) => routePage({ metaId: page.id, projectId }),
    [['meta-routes']],
    () => say({ text: t('facebook.routed', { page: page.name }), tone: 'good' }),
  )
  if (!projects || !routes || projects.items.length < 2) return null
  const route = routes.items.find(({ kind, metaId }) => kind === 'page' && metaId === page.id)
  return (
    <select
      className={rows['select']}
      aria-label={t('facebook.page_project', { page: page.name })}
      value={route?.projectId ?? FIRST_PROJECT_ID}
      disabled={change.isPending}
      onChange={({ target }) => change.mutate(target.value)}
    >
      {projects.items.map(({ id, name }) => (
        <option key={id} value={id}>
          {nameOf(name)}
        </option>
      ))}
    </select>
  )
}
