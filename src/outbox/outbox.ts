import { log, redact } from '../log.ts'
import { forgetParked, recordParked } from '../store/parked.ts'
import { type Delivery, Drain } from './drain.ts'
import { isPlatformTrouble } from './platform-trouble.ts'
import { retryDelay } from './retry-delay.ts'
import type { HeadRow, NewRow, OutboxCounts, OutboxRow } from './row.ts'
import { OutboxTable, SHOWN_AFTER } from './table.ts'

export type { NewRow, OutboxCounts, OutboxRow } from './row.ts'

/** How an object is woken; a Durable Object's alarm, or a job of an Agent's lifecycle. */
export interface WakeUp {
  /** At this time (ms), instead of any time set before; written with the present transaction. */
  set(at: number): void
  /** Absent where it costs less to be woken for nothing. */
  clear?(): void
  /** The present transaction was undone, and what was set in it. */
  undone?(): void
}

export interface OutboxDeps {
  storage: DurableObjectStorage
  wakeUp: WakeUp
  /** Whose outbox it is, for the list of what is parked. */
  owner: { object: string; name: string }
  db: D1Database
  deliver(rows: OutboxRow[]): Promise<Delivery>
  /** The longest wait between two tries, ms; five minutes when absent. */
  longestWaitMs?: number
  /** Keys that begin so may all hang at once: half of the connections are kept for the others. */
  aside?: string
  /** How many rows of a kind are carried out as one; 1 when absent. */
  together?: Readonly<Record<string, number>>
}

/** Should the object die while it carries out, it wakes this much later and goes on. */
const GUARD_MS = 10_000

/** So long is waited for what may be done before it is owed; what takes longer is owed. */
const ATTEMPT_MS = 1_000

/**
 * What still fails in a way nobody foresaw after so long is a bug that time will not mend. Until then
 * it may be a deploy that went wrong or a day's quota that is used up: both are over sooner.
 */
const BUG_AFTER_MS = 6 * 3_600_000

/** The outbox's own kind: tells D1 that a row was parked or is parked no more. */
const TROUBLE = 'trouble'

/**
 * What an object owes others: written in one transaction with the state that owes it, carried out at
 * once and, whatever happens in between, again after a wake-up, until it is done or parked.
 */
export class Outbox {
  readonly #deps: OutboxDeps
  readonly #table: OutboxTable
  readonly #drain: Drain<HeadRow>
  readonly #holds = new Map<string, number>()
  #armedAt: number | null = null
  #lastSeq: number | null = null
  /** Rows whose first try has begun, by key: they are finished before anything else under it. */
  #begun: Map<string, OutboxRow> | null = null

