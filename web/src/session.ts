import { useQuery, useSuspenseQuery } from '@tanstack/react-query'
import { type Me, meQuery, type Scope } from './api/get-me.ts'
import { projectsQuery } from './api/get-projects.ts'
import { rememberedChoice, useChoice } from './choice.ts'

/** The person who is signed in; only for what is shown to somebody who is. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data
}

/** Whether the person who is signed in may do this. */
export function useCan(): (scope: Scope) => boolean {
  const { scopes } = useMe()
  return (scope) => scopes.includes(scope)
}

/** The project this person looked at last on this device. */
export const projectChoice = rememberedChoice(
  'project',
  (value): value is string => value !== '',
  () => '',
)

/** The project that is looked at: the chosen one while it exists, else the first. */
export function useProjectId(): string {
  const { projects } = useMe()
  const chosen = useChoice(projectChoice)
  return (projects.find(({ id }) => id === chosen) ?? projects[0])?.id ?? 'main'
}

/** The timezone whose days are counted in this project: of its ad account, else its own. */
export function useTimezone(): string | undefined {
  const can = useCan()
  const id = useProjectId()
  const { data } = useQuery({ ...projectsQuery, enabled: can('projects:read') })
  const project = data?.items.find((one) => one.id === id)
  return project?.accountTimezone ?? project?.timezone ?? undefined
}
