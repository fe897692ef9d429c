/** Something an object owes; `kind` says what, `key` in what order. */
export interface OutboxRow {
  key: string
  priority: number
  seq: number
  kind: string
  body: string
  attempts: number
  /** What was noted before the first try: there it tells a later try that this one had begun. */
  mark: string | null
}

export interface NewRow {
  key: string
  kind: string
  body?: unknown
  /** Smaller goes first within the key; 0 when absent. */
  priority?: number
  /** Not before this time (ms). */
  at?: number
  /** Only the latest of its key and kind counts: one that waits is replaced. */
  latest?: boolean
}

/** What an object owed when it was asked. */
export interface OutboxCounts {
  waiting: number
  parked: number
  /** When the oldest of the waiting was owed, ms. */
  oldestAt: number | null
  /** Why something waits although it was tried; `null` when nothing was. */
  reason: string | null
}

/** A row that is to be carried out. */
export type HeadRow = OutboxRow & { next_at: number; failing_since: number | null }
