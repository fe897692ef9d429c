import type { State } from '../state.ts'
import type { Campaign, CampaignStatus } from './ads.ts'

const DAY_MS = 86_400_000

type Moves = State['campaignMoves']
type Move = { at: number; status: CampaignStatus }

/** A campaign's statuses since its start, in order; the first one is always ACTIVE. */
export function movesOf(campaign: Campaign, moves: Moves, bornAt: number): Move[] {
  const ago = (days: number) => bornAt - days * DAY_MS
  const { ended } = campaign
  return [
    { at: ago(campaign.startedDaysAgo), status: 'ACTIVE' },
    ...(ended ? [{ at: ago(ended.daysAgo), status: ended.status }] : []),
    ...moves.filter((move) => move.campaignId === campaign.id),
  ]
}

/** The status a campaign has now. */
export function statusOf(campaign: Campaign, moves: Moves): CampaignStatus {
  const last = moves.findLast((move) => move.campaignId === campaign.id)
  return last?.status ?? campaign.ended?.status ?? 'ACTIVE'
}

/** What part of the time between two moments a campaign was running, from 0 to 1. */
export function runningShare(moves: readonly Move[], from: number, to: number): number {
  if (to <= from) return 0
  let running = 0
  for (const [index, { at, status }] of moves.entries()) {
    if (status !== 'ACTIVE') continue
    const until = moves[index + 1]?.at ?? Infinity
    running += Math.max(0, Math.min(to, until) - Math.max(from, at))
  }
  return running / (to - from)
}
