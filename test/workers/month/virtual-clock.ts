import { vi } from 'vitest'

/** Something that goes on at a time of the virtual clock. */
interface Event {
  at: number
  go: () => void
}

/**
 * A clock that stands still while anything is done, and then goes to whatever comes next: months pass
 * in the time that the work of them takes. `Date` says what it says, in objects and stand-ins alike.
 */
export class VirtualClock {
  #events: Event[] = []
  #busy = 0
  #rested: () => void = () => undefined
  #failures: unknown[] = []

  constructor(start: number) {
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(start)
  }

  /** Has something done at a time (ms); what failed is thrown by `runUntil`. */
  at(time: number, act: () => unknown): void {
    this.#add(time, () => void this.#run(act))
  }

  /** Waits until a time; only for what the clock itself has begun. */
  async sleepUntil(time: number): Promise<void> {
    const woken = new Promise<void>((resolve) => this.#add(time, resolve))
    this.#release()
    await woken
  }

  /** Lets everything happen that is to happen until a time. */
  async runUntil(end: number): Promise<void> {
    for (;;) {
      await this.#rest()
      const at = Math.min(...this.#events.map((event) => event.at))
      if (at > end) break
      vi.setSystemTime(at)
      const due = this.#events.filter((event) => event.at === at)
      this.#events = this.#events.filter((event) => event.at !== at)
      this.#busy += due.length
      for (const { go } of due) go()
    }
    vi.setSystemTime(end)
  }

  #add(time: number, go: () => void): void {
    this.#events.push({ at: Math.max(Math.ceil(time), Date.now()), go })
  }

  async #run(act: () => unknown): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#failures.push(error)
    }
    this.#release()
  }

  #release(): void {
    this.#busy -= 1
    if (this.#busy === 0) this.#rested()
  }

  async #rest(): Promise<void> {
    if (this.#busy > 0) await new Promise<void>((resolve) => (this.#rested = resolve))
    if (this.#failures.length > 0) throw this.#failures[0]
  }
}
