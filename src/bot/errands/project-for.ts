import { findProject, FIRST_PROJECT_ID, type Project } from '../../store/projects.ts'

/** The project that a link names; anybody can write such a link, so an unknown one is the first. */
export async function projectFor(env: Env, projectId: string | null): Promise<Project> {
  const named = projectId === null ? null : await findProject(env.DB, projectId)
  const project = named ?? (await findProject(env.DB, FIRST_PROJECT_ID))
  if (!project) throw new Error('the first project is missing')
  return project
}
