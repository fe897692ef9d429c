import { z } from 'zod'
import type { Watch } from './watch.ts'

/** How the whole of Telegram behaves, until switched back. */
export const SwitchSettings = z.object({
  /** Telegram is down: every call fails, no update is delivered. */
  isDown: z.boolean(),
  /** How calls fail then: the connection is lost, or a proxy in front of Telegram answers 502. */
  downBy: z.enum(['drop', 'bad-gateway']),
  /** Updates are kept and not delivered, while calls work. */
  isHoldingUpdates: z.boolean(),
  /** How many times each update is delivered; one after another, or at once. */
  copies: z.number().int().min(1).max(10),
  areCopiesParallel: z.boolean(),
  /** Telegram crashes after the bot's 200 and sends the update once more. */
  forgetsDelivered: z.boolean(),
  /** Of the queues that may go, the newest goes first: a press overtakes a text. */
  isNewestFirst: z.boolean(),
})
export type SwitchSettings = z.infer<typeof SwitchSettings>

const NORMAL: SwitchSettings = {
  isDown: false,
  downBy: 'drop',
  isHoldingUpdates: false,
  copies: 1,
  areCopiesParallel: false,
  forgetsDelivered: false,
  isNewestFirst: false,
}

/** The switches of the stand-in; everything is normal at first. */
export class Switches {
  readonly #watch: Watch
  #current = NORMAL

  constructor(watch: Watch) {
    this.#watch = watch
  }

  get current(): Readonly<SwitchSettings> {
    return this.#current
  }

  set(changes: Partial<SwitchSettings>): void {
    this.#current = { ...this.#current, ...changes }
    this.#watch.changed()
  }

  reset(): void {
    this.set(NORMAL)
  }
}
