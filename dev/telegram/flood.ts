import type { Clock } from './clock.ts'
import { tooMany } from './errors.ts'
import type { Place } from './world.ts'

interface Limit {
  count: number
  windowMs: number
}

/** Published: one message a second in a chat with bursts tolerated, 20 a minute in a group, 30 a second in all. */
const PRIVATE: Limit = { count: 5, windowMs: 5_000 }
export const GROUP: Limit = { count: 20, windowMs: 60_000 }
const EVERYWHERE: Limit = { count: 30, windowMs: 1_000 }

/** Counts what the bot sends and edits, and refuses what is too much. */
export class Flood {
  readonly #clock: Clock
  readonly #isOn: boolean
  readonly #sent = new Map<string, number[]>()

  constructor(clock: Clock, isOn: boolean) {
    this.#clock = clock
    this.#isOn = isOn
  }

  /** Counts one send or edit in a chat, or throws 429 with the seconds to wait. */
  take(kind: 'send' | 'edit', place: Place): void {
    if (!this.#isOn) return
    const limits: [string, Limit][] = [
      [`${kind}:${place.id}`, place.type === 'private' ? PRIVATE : GROUP],
      ['everywhere', EVERYWHERE],
    ]
    const waits = limits.map(([key, limit]) => this.#waitMs(key, limit))
    const waitMs = Math.max(...waits)
    if (waitMs > 0) throw tooMany(Math.ceil(waitMs / 1000))
    for (const [key] of limits) this.#sent.get(key)?.push(this.#clock.now())
  }

  #waitMs(key: string, { count, windowMs }: Limit): number {
    const now = this.#clock.now()
    const recent = (this.#sent.get(key) ?? []).filter((at) => at > now - windowMs)
    this.#sent.set(key, recent)
    const oldest = recent.at(-count)
    return oldest === undefined ? 0 : oldest + windowMs - now
  }
}
