/** A minute, and a second for the way to Telegram being once slow and once fast. */
const WINDOW_MS = 61_000

/**
 * How fast messages go to a group: so many in any minute (Telegram: FAQ, "not more than 20 messages
 * per minute to the same group"). What is over it is refused with 429 and a long wait for everything.
 */
export class Pace {
  readonly #perMinute: number
  #times: number[]

  /** `sent`: when the last messages went out (ms), as far as it is known. */
  constructor(perMinute: number, sent: number[] = []) {
    this.#perMinute = perMinute
    this.#times = sent.toSorted((a, b) => a - b)
  }

  /** How many may go now; some can be kept back for what is more urgent. */
  room(now: number, keptBack = 0): number {
    this.#times = this.#within(now)
    return Math.max(0, this.#perMinute - keptBack - this.#times.length)
  }

  /** When the next may go (ms); now, when there is room. */
  nextAt(now: number, keptBack = 0): number {
    if (this.room(now, keptBack) > 0) return now
    const freed = this.#times.at(-Math.max(1, this.#perMinute - keptBack)) ?? now
    return Math.max(now, freed + WINDOW_MS)
  }

  took(now: number): void {
    this.#times = [...this.#within(now), now]
  }

  #within(now: number): number[] {
    return this.#times.filter((at) => at > now - WINDOW_MS)
  }
}
