import type { InferRequestType } from 'hono/client'
import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Project } from '../../../api/get-projects.ts'

const one = api.projects[':id']

/** What can be changed of a project. */
export type ProjectChanges = InferRequestType<typeof one.$patch>['json']

/** Changes a project. */
export async function changeProject(id: string, json: ProjectChanges): Promise<Project> {
  return answerOf(one.$patch({ param: { id }, json }))
}
