import type { WakeUp } from '../../src/outbox/outbox.ts'

/**
 * A lead's one alarm, which serves two: its outbox, and what the lead does by itself later. It goes
 * off at whichever time comes first.
 */
export class LeadAlarm implements WakeUp {
  readonly #storage: DurableObjectStorage
  #outboxAt: number | null = null
  #timerAt: number | null
  #armedAt: number | null = null

  /** `timerAt`: as it was stored with the lead. */
  constructor(storage: DurableObjectStorage, timerAt: number | null) {
    this.#storage = storage
    this.#timerAt = timerAt
  }

  set(at: number): void {
    this.#outboxAt = at
    this.#arm()
  }

  clear(): void {
    this.#outboxAt = null
    this.#arm()
  }

  /** When the lead next does something by itself; written with the present transaction. */
  setTimer(at: number | null): void {
    this.#timerAt = at
    this.#arm()
  }

  /** It has gone off: nothing is armed any more. */
  wentOff(): void {
    this.#armedAt = null
  }

  #arm(): void {
    const times = [this.#outboxAt, this.#timerAt].filter((at) => at !== null)
    const at = times.length > 0 ? Math.min(...times) : null
    if (at === this.#armedAt) return
    this.#armedAt = at
    if (at === null) void this.#storage.deleteAlarm()
    else void this.#storage.setAlarm(at)
  }
}
