import type { LeadData } from '../../src/lead.ts'
import { projectAndFindRepeats } from '../../src/store/leads.ts'
import { boardOf } from '../../src/stubs.ts'
import { reportStages } from './report-stages.ts'
import { tellRepeats } from './tell-repeats.ts'

/** Has the lists, the live feed and Meta learn how a lead is now; may be done twice. */
export async function tellLists(env: Env, lead: LeadData): Promise<void> {
  const repeats = await projectAndFindRepeats(env.DB, [lead])
  // The live feed may miss a change: whoever watches reads the list again after a gap.
  void boardOf(env, lead.projectId)
    .publish([lead])
    .catch(() => undefined)
  await tellRepeats(env, repeats)
  await reportStages(env, [lead])
}
