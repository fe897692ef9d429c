import { expireConversions, listWaitingDatasets } from '../store/conversions.ts'
import { connectionOf } from '../stubs.ts'
import { tooOldBefore } from './conversions.ts'

/**
 * Has everything sent that waits to be told to Meta, and gives up what has waited too long, whoever
 * is connected.
 */
export async function sendConversions(env: Env): Promise<void> {
  await expireConversions(env.DB, tooOldBefore(Date.now()))
  const waiting = await listWaitingDatasets(env.DB)
  const rings = await Promise.allSettled(
    waiting.map(({ connectionId, datasetId }) =>
      connectionOf(env, connectionId).sendConversions(datasetId),
    ),
  )
  // Only now: one that cannot be woken keeps back no other.
  const failed = rings.find((ring) => ring.status === 'rejected')
  if (failed) throw failed.reason
}
