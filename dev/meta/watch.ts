/** Something happened: whoever waits for a state of the world looks again. No polling. */
export class Watch {
  readonly #listeners = new Set<() => void>()

  notify(): void {
    for (const listener of this.#listeners) listener()
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Resolves as soon as the predicate holds; rejects after `timeoutMs` of real time. */
  when(predicate: () => boolean, { timeoutMs = 5000 }: { timeoutMs?: number } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        unsubscribe()
        reject(new Error(`Nothing made the awaited condition true in ${timeoutMs} ms`))
      }, timeoutMs)
      const look = () => {
        if (!predicate()) return
        clearTimeout(timer)
        unsubscribe()
        resolve()
      }
      const unsubscribe = this.subscribe(look)
      look()
    })
  }
}
