import { NonRetryableError } from 'cloudflare:workflows'
import { log } from './log.ts'
import type { MetaAnswer } from './meta/answer.ts'

/** How every step that calls others is repeated: five times within some eight minutes. */
export const RETRIES = {
  retries: { limit: 5, delay: '15 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const

/**
 * The value of an answer, for a step.
 * @throws Error that the step is repeated for when waiting helps, NonRetryableError when not.
 */
export function valueOf<Value>(answer: MetaAnswer<Value>): Value {
  if (answer.ok) return answer.value
  const message = `Meta: ${answer.kind} ${answer.code}`
  if (answer.kind === 'transient' || answer.kind === 'later') throw new Error(message)
  log('warn', 'workflow.step_refused', { code: `${answer.kind} ${answer.code}` })
  throw new NonRetryableError(message)
}
