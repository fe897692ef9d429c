import type { WorkingHours } from '../project-rules.ts'
import { shiftsWithin } from '../working-hours.ts'

/** With fewer silences than these nobody can say what is usual. */
const MIN_SILENCES = 20

/** One silence in twenty is longer than the ones that count: they are outages, holidays and chance. */
const USUAL_SHARE = 0.95

/** If leads come by chance, a silence of twice that length happens once in four hundred times. */
const UNUSUAL = 2

/** However fast leads come otherwise, nobody is called for less. */
const MIN_USUAL_MS = 2 * 3_600_000

/**
 * The longest silence between leads (ms of working time) that is usual, by the times (ms, in order) of
 * the leads of the last weeks; `null` when they were too few to tell.
 */
export function usualSilence(
  times: number[],
  { hours, timezone, until }: { hours: WorkingHours | null; timezone: string; until: number },
): number | null {
  const [first] = times
  if (first === undefined || times.length <= MIN_SILENCES) return null
  const passed = workingClock(first, until, hours, timezone)
  const clocked = times.map(passed)
  const silences = clocked.slice(1).map((at, index) => at - (clocked[index] ?? at))
  silences.sort((a, b) => a - b)
  const usual = silences[Math.ceil(silences.length * USUAL_SHARE) - 1] ?? 0
  return Math.max(usual * UNUSUAL, MIN_USUAL_MS)
}

/** Working time that has passed between two moments, ms. */
export function workingTime(
  from: number,
  to: number,
  hours: WorkingHours | null,
  timezone: string,
): number {
  return workingClock(from, to, hours, timezone)(to)
}

/** A clock that runs in working hours alone, from `from`; asked for moments in order. */
function workingClock(
  from: number,
  to: number,
  hours: WorkingHours | null,
  timezone: string,
): (at: number) => number {
  if (!hours) return (at) => at - from
  const shifts = shiftsWithin(from, to, hours, timezone)
  let before = 0
  let index = 0
  return (at) => {
    for (let shift = shifts[index]; shift && shift.to <= at; shift = shifts[++index]) {
      before += shift.to - Math.max(shift.from, from)
    }
    const shift = shifts[index]
    return before + (shift && shift.from < at ? at - Math.max(shift.from, from) : 0)
  }
}
