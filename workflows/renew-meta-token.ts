import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { z } from 'zod'
import { connectionOf } from '../src/stubs.ts'
import { RETRIES, valueOf } from '../src/steps.ts'

const paramsSchema = z.object({ connectionId: z.string() })

export type RenewMetaTokenParams = z.infer<typeof paramsSchema>

export const STEPS = {
  check: 'ask Meta about the token',
  exchange: 'exchange the token',
  tell: 'tell that it was refused',
  warn: 'warn when the end is near',
} as const

/** Keeps a token alive: checks it, exchanges it well before its end, and says loudly what it could not. */
export class RenewMetaToken extends WorkflowEntrypoint<Env, RenewMetaTokenParams> {
  override async run(event: WorkflowEvent<RenewMetaTokenParams>, step: WorkflowStep) {
    const { connectionId } = paramsSchema.parse(event.payload)
    try {
      return await this.#renew(step, connectionId)
    } finally {
      // Whatever else fails, the end comes nearer.
      await step.do(STEPS.warn, RETRIES, async () => connectionOf(this.env, connectionId).warn())
    }
  }

  async #renew(step: WorkflowStep, connectionId: string) {
    const connection = () => connectionOf(this.env, connectionId)
    const before = await step.do(STEPS.check, RETRIES, async () =>
      valueOf(await connection().check()),
    )
    if (before.state === 'dead') return { state: 'dead' as const, expiresAt: before.expiresAt }
    let { expiresAt } = before
    if (before.isExchangeDue) {
      const exchanged = await step.do(STEPS.exchange, RETRIES, async () => {
        const answer = await connection().exchange()
        if (answer.ok) return { refused: null, expiresAt: answer.value.expiresAt }
        if (answer.kind === 'transient' || answer.kind === 'later') valueOf(answer)
        return { refused: answer.code, expiresAt }
      })
      expiresAt = exchanged.expiresAt
      const { refused } = exchanged
      if (refused !== null) {
        await step.do(STEPS.tell, RETRIES, async () => connection().tellRefused(refused))
      }
    }
    return { state: 'alive' as const, expiresAt }
  }
}
