import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Project } from '../../../api/get-projects.ts'

/** Begins a project. */
export async function createProject(name: string): Promise<Project> {
  return answerOf(api.projects.$post({ json: { name } }))
}
