/**
 * What became of rows that were carried out. `commit` runs in the transaction that settles them.
 * - `done`: they are removed.
 * - `later`: the other side said when to come back; everything under the key waits, or, where only
 *   this one thing has to wait, what is more urgent goes on.
 * - `unreachable`: nobody is to blame, it is tried again for ever, ever less often.
 * - `refused`: it will not succeed by itself; the rows are parked with the reason for a person to see.
 */
export type Delivery =
  | { result: 'done'; commit?: () => void }
  | { result: 'later'; at: number; reason: string; isForAll?: boolean; commit?: () => void }
  | { result: 'unreachable'; reason: string; commit?: () => void }
  | { result: 'refused'; reason: string; commit?: () => void }

/** What a drain needs of its object; `Row` stays unknown to it. */
export interface DrainDeps<Row> {
  now(): number
  /** The keys under which something is owed. */
  keys(): string[]
  /** The rows to carry out together next under a key, or the time (ms) when the first is due. */
  next(key: string, now: number): Row[] | number
  deliver(rows: Row[]): Promise<Delivery>
  settle(rows: Row[], delivery: Delivery): void
  /** A failure nobody foresaw: a bug, ours or the platform's. */
  fail(rows: Row[], error: unknown): void
  /** Everything due was tried; the earliest of the rest is due then (ms), `null`: nothing is owed. */
  rest(nextAt: number | null): void
}

/** Workers open six connections at once; more lanes would only queue. */
const MAX_LANES = 6

/**
 * Carries out what is owed: in order within a key, keys beside each other, a failing key holding up
 * no other. Rung while it runs, it takes up what is new and never carries a key out twice at once.
 */
export class Drain<Row> {
  readonly #deps: DrainDeps<Row>
  readonly #lanes = new Map<string, Promise<void>>()

  constructor(deps: DrainDeps<Row>) {
    this.#deps = deps
  }

  /** Whether the key is being carried out at this moment. */
  isBusy(key: string): boolean {
    return this.#lanes.has(key)
  }

  /** Resolves when nothing that is due is left. */
  async ring(): Promise<void> {
    this.#openLanes()
    while (this.#lanes.size > 0) await Promise.race(this.#lanes.values())
  }

  #openLanes(): void {
    const now = this.#deps.now()
    let nextAt: number | null = null
    for (const key of this.#deps.keys()) {
      if (this.#lanes.has(key)) continue
      const next = this.#deps.next(key, now)
      if (typeof next === 'number') nextAt = Math.min(nextAt ?? next, next)
      else if (this.#lanes.size < MAX_LANES) this.#open(key)
    }
    if (this.#lanes.size === 0) this.#deps.rest(nextAt)
  }

  #open(key: string): void {
    const lane = this.#run(key).finally(() => {
      this.#lanes.delete(key)
      this.#openLanes()
    })
    this.#lanes.set(key, lane)
  }

  async #run(key: string): Promise<void> {
    for (;;) {
      const rows = this.#deps.next(key, this.#deps.now())
      if (typeof rows === 'number') return
      try {
        this.#deps.settle(rows, await this.#deps.deliver(rows))
      } catch (error) {
        this.#deps.fail(rows, error)
      }
    }
  }
}
