import type { Call } from './calls.ts'
import { isInside } from './chats.ts'
import type { Core } from './core.ts'
import { GROUP } from './flood.ts'
import type { Place } from './world.ts'

const SENDS = new Set(['sendMessage', 'sendDocument', 'sendPhoto'])
const EDITS = new Set(['editMessageText', 'editMessageCaption', 'editMessageReplyMarkup'])

/** How the calls of the bot went since they were last counted anew (ms). */
export interface Tally {
  since: number
  sent: number
  edited: number
  tooMany: number
  /** Calls that Telegram did not answer because it was down. */
  refused: number
  groups: GroupTally[]
}

/** What came to a group in the last minute, and what Telegram allows in one. */
export interface GroupTally {
  id: number
  title: string
  sent: number
  edited: number
  limit: number
}

/** Counts from the log of calls; groups are those that the bot is in. */
export function tallyOf({ calls, world, clock }: Core): Tally {
  const counted = calls.all.filter(({ at }) => at >= calls.countedFrom)
  const groups = [...world.places.values()].filter(
    (place) => place.type !== 'private' && place.migratedTo === undefined && isInside(place.bot),
  )
  const minuteAgo = clock.now() - GROUP.windowMs
  const recent = calls.all.filter(({ at }) => at > minuteAgo)
  return {
    since: calls.countedFrom,
    ...done(counted),
    tooMany: counted.filter(({ status }) => status === 429).length,
    refused: counted.filter(({ fault }) => fault === 'down').length,
    groups: groups.map((place) => groupTally(place, recent)),
  }
}

function groupTally({ id, title }: Place, recent: readonly Call[]): GroupTally {
  const own = recent.filter(({ params }) => String(params['chat_id']) === String(id))
  return { id, title, ...done(own), limit: GROUP.count }
}

function done(calls: readonly Call[]): { sent: number; edited: number } {
  const good = calls.filter(({ ok }) => ok)
  return {
    sent: good.filter(({ method }) => SENDS.has(method)).length,
    edited: good.filter(({ method }) => EDITS.has(method)).length,
  }
}
