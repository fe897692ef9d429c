import type { MetaFailure } from '../../src/meta/answer.ts'
import type { Delivery } from '../../src/outbox/drain.ts'

export const DONE: Delivery = { result: 'done' }

/** What will not pass by itself is tried again this often, in case somebody mended it. */
const ASK_AGAIN_MS = 3_600_000

/** What a failed call means to what waits for it. */
export function deliveryOf({ kind, code, ...rest }: MetaFailure): Delivery {
  if ('at' in rest) return { result: 'later', at: rest.at, reason: code }
  if (kind === 'transient') return { result: 'unreachable', reason: `META_${code}` }
  return { result: 'later', at: Date.now() + ASK_AGAIN_MS, reason: `META_${kind}_${code}` }
}
