import { randomInt } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { Watch } from './watch.ts'

/** What the bot answered to the press of a button: a toast, an alert or nothing to say. */
export interface CallbackAnswer {
  text: string
  show_alert: boolean
  url: string
}

/** A press of an inline button; `answer` is absent while the client shows its spinner. */
export interface Press {
  id: string
  userId: number
  chatId: number
  messageId: number
  data: string
  answer?: CallbackAnswer | 'expired'
}

/** The presses of inline buttons, and the answers that the bot gave in time. */
export class Presses {
  readonly #clock: Clock
  readonly #watch: Watch
  readonly #windowMs: number
  readonly #presses = new Map<string, Press>()

  constructor(clock: Clock, watch: Watch, windowMs: number) {
    this.#clock = clock
    this.#watch = watch
    this.#windowMs = windowMs
  }

  list(): Press[] {
    return [...this.#presses.values()]
  }

  /** Starts the spinner; it stops without an answer when the window has passed. */
  add(press: Omit<Press, 'id' | 'answer'>): Press {
    const id = String(randomInt(2 ** 47) + 2 ** 47)
    const added: Press = { id, ...press }
    this.#presses.set(id, added)
    void this.#clock.wait(this.#windowMs).then(() => this.answer(id, 'expired'))
    return added
  }

  /** Resolves with the answer to a press, at once if there is one already. */
  async answered(id: string): Promise<CallbackAnswer | 'expired'> {
    return new Promise((resolve) => {
      const check = () => {
        const answer = this.#presses.get(id)?.answer
        if (!answer) return
        stop()
        resolve(answer)
      }
      const stop = this.#watch.listen(check)
      check()
    })
  }

  /** Stops the spinner; false when there is none: too late, a second answer, or no such press. */
  answer(id: string, answer: CallbackAnswer | 'expired'): boolean {
    const press = this.#presses.get(id)
    if (!press || press.answer) return false
    press.answer = answer
    this.#watch.changed()
    return true
  }
}
