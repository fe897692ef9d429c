import type { LeadBook } from './leads/lead-book.ts'
import type { State } from './state.ts'
import type { World } from './world/world.ts'

/** What every part of the stand-in works on. */
export interface Core {
  readonly appId: string
  readonly appSecret: string
  readonly requireProof: boolean
  readonly accessTier: 'limited' | 'full'
  readonly state: State
  readonly world: World
  readonly book: LeadBook
  /** The virtual clock, epoch ms. */
  readonly now: () => number
  /** Says that something happened: waiting tests look again and the snapshot is written. */
  readonly changed: () => void
}

/** Epoch seconds of the virtual clock, as Meta counts. */
export function secondsNow(core: Pick<Core, 'now'>): number {
  return Math.floor(core.now() / 1000)
}

/** The next number of a series, kept through restarts. */
export function nextNumber(state: State, series: string): number {
  const number = (state.counters[series] ?? 0) + 1
  state.counters[series] = number
  return number
}
