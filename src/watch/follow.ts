import { isoTime } from '../time.ts'
import type { Facts, ShownAlert } from './alert.ts'
import { type AlertKind, MANNERS } from './kinds.ts'

/** An alert with what is remembered of it to tell it once. */
export interface Alert extends ShownAlert {
  version: number
  /** It is told no earlier: another of its kind and subject was told lately. */
  quietUntil: string | null
  /** How often it was told. */
  tellings: number
}

/**
 * How numbers stand to an edge: beyond it (`on`), back behind it (`off`), or in between, where what was
 * so stays so. `unwatched`: nobody wants to know any more.
 */
export type Side = 'on' | 'keep' | 'off' | 'unwatched'

/** What is to be said: that it has come, that it is still so after a snooze, that it is over. */
export type Telling = 'rise' | 'again' | 'over'

/** What was found, about what, and when. */
export interface Occasion {
  projectId: string
  kind: AlertKind
  subject: string
  side: Side
  facts: Facts
  campaigns: ShownAlert['campaigns']
  now: number
  /** Whether people are told at this hour. */
  isTellingTime: boolean
  /** For an alert that begins now. */
  newId: string
}

/** What becomes of an alert, and what is said of it; the same alert: nothing has changed. */
export interface Followed {
  alert: Alert | null
  telling: Telling | null
}

/**
 * Follows one thing that is watched: an alert begins when an edge is crossed, is told once, and is over
 * when numbers are back behind it. `before` is the last alert about it, open or over.
 */
export function follow(before: Alert | null, occasion: Occasion): Followed {
  const isOpen = before?.state === 'open'
  switch (occasion.side) {
    case 'on':
      return told(isOpen ? restated(before, occasion) : begun(before, occasion), occasion)
    case 'keep':
      return { alert: before, telling: null }
    case 'off':
    case 'unwatched':
      return isOpen ? over(before, occasion) : { alert: before, telling: null }
  }
}

function begun(before: Alert | null, occasion: Occasion): Alert {
  const { projectId, kind, subject, facts, campaigns, now, newId } = occasion
  const quietUntil = before?.toldAt
    ? isoTime(Date.parse(before.toldAt) + MANNERS[kind].cooldownMs)
    : (before?.quietUntil ?? null)
  return {
    id: newId,
    projectId,
    kind,
    subject,
    state: 'open',
    facts,
    campaigns,
    openedAt: isoTime(now),
    overAt: null,
    toldAt: null,
    // Who did not want to hear of it does not want to hear of it when it comes back either.
    snoozedUntil: isPast(before?.snoozedUntil ?? null, now) ? null : (before?.snoozedUntil ?? null),
    version: 1,
    quietUntil,
    tellings: 0,
  }
}

function restated(before: Alert, { facts, campaigns }: Occasion): Alert {
  const isSame =
    JSON.stringify([before.facts, before.campaigns]) === JSON.stringify([facts, campaigns])
  return isSame ? before : { ...before, facts, campaigns, version: before.version + 1 }
}

function told(alert: Alert, { kind, now, isTellingTime }: Occasion): Followed {
  const isFirst = alert.tellings === 0
  const isDue = isFirst ? isPast(alert.quietUntil, now) : alert.snoozedUntil !== null
  if (!MANNERS[kind].isTold || !isTellingTime || !isDue || !isPast(alert.snoozedUntil, now)) {
    return { alert, telling: null }
  }
  const { tellings, version } = alert
  return {
    alert: {
      ...alert,
      toldAt: isoTime(now),
      snoozedUntil: null,
      tellings: tellings + 1,
      version: version + 1,
    },
    telling: isFirst ? 'rise' : 'again',
  }
}

function over(before: Alert, { side, now }: Occasion): Followed {
  const alert: Alert = {
    ...before,
    state: 'over',
    overAt: isoTime(now),
    version: before.version + 1,
  }
  // That something is over says nothing to those who were never told that it had begun.
  const isWorthSaying = side === 'off' && before.tellings > 0
  return { alert, telling: isWorthSaying ? 'over' : null }
}

function isPast(time: string | null, now: number): boolean {
  return time === null || Date.parse(time) <= now
}
