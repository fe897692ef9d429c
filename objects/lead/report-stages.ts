import type { LeadData } from '../../src/lead.ts'
import { stagesOf } from '../../src/meta/conversions.ts'
import { addConversions, forgetConversions } from '../../src/store/conversions.ts'
import { recentProject } from '../../src/store/projects.ts'
import { connectionOf } from '../../src/stubs.ts'

/**
 * Owes Meta the stages that leads of its forms have reached, where their project has a dataset.
 * Called whenever their rows in the lists are written: what is owed already changes nothing.
 */
export async function reportStages(env: Env, leads: LeadData[]): Promise<void> {
  // That it is a test lead may be learned after its first stage was written down.
  const tests = leads.filter(({ isTest }) => isTest).map(({ id }) => id)
  if (tests.length > 0) await forgetConversions(env.DB, tests)
  const reached = Map.groupBy(leads.flatMap(stagesOf), ({ projectId }) => projectId)
  for (const [projectId, stages] of reached) {
    const project = await recentProject(env.DB, projectId)
    if (!project?.datasetId) continue
    const { datasetId, connectionId } = project
    const isNew = (await addConversions(env.DB, stages)) > 0
    if (!isNew || connectionId === null) continue
    // One that was not told finds them at the next tick of the cron.
    await connectionOf(env, connectionId)
      .sendConversions(datasetId)
      .catch(() => undefined)
  }
}
