import type { Worker } from '../../src/store/members.ts'

/** How it is told whose turn it is. */
export interface Turns {
  mode: 'round_robin' | 'least_busy'
  /** When a worker last got a lead, in turns that count up; 0: never. */
  lastTurnOf: (id: string) => number
  /** How many leads a worker has in work. */
  busyOf: (id: string) => number
}

/** Who gets the next lead: whoever has waited longest, or has least to do and then has waited longest. */
export function nextInTurn(workers: Worker[], { mode, lastTurnOf, busyOf }: Turns): Worker | null {
  const [first] = workers
    .map((worker) => ({
      worker,
      busy: mode === 'least_busy' ? busyOf(worker.id) : 0,
      last: lastTurnOf(worker.id),
    }))
    .sort((a, b) => a.busy - b.busy || a.last - b.last || (a.worker.id < b.worker.id ? -1 : 1))
  return first?.worker ?? null
}
