import type { LeadCommand, LeadDetails } from '../../src/lead.ts'
import type { MetaFailure } from '../../src/meta/answer.ts'
import { NO_VALUES, type Notification, type PageNews } from '../../src/meta/notifications.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { NewRow } from '../../src/outbox/outbox.ts'
import { leadIdOf } from '../../src/stubs.ts'

/** A lead that was found or told of; found ones bring along what they say and where they go. */
export type Arrival = Notification & {
  details?: LeadDetails | undefined
  projectId?: string | undefined
}

/**
 * Meta may know a lead some moments after it told of it, and calls a lead unknown that it will not
 * show for want of a permission: what it did not know for so long is given up.
 */
const GONE_AFTER_MS = 86_400_000

/** Without anybody to ask, we look again this often, although connecting wakes us at once. */
const ASK_AGAIN_MS = 10 * 60_000

/** A lead's id and the command for it. */
export type Brought = [id: string, command: LeadCommand]

/** Makes a lead in a project, with what is known of it. */
export function receiveOf(
  { leadgenId, formId, adId, createdAt, details }: Arrival,
  projectId: string,
): Brought {
  const id = leadIdOf('facebook', leadgenId)
  const lead = {
    projectId,
    source: 'facebook' as const,
    sourceRef: leadgenId,
    formId,
    adId,
    ...(details ?? { details: 'pending' as const }),
    ...(createdAt === null ? {} : { createdAt }),
  }
  return [id, { id, type: 'receive', lead, by: null }]
}

/** Tells a lead what was learned of it. */
export function enrichOf(leadgenId: string, details: LeadDetails): Brought {
  const id = leadIdOf('facebook', leadgenId)
  return [id, { id: `enrich:${details.details}`, type: 'enrich', details }]
}

/** Leads that are to be made. */
export function arrivalsRow(arrivals: Arrival[]): NewRow {
  return { key: 'arrivals', kind: 'arrivals', body: arrivals }
}

type Malformed = PageNews['malformed'][number]

/** Whether an entry says that something has happened, and not what. */
export function isWithoutValues({ reason }: Malformed): boolean {
  return reason === NO_VALUES
}

/** Each is kept; of those that say nothing at all, one says as much as a thousand. */
export function malformedRow(entry: Malformed): NewRow {
  const kind = 'malformed'
  return isWithoutValues(entry)
    ? { key: 'no values', kind, body: entry, latest: true }
    : { key: 'malformed', kind, body: entry }
}

/** What was told of without saying what it was is to be looked for. */
export const RECONCILE: NewRow = { key: 'reconcile', kind: 'reconcile', latest: true }

/** Leads whose details are missing, and how often they were asked for. */
export interface Unread {
  leads: UnreadLead[]
  tries: number
}

/** A lead whose details are missing. */
export interface UnreadLead {
  id: string
  /** Since when Meta says that it does not know it, ms; `null` when it does not say so. */
  goneSince: number | null
  /** What it said last. */
  code: string
}

/** A lead that nobody has tried to read. */
export function neverTried(id: string): UnreadLead {
  return { id, goneSince: null, code: '' }
}

/** Whether Meta has not known a lead for so long that it will not. */
export function isGivenUp({ goneSince }: UnreadLead): boolean {
  return goneSince !== null && Date.now() - goneSince >= GONE_AFTER_MS
}

/** One key for all of them, in order of their times: however many there are, they fill one lane. */
export function againRow(body: Unread, at: number): NewRow {
  return { key: 'again', kind: 'again', body, at, priority: at }
}

/** Nobody can be asked about the page. */
export const NO_CONNECTION = 'NO_CONNECTION'

/** Somebody can be asked after all. */
export const AT_ONCE: Delivery = { result: 'later', at: 0, reason: NO_CONNECTION }

/** Why Meta gave nothing, for people. */
export function reasonOf({ kind, code }: MetaFailure): string {
  return `META_${kind}_${code}`
}

/** Looks again in some minutes. */
export function waitFor(reason: string): Delivery {
  return { result: 'later', at: Date.now() + ASK_AGAIN_MS, reason }
}

/** What a failed call means to what waits for it: nothing of it is ever given up. */
export function deliveryOf(failure: MetaFailure): Delivery {
  if (failure.kind === 'later') return { result: 'later', at: failure.at, reason: failure.code }
  if (failure.kind === 'transient') return { result: 'unreachable', reason: `META_${failure.code}` }
  return waitFor(reasonOf(failure))
}
