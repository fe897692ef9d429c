import type { Settings } from '../settings.ts'
import { placeOf, recentProject } from '../store/projects.ts'

/** The timezone by whose clock a project's people work. */
export async function timezoneOf(env: Env, settings: Settings, projectId: string): Promise<string> {
  const project = await recentProject(env.DB, projectId)
  return project ? placeOf(project, settings).timezone : settings.DEFAULT_TIMEZONE
}
