import type { Clock } from './clock.ts'
import type { Watch } from './watch.ts'

const TOTAL = 300
const LASTING_MS = 60_000
const STEPS = 60

/** How a rush goes; `sent` is 0 before the first. */
export interface RushState {
  total: number
  sent: number
  isRunning: boolean
}

/**
 * A rush of leads at the press of a button, as when an advertisement takes off: so many within a
 * minute, evenly. Where they come from is not Telegram's business.
 */
export class Rush {
  readonly #deps: { clock: Clock; watch: Watch; send: (count: number) => void }
  #sent = 0
  #isRunning = false

  constructor(deps: { clock: Clock; watch: Watch; send: (count: number) => void }) {
    this.#deps = deps
  }

  get state(): RushState {
    return { total: TOTAL, sent: this.#sent, isRunning: this.#isRunning }
  }

  /** Starts one; while one goes on, nothing happens. Resolves when the last lead was sent. */
  async start(): Promise<void> {
    if (this.#isRunning) return
    this.#isRunning = true
    this.#sent = 0
    try {
      await this.#go()
    } finally {
      this.#isRunning = false
      this.#deps.watch.changed()
    }
  }

  async #go(): Promise<void> {
    const { clock, watch, send } = this.#deps
    const count = TOTAL / STEPS
    while (this.#sent < TOTAL) {
      send(count)
      this.#sent += count
      watch.changed()
      await clock.wait(LASTING_MS / STEPS)
    }
  }
}
