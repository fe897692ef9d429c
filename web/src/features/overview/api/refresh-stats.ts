import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** Starts reading the last days from Meta; the numbers arrive a little later. */
export async function refreshStats(project: string): Promise<void> {
  await answerOf(api.stats.refresh.$post({ query: { project }, json: {} }))
}
