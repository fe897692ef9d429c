/** Tells whoever waits that something in the stand-in has changed. */
export class Watch {
  readonly #listeners = new Set<() => void>()
  #announced = false

  /** Says that something changed; listeners hear it once for all changes of the same turn. */
  changed(): void {
    if (this.#announced) return
    this.#announced = true
    queueMicrotask(() => {
      this.#announced = false
      for (const listener of this.#listeners) listener()
    })
  }

  /** Calls `listener` after every change until the returned function is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Resolves with what `predicate` gives as soon as that is truthy; asks again after each change.
   * Rejects after `timeoutMs` of real time with the predicate's text and `describe()`.
   */
  when<T>(
    predicate: () => T,
    timeoutMs: number,
    describe: () => string,
  ): Promise<Exclude<T, false | null | undefined>> {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer)
        stop()
      }
      const check = () => {
        try {
          const value = predicate()
          if (!isTruthy(value)) return
          finish()
          resolve(value)
        } catch (error) {
          finish()
          reject(error)
        }
      }
      const stop = this.listen(check)
      const timer = setTimeout(() => {
        finish()
        reject(new Error(`Not within ${timeoutMs} ms: ${String(predicate)}\n${describe()}`))
      }, timeoutMs)
      check()
    })
  }
}

const isTruthy = <T>(value: T): value is Exclude<T, false | null | undefined> => Boolean(value)
