import { LifecycleCapability } from 'agents/lifecycle'
import type { WakeUp } from '../../src/outbox/outbox.ts'

const JOB = 'outbox'

/**
 * The outbox's wake-up in an Agent, whose alarm belongs to its lifecycle: one job, whose row is
 * written at once and so with the transaction that owes something.
 */
export class OutboxJob extends LifecycleCapability implements WakeUp {
  readonly #wake: () => Promise<void>

  constructor(wake: () => Promise<void>) {
    super('outbox')
    this.#wake = wake
  }

  set(at: number): void {
    void this.lifecycle.jobs.push({ id: JOB, fn: 'wake', time: at })
  }

  clear(): void {
    void this.lifecycle.jobs.cancel(JOB)
  }

  /** A job set anew while this one runs stays; otherwise it is done. */
  async onJob(): Promise<void> {
    await this.#wake()
  }
}
