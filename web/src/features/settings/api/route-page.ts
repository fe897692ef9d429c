import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** From now on leads of a page go to a project. */
export async function routePage(route: { metaId: string; projectId: string }): Promise<void> {
  await answerOf(api['meta-routes'].$put({ json: { kind: 'page', ...route } }))
}
