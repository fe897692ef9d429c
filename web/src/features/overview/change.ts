import type { Tone } from '../../ui/badge.tsx'

/** Which way of a number is the good one. */
export type Better = 'more' | 'less' | 'neither'

/** How a number has changed: by which part of what it was, and whether that is good. */
export interface Change {
  part: number
  tone: Extract<Tone, 'good' | 'bad' | 'neutral'>
}

/** So small a change means nothing. */
const STILL = 0.005

/** The change against before; `null` when there is nothing to compare with. */
export function changeOf(now: number | null, before: number | null, better: Better): Change | null {
  if (now === null || before === null || before === 0) return null
  const part = (now - before) / before
  if (better === 'neither' || Math.abs(part) < STILL) return { part, tone: 'neutral' }
  return { part, tone: part > 0 === (better === 'more') ? 'good' : 'bad' }
}
