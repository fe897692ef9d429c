import { dayOf, hourOf } from '../period.ts'

/** A workflow instance that a tick starts; its id says what it is for, so it starts once. */
export type Start =
  | { workflow: 'AGGREGATE_INSIGHTS'; id: string; params: { projectId: string; days: number } }
  | { workflow: 'RENEW_META_TOKEN'; id: string; params: { connectionId: string } }
  | { workflow: 'RECONCILE_LEADS'; id: string; params: { pageId: string; days: number } }

export interface Known {
  /** Projects with an ad account, and its timezone. */
  projects: { id: string; timezone: string }[]
  connections: { id: string; pageIds: string[] }[]
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
    ...projects.flatMap((project) => insightsDue(tick, project)),
    ...connections.flatMap((connection) => connectionDue(tick, connection, timezone)),
  ]
}

function insightsDue(tick: number, { id, timezone }: { id: string; timezone: string }): Start[] {
  const workflow = 'AGGREGATE_INSIGHTS'
  const hour = new Date(tick).toISOString().slice(0, 13).replace(/\D/g, '')
  const starts: Start[] = [
    { workflow, id: `insights_${id}_${hour}`, params: { projectId: id, days: 2 } },
  ]
  if (hourOf(tick, timezone) >= NIGHT_HOUR) {
    const night = compact(dayOf(tick, timezone))
    starts.push({ workflow, id: `insights28_${id}_${night}`, params: { projectId: id, days: 28 } })
  }
  return starts
}

function connectionDue(
  tick: number,
  { id, pageIds }: { id: string; pageIds: string[] },
  timezone: string,
): Start[] {
  const day = compact(dayOf(tick, timezone))
  const quarter = Math.floor(tick / RECONCILE_MS)
  const isNight = hourOf(tick, timezone) >= NIGHT_HOUR
  return [
    { workflow: 'RENEW_META_TOKEN', id: `renew_${id}_${day}`, params: { connectionId: id } },
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
        params: { pageId, days: 7 },
      } as const
      return isNight ? [often, nightly] : [often]
    }),
  ]
}

function compact(day: string): string {
  return day.replaceAll('-', '')
}
