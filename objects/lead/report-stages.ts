import type { LeadData } from '../../src/lead.ts'
import { stagesOf } from '../../src/meta/conversions.ts'
import { addConversions } from '../../src/store/conversions.ts'
import { recentProject } from '../../src/store/projects.ts'
import { connectionOf } from '../../src/stubs.ts'

/**
 * Owes Meta the stages that leads of its forms have reached, where their project has a dataset.
 * Called whenever their rows in the lists are written: what is owed already changes nothing.
 */
export async function reportStages(env: Env, leads: LeadData[]): Promise<void> {
  const reached = Map.groupBy(leads.flatMap(stagesOf), ({ projectId }) => projectId)
  for (const [projectId, stages] of reached) {
    const project = await recentProject(env.DB, projectId)
    if (!project?.datasetId) continue
    const { datasetId, connectionId } = project
    const isNew = (await addConversions(env.DB, stages)) > 0
    if (!isNew || connectionId === null) continue
    // One that was not told finds them at the next tick of the cron.
    void connectionOf(env, connectionId)
      .sendConversions(datasetId)
      .catch(() => undefined)
  }
}
