import type { MetaFailure } from '../meta/answer.ts'

/** What a campaign can be switched to. */
export type CampaignSwitch = 'ACTIVE' | 'PAUSED'

/** A press that switches a campaign. */
export interface SwitchCommand {
  /** The press: once more it answers the same. */
  ref: string
  campaignId: string
  to: CampaignSwitch
  /** What who presses has seen, as of this time (ms): a switch since then makes the press stale. */
  seenAt: number
  by: { id: string; name: string }
}

/** A campaign that was switched. */
export interface Switched {
  name: string
  /** When it was asked for, ms. */
  at: number
  /** False when it was so already. */
  hasChanged: boolean
  /** As Meta said afterwards; `null` when it could not be asked. */
  effectiveStatus: string | null
}

/**
 * What came of it. `stale`: somebody has switched the campaign since. `late`: what who presses has
 * looked at is too old. `no_account`: the project has no ad account or nobody to ask. The rest as Meta
 * answers.
 */
export type SwitchAnswer =
  | { ok: true; value: Switched }
  | { ok: false; kind: 'stale' | 'late' | 'no_account'; code: string }
  | MetaFailure

/** A question that was answered so late is asked anew: what it says is not so any more. */
const ASKED_FOR_MS = 15 * 60_000

/** A campaign that was paused can be let run again by one press for so long. */
const UNDONE_WITHIN_MS = 24 * 3_600_000

/** Whether a press comes too late to be meant. */
export function isLate({ to, seenAt }: Pick<SwitchCommand, 'to' | 'seenAt'>, now: number): boolean {
  return now - seenAt > (to === 'PAUSED' ? ASKED_FOR_MS : UNDONE_WITHIN_MS)
}

/** Whether somebody has switched the campaign since who presses has looked. */
export function isStale(
  { ref, seenAt }: Pick<SwitchCommand, 'ref' | 'seenAt'>,
  last: { ref: string; at: number } | null,
): boolean {
  return last !== null && last.ref !== ref && last.at > seenAt
}

/** Whether Meta says of a campaign what was asked for: one that is to run may still be looked at. */
export function isSwitched(to: CampaignSwitch, effectiveStatus: string): boolean {
  return to === 'PAUSED' ? effectiveStatus === 'PAUSED' : effectiveStatus !== 'PAUSED'
}
