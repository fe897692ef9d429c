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
  /** Whether a key is one of many that may hang together: those never take all lanes. */
  isAside?(key: string): boolean
  /** Everything due was tried; the earliest of the rest is due then (ms), `null`: nothing is owed. */
  rest(nextAt: number | null): void
}

/** Workers open six connections at once; more lanes would only queue. */
const MAX_LANES = 6
const MAX_LANES_ASIDE = 3

/**
 * Carries out what is owed: in order within a key, keys beside each other, a failing key holding up
 * no other. Rung while it runs, it takes up what is new and never carries a key out twice at once.
 */
export class Drain<Row> {
  readonly #deps: DrainDeps<Row>
  readonly #lanes = new Map<string, Promise<void>>()
  /** Keys that were due when all were last looked at, and found every lane taken. */
  #queue: string[] = []
  #queueAside: string[] = []

  constructor(deps: DrainDeps<Row>) {
    this.#deps = deps
  }

  /** Whether the key is being carried out at this moment. */
  isBusy(key: string): boolean {
    return this.#lanes.has(key)
  }

  /** Does something under a key that is not owed; false when it is not free to be done now. */
  occupy(key: string, work: () => Promise<void>): boolean {
    if (this.#lanes.has(key) || !this.#hasLaneFor(key)) return false
    this.#open(key, work)
    return true
  }

  /** Resolves when nothing that is due is left. */
  async ring(): Promise<void> {
    this.#queue = []
    this.#queueAside = []
    this.#openLanes()
    while (this.#lanes.size > 0) await Promise.race(this.#lanes.values())
  }

  #openLanes(): void {
    const now = this.#deps.now()
    this.#openQueued(this.#queue, now)
    this.#openQueued(this.#queueAside, now)
    if (this.#lanes.size >= MAX_LANES || this.#queueAside.length > 0) return
    let nextAt: number | null = null
    for (const key of this.#deps.keys()) {
      if (this.#lanes.has(key)) continue
      const next = this.#deps.next(key, now)
      if (typeof next === 'number') nextAt = Math.min(nextAt ?? next, next)
      else if (this.#hasLaneFor(key)) this.#open(key)
      else (this.#deps.isAside?.(key) ? this.#queueAside : this.#queue).push(key)
    }
    // Taken from the end, and in order.
    this.#queue.reverse()
    this.#queueAside.reverse()
    if (this.#lanes.size === 0) this.#deps.rest(nextAt)
  }

  /** Looking at every key whenever one of them is done would make the work grow with its square. */
  #openQueued(queue: string[], now: number): void {
    for (;;) {
      const key = queue.at(-1)
      if (key === undefined || !this.#hasLaneFor(key)) return
      queue.pop()
      if (!this.#lanes.has(key) && typeof this.#deps.next(key, now) !== 'number') this.#open(key)
    }
  }

  #hasLaneFor(key: string): boolean {
    if (this.#lanes.size >= MAX_LANES) return false
    if (!this.#deps.isAside?.(key)) return true
    const aside = [...this.#lanes.keys()].filter((busy) => this.#deps.isAside?.(busy))
    return aside.length < MAX_LANES_ASIDE
  }

  #open(key: string, work: () => Promise<void> = () => this.#run(key)): void {
    const lane = work().finally(() => {
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
