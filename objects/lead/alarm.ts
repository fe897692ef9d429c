import type { WakeUp } from '../../src/outbox/outbox.ts'

/** Going off so much earlier does: what is not due yet is armed again. */
const ABOUT_MS = 10_000

/**
 * A lead's one alarm, which serves two: its outbox, and what the lead does by itself later. It goes
 * off at whichever time comes first.
 */
export class LeadAlarm implements WakeUp {
  readonly #storage: DurableObjectStorage
  readonly #storedTimerAt: () => number | null
  #outboxAt: number | null = null
  #timerAt: number | null
  /** `undefined`: nobody has looked yet. */
  #armedAt: number | null | undefined

  /** `storedTimerAt`: as it was stored with the lead. */
  constructor(storage: DurableObjectStorage, storedTimerAt: () => number | null) {
    this.#storage = storage
    this.#storedTimerAt = storedTimerAt
    this.#timerAt = storedTimerAt()
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

  /** A transaction was undone, and with it what was armed in it. */
  undone(): void {
    this.#outboxAt = null
    this.#timerAt = this.#storedTimerAt()
    this.#armedAt = undefined
  }

  /** Arms it anew when it was lost: an alarm that went off as its object died is gone. */
  async mend(): Promise<void> {
    if (this.#timerAt === null || this.#aheadAt() !== null) return
    const storedAt = await this.#storage.getAlarm()
    if (this.#aheadAt() !== null) return
    this.#armedAt = storedAt
    this.#arm()
  }

  #arm(): void {
    const times = [this.#outboxAt, this.#timerAt].filter((at) => at !== null)
    // Deleting it costs a row; going off for nothing costs less, and what comes soon finds it armed.
    if (times.length === 0) return
    const at = Math.min(...times)
    const ahead = this.#aheadAt()
    if (ahead !== null && ahead <= at && at - ahead <= ABOUT_MS) return
    this.#armedAt = at
    void this.#storage.setAlarm(at)
  }

  /** When it is known to go off yet. */
  #aheadAt(): number | null {
    const at = this.#armedAt ?? null
    return at !== null && at > Date.now() ? at : null
  }
}
