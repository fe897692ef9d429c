import { dayOf, hourOf } from '../period.ts'

/**
 * A workflow instance that a tick starts; its id says what it is for, so it starts once. A nightly
 * one that has failed is run again in a later hour.
 */
export type Start = { id: string; isNightly?: true } & (
  | { workflow: 'AGGREGATE_INSIGHTS'; params: { projectId: string; days: number } }
  | { workflow: 'RENEW_META_TOKEN'; params: { connectionId: string } }
  | { workflow: 'RECONCILE_LEADS'; params: { pageId: string; days: number; receipts?: boolean } }
)

export interface Known {
  /** Projects with an ad account, and its timezone, the oldest first. */
  projects: { id: string; accountId: string; timezone: string }[]
  /** Those that live, with when their token was last looked at. */
  connections: { id: string; pageIds: string[]; checkedAt: string | null }[]
  /** Of the Worker: what belongs to no project happens in its night. */
  timezone: string
}

const NIGHT_HOUR = 3
const RECONCILE_MS = 15 * 60_000

/**
 * Everything that is due at a tick, by the tick's own time: every tick asks again for all of its
 * hour, quarter and night, so that one that was skipped is made up for by the next.
 */
export function dueAt(tick: number, { projects, connections, timezone }: Known): Start[] {
  return [
    // An account that several projects share is read once, for all of them.
    ...[...Map.groupBy(projects, ({ accountId }) => accountId).values()].flatMap(([first]) =>
      first ? insightsDue(tick, first) : [],
    ),
    ...connections.flatMap((connection) => connectionDue(tick, connection, timezone)),
  ]
}

function insightsDue(tick: number, { id, timezone }: { id: string; timezone: string }): Start[] {
  const workflow = 'AGGREGATE_INSIGHTS'
  const starts: Start[] = [
    { workflow, id: `insights_${id}_${hourName(tick)}`, params: { projectId: id, days: 2 } },
  ]
  if (hourOf(tick, timezone) >= NIGHT_HOUR) {
    const night = compact(dayOf(tick, timezone))
    const params = { projectId: id, days: 28 }
    starts.push({ workflow, id: `insights28_${id}_${night}`, params, isNightly: true })
  }
  return starts
}

function connectionDue(
  tick: number,
  { id, pageIds, checkedAt }: Known['connections'][number],
  timezone: string,
): Start[] {
  const day = compact(dayOf(tick, timezone))
  const quarter = Math.floor(tick / RECONCILE_MS)
  const isNight = hourOf(tick, timezone) >= NIGHT_HOUR
  const isChecked =
    Boolean(checkedAt) && day === compact(dayOf(Date.parse(checkedAt ?? ''), timezone))
  return [
    // Every hour of the day until it succeeds.
    ...(isChecked ? [] : [renewal(id, tick)]),
    ...pageIds.flatMap((pageId): Start[] => {
      const workflow = 'RECONCILE_LEADS'
      const often = {
        workflow,
        id: `reconcile_${pageId}_${quarter}`,
        params: { pageId, days: 1 },
      } as const
      const nightly = {
        workflow,
        id: `reconcile7_${pageId}_${day}`,
        params: { pageId, days: 7, receipts: true },
        isNightly: true,
      } as const
      return isNight ? [often, nightly] : [often]
    }),
  ]
}

function renewal(connectionId: string, tick: number): Start {
  const id = `renew_${connectionId}_${hourName(tick)}`
  return { workflow: 'RENEW_META_TOKEN', id, params: { connectionId } }
}

function hourName(tick: number): string {
  return new Date(tick).toISOString().slice(0, 13).replace(/\D/g, '')
}

function compact(day: string): string {
  return day.replaceAll('-', '')
}
