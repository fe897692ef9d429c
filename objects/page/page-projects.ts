import { settingsOf } from '../../src/settings.ts'
import { FIRST_PROJECT_ID, placeOf, recentProject } from '../../src/store/projects.ts'
import { type LeadRules, rulesOf } from '../lead/rules.ts'

/** What a page has to know of a project to make and show leads. */
export interface PageProject {
  id: string
  chatId: string | null
  threadId: number | null
  place: ReturnType<typeof placeOf>
  rules: LeadRules
}

/** Projects as they are now, each asked for once; one that is gone is stood in for by the first. */
export function pageProjects(env: Env): (id: string) => Promise<PageProject> {
  const asked = new Map<string, Promise<PageProject>>()
  return (id) => {
    const known = asked.get(id) ?? read(env, id)
    asked.set(id, known)
    return known
  }
}

async function read(env: Env, id: string): Promise<PageProject> {
  const project =
    (await recentProject(env.DB, id)) ?? (await recentProject(env.DB, FIRST_PROJECT_ID))
  if (!project) throw new Error('the first project is gone')
  const settings = settingsOf(env)
  return {
    id: project.id,
    chatId: project.chatId,
    threadId: project.threadId,
    place: placeOf(project, settings),
    rules: rulesOf(project, settings),
  }
}