  constructor(deps: OutboxDeps) {
    this.#deps = deps
    this.#table = new OutboxTable(deps.storage.sql)
    this.#drain = new Drain({
      now: () => Date.now(),
      keys: () => this.#table.keys(),
      next: (key, now) => this.#next(key, now),
      deliver: (rows) => this.#deliver(rows),
      settle: (rows, delivery) => this.#settle(rows, delivery),
      fail: (rows, error) => this.#fail(rows, error),
      isAside: (key) => deps.aside !== undefined && key.startsWith(deps.aside),
      rest: (nextAt) => this.#rest(nextAt),
    })
  }

  /** Owes these rows. Call it in the transaction that changes the state, and `ring` after it. */
  add(rows: NewRow[]): void {
    if (rows.length === 0) return
    const now = Date.now()
    this.#table.begin()
    for (const row of rows) {
      if (!(row.latest && this.#replace(row, now))) this.#insert(row, now)
    }
    // What is due is carried out at once: the wake-up is for the case that we die before.
    this.#arm(Math.min(...rows.map((row) => row.at ?? now + GUARD_MS)), now)
  }

  /**
   * Carries out at once what is not owed, in its order under its key; `also` is written with its end.
   * False: something goes first, it takes too long or fails. Then it is to be owed like all else, and
   * is done once more from there. For what is asked for again should we die before this is over, and
   * is not marked.
   */
  async attempt(row: NewRow, also: () => void = () => undefined): Promise<boolean> {
    if (this.#isBehind(row)) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    let isOver = false
    const end = (isDone: boolean) => {
      isOver = true
      resolve(isDone)
    }
    const late = setTimeout(() => end(false), ATTEMPT_MS)
    const work = async () => {
      try {
        const delivery = await this.#deps.deliver([unwritten(row)])
        if (!isOver) end(this.#settleAttempt(row, delivery, also))
      } catch {
        // Owed, it fails once more, and is then logged and tried again.
        end(false)
      }
    }
    if (!this.#drain.occupy(row.key, work)) end(false)
    const isDone = await promise
    clearTimeout(late)
    return isDone
  }

  /** Carries out everything that is due; resolves when that is done. */
  async ring(): Promise<void> {
    this.#table.settle()
    await this.#drain.ring()
  }

  /** The owner's alarm: goes on, guarded against dying once more. */
  async wake(): Promise<void> {
    this.#armedAt = null
    // Left armed after everything was done: nothing is to be written for it.
    if (this.nextAt() === null) return
    this.guard()
    await this.ring()
  }

  /** The owner's alarm has gone off: should it die in what it does now, it wakes again. */
  guard(): void {
    const now = Date.now()
    this.#armedAt = null
    this.#arm(now + GUARD_MS, now)
  }

  /** Makes a change in one transaction. Should it be undone, so is what was taken for armed in it. */
  transact<T>(change: () => T): T {
    try {
      return this.#deps.storage.transactionSync(change)
    } catch (error) {
      this.#armedAt = null
      this.#begun = null
      this.#deps.wakeUp.undone?.()
      this.recover()
      throw error
    }
  }

  /** Sees to it that something owed since an earlier life has a wake-up. */
  recover(): void {
    const at = this.nextAt()
    if (at !== null) this.#arm(Math.max(at, Date.now()), Date.now())
  }

  /** When the first of what is owed is due (ms); `null` when nothing is owed but what is parked. */
  nextAt(): number | null {
    return this.#table.nextAt()
  }

  /**
   * Notes on a row, before something that cannot be repeated unseen, that it has begun. Until it is
   * done nothing else goes out under its key.
   */
  note(row: OutboxRow, mark: string | null): void {
    if (mark === null) this.#rowsBegun().delete(row.key)
    else this.#rowsBegun().set(row.key, { ...row, mark })
    this.#table.mark(row, mark)
  }

  /** Makes everything due that waits under keys beginning so: what held it up is over. */
  hasten(keyPrefix: string): void {
    if (!this.#table.isBegun) return
    const now = Date.now()
    for (const key of this.#holds.keys()) if (key.startsWith(keyPrefix)) this.#holds.delete(key)
    this.#table.hasten(keyPrefix, now)
    this.#arm(now + GUARD_MS, now)
  }

  /** Tries a parked row again; false when there is none of this number. */
  retry(seq: number): boolean {
    if (!this.#table.isBegun) return false
    const now = Date.now()
    return this.transact(() => {
      if (!this.#table.renew(seq, now)) return false
      // What is parked has no kind that matters any more.
      this.#oweTrouble({ kind: '', seq }, now)
      this.#arm(now + GUARD_MS, now)
      return true
    })
  }

  /** Forgets a parked row of this kind, which nobody can carry out; false when there is none. */
  dismiss(seq: number, kind: string): boolean {
    if (!this.#table.isBegun) return false
    const now = Date.now()
    return this.transact(() => {
      if (!this.#table.dismiss(seq, kind)) return false
      this.#oweTrouble({ kind, seq }, now)
      this.#arm(now + GUARD_MS, now)
      return true
    })
  }

  /** Makes due again what was parked for something that is over. Call it in a transaction. */
  revive(isOver: (row: { key: string; kind: string; reason: string }) => boolean): void {
    if (!this.#table.isBegun) return
    const now = Date.now()
    const parked = this.#table.parked().filter(isOver)
    for (const row of parked) {
      this.#table.renew(row.seq, now)
      this.#oweTrouble(row, now)
    }
    if (parked.length > 0) this.#arm(now + GUARD_MS, now)
  }

  /** Owes a parked row no more, for it is owed anew. Call it in a transaction. */
  withdraw(kind: string, body: unknown): void {
    if (!this.#table.isBegun) return
    const words = JSON.stringify(body)
    this.#forget(this.#table.parked().filter((row) => row.kind === kind && row.body === words))
  }

  /** Everything that is owed under a key, parked or not, in order. */
  all(key: string): OutboxRow[] {
    return this.#table.all(key)
  }

  /** Owes these rows no more: somebody else does now. Call it in a transaction. */
  drop(rows: OutboxRow[]): void {
    for (const { key } of rows) this.#rowsBegun().delete(key)
    this.#forget(rows)
  }

  /** How much waits under a key with a priority, and when the first of it is due (ms). */
  ahead(key: string, priority: number): { count: number; nextAt: number | null } {
    return this.#table.ahead(key, priority)
  }

  /** What waits under a key with a priority, as it was written. */
  bodies(key: string, priority: number): unknown[] {
    return this.#table.bodies(key, priority)
  }

  counts(): OutboxCounts {
    return this.#table.counts(Date.now())
  }

  #settleAttempt({ key }: NewRow, delivery: Delivery, also: () => void): boolean {
    if (delivery.result === 'later') this.#holds.set(key, delivery.at)
    if (delivery.result !== 'done') return false
    this.transact(() => {
      delivery.commit?.()
      also()
    })
    return true
  }

  /** Whether under its key something is owed that goes before it, or was told to wait. */
  #isBehind(row: NewRow): boolean {
    return (this.#holds.get(row.key) ?? 0) > Date.now() || this.#table.hasBefore(row)
  }

  /** A row of this kind that waits takes what is new; one that is parked makes way for it. */
  #replace(row: NewRow, now: number): boolean {
    const { key, kind } = row
    for (const seq of this.#table.takeParked(key, kind)) this.#oweTrouble({ kind, seq }, now)
    return !this.#drain.isBusy(key) && this.#table.replace(row, now)
  }

  #insert(row: NewRow, now: number): void {
    // Microseconds of the clock, never the same twice: in order of arrival through every restart.
    this.#lastSeq = Math.max((this.#lastSeq ?? this.#table.lastSeq()) + 1, now * 1000)
    this.#table.insert(row, this.#lastSeq, now)
  }

  #forget(rows: OutboxRow[]): void {
    for (const row of rows) {
      const gone = this.#table.forget(row.seq)
      // One that was parked, or had failed so often that it is shown.
      if (gone && (gone.wasParked || row.attempts >= SHOWN_AFTER)) this.#oweTrouble(row, Date.now())
    }
  }

  /** Read once a life, for that reads every row. */
  #rowsBegun(): Map<string, OutboxRow> {
    this.#begun ??= new Map(this.#table.marked().map((row) => [row.key, row]))
    return this.#begun
  }

  #next(key: string, now: number): HeadRow[] | number {
    const hold = this.#holds.get(key) ?? 0
    const [head] = this.#head(key, 1)
    if (!head) return Infinity
    const dueAt = Math.max(head.next_at, hold)
    if (dueAt > now) return dueAt
    this.#holds.delete(key)
    const together = this.#deps.together?.[head.kind] ?? 1
    // After a failure one by one, so that one that cannot be carried out keeps back no other.
    if (together === 1 || head.attempts > 0) return [head]
    const rows = this.#head(key, together)
    const end = rows.findIndex((row) => row.kind !== head.kind || row.next_at > now)
    return end === -1 ? rows : rows.slice(0, end)
  }

  #head(key: string, limit: number): HeadRow[] {
    const begun = this.#rowsBegun().get(key)
    return begun ? this.#table.row(begun) : this.#table.head(key, limit)
  }

  async #deliver(rows: OutboxRow[]): Promise<Delivery> {
    return rows[0]?.kind === TROUBLE ? this.#reportTrouble(rows[0]) : this.#deps.deliver(rows)
  }

  #settle(rows: OutboxRow[], delivery: Delivery): void {
    const isOver = delivery.result === 'done' || delivery.result === 'refused'
    if (isOver && rows[0]) this.#rowsBegun().delete(rows[0].key)
    this.transact(() => {
      if (delivery.result === 'done') this.#remove(rows)
      else if (delivery.result === 'refused') this.#park(rows, delivery.reason)
      else {
        const isLater = delivery.result === 'later'
        this.#postpone(rows, {
          at: isLater ? delivery.at : null,
          reason: delivery.reason,
          failingSince: null,
          isForAll: !isLater || delivery.isForAll !== false,
        })
      }
      delivery.commit?.()
    })
  }

  #fail(rows: HeadRow[], error: unknown): void {
    const [head] = rows
    if (!head) return
    const name = error instanceof Error ? error.name : 'Error'
    if (head.attempts === 0)
      log('error', 'outbox.failed', { object: this.#deps.owner.object, error })
    const reason = `${name}: ${error instanceof Error ? error.message : String(error)}`
    const isPassing = isPlatformTrouble(error)
    const since = head.failing_since ?? (isPassing ? null : Date.now())
    const isOld = since !== null && Date.now() - since > BUG_AFTER_MS
    const isBug = isOld && head.kind !== TROUBLE && !isPassing
    if (isBug) this.#rowsBegun().delete(head.key)
    this.transact(() => {
      // Whichever of several it is, the others do not fail with it: next time they go one by one.
      if (isBug) this.#park([head], reason)
      else this.#postpone(rows, { at: null, reason, failingSince: since, isForAll: true })
      if (!isBug && head.attempts + 1 === SHOWN_AFTER) this.#oweTrouble(head, Date.now())
    })
  }

  #remove(rows: OutboxRow[]): void {
    for (const row of rows) {
      this.#table.remove(row)
      if (row.attempts >= SHOWN_AFTER) this.#oweTrouble(row, Date.now())
    }
  }

  #postpone(rows: OutboxRow[], { at, reason, failingSince, isForAll }: Postponement): void {
    const [head] = rows
    if (!head) return
    const until = at ?? Date.now() + retryDelay(head.attempts + 1, this.#deps.longestWaitMs)
    if (isForAll) this.#holds.set(head.key, until)
    if (head.attempts === 0 && at === null) {
      log('warn', 'outbox.postponed', { object: this.#deps.owner.object, code: shortened(reason) })
    }
    // Being told to wait is no failure.
    const isFailure = at === null
    this.#table.postpone(head, { until, isFailure, reason: shortened(reason), failingSince })
  }

  #park(rows: OutboxRow[], reason: string): void {
    const code = shortened(reason)
    log('error', 'outbox.parked', { object: this.#deps.owner.object, code })
    for (const row of rows) {
      this.#table.park(row, code)
      this.#oweTrouble(row, Date.now())
    }
  }

  /** Those who look after everything shall see what has become of a row. */
  #oweTrouble({ kind, seq }: Pick<OutboxRow, 'kind' | 'seq'>, now: number): void {
    if (kind !== TROUBLE) this.#insert({ key: TROUBLE, kind: TROUBLE, body: { seq } }, now)
  }

  /** Writes to D1 what is so now of a row that was parked or tried again. */
  async #reportTrouble(row: OutboxRow): Promise<Delivery> {
    const { seq } = JSON.parse(row.body) as { seq: number } // our own words, written by `retry` and `park`
    const parked = this.#table.shown(seq)
    const { owner, db } = this.#deps
    if (parked) await recordParked(db, { ...owner, seq, ...parked })
    else await forgetParked(db, { ...owner, seq })
    return { result: 'done' }
  }

  #rest(nextAt: number | null): void {
    if (nextAt !== null && nextAt !== Infinity) {
      // Exactly then: a guard that is left from before would wake us for nothing.
      if (nextAt === this.#armedAt) return
      this.#armedAt = nextAt
      this.#deps.wakeUp.set(nextAt)
    } else if (this.#armedAt !== null && this.#deps.wakeUp.clear) {
      this.#armedAt = null
      this.#deps.wakeUp.clear()
    }
  }

  #arm(at: number, now: number): void {
    if (this.#armedAt !== null && this.#armedAt <= at && this.#armedAt > now) return
    this.#armedAt = at
    this.#deps.wakeUp.set(at)
  }
}

/** A row as it would be owed. */
function unwritten({ key, kind, body, priority = 0 }: NewRow): OutboxRow {
  const seq = Date.now() * 1000
  return { key, kind, priority, seq, body: JSON.stringify(body ?? null), attempts: 0, mark: null }
}

/** Why a row waits, and till when (ms) if the other side said so. */
interface Postponement {
  at: number | null
  reason: string
  failingSince: number | null
  /** Whether everything else under its key waits with it. */
  isForAll: boolean
}

/** A reason as it is kept and logged: words of others may hold what nobody shall read. */
function shortened(reason: string): string {
  return redact(reason).slice(0, 300)
}
