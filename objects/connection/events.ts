import { z } from 'zod'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import { eventOf, MAX_EVENTS, sendInHalves, tooOldBefore } from '../../src/meta/conversions.ts'
import {
  expireConversions,
  listWaitingConversions,
  settleConversions,
} from '../../src/store/conversions.ts'
import type { Door } from './door.ts'

const eventsReply = z.object({ events_received: z.number() })

/**
 * Sends Meta the stages of leads that wait for a dataset, up to a thousand in one call; whether more
 * may wait. What was sent and not written down, for whatever happened in between, is sent again as
 * the same event.
 */
export async function sendConversions(
  db: D1Database,
  door: Door,
  { connectionId, datasetId }: { connectionId: string; datasetId: string },
): Promise<MetaAnswer<{ isMore: boolean }>> {
  await expireConversions(db, tooOldBefore(Date.now()))
  const waiting = await listWaitingConversions(db, { connectionId, datasetId, limit: MAX_EVENTS })
  const events = await Promise.all(
    waiting.map(async (one) => ({ key: one, event: await eventOf(one.lead, one) })),
  )
  const stop = await sendInHalves(events, {
    send: async (some) => {
      const data = JSON.stringify(some.map(({ event }) => event))
      const call = { path: `${datasetId}/events`, method: 'POST' as const, params: { data } }
      const answer = await door.call(eventsReply, 'user', datasetId, call)
      return answer.ok ? { ok: true, value: answer.value.events_received } : answer
    },
    accepted: (some) =>
      settleConversions(
        db,
        some.map(({ key }) => key),
        { state: 'sent', reason: null },
      ),
    refused: ({ key }, reason) => settleConversions(db, [key], { state: 'failed', reason }),
  })
  return stop ?? { ok: true, value: { isMore: waiting.length === MAX_EVENTS } }
}
