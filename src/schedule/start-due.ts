import { log } from '../log.ts'
import { startAll } from '../start-once.ts'
import { listConnections } from '../store/connections.ts'
import { listProjects } from '../store/projects.ts'
import { dueAt, type Known, type Start } from './due.ts'

const TICK_MS = 5 * 60_000
const HOUR_MS = 60 * 60_000

/** Starts the workflows that are due at a tick; a connection that is dead has nothing to do. */
export async function startDue(env: Env, tick: number, timezone: string): Promise<void> {
  const starts = dueAt(tick, await knownOf(env, timezone))
  const failed = await Promise.all([
    startThose(env.AGGREGATE_INSIGHTS, starts.filter(isAggregation), tick),
    startThose(env.RENEW_META_TOKEN, starts.filter(isRenewal), tick),
    startThose(env.RECONCILE_LEADS, starts.filter(isReconciliation), tick),
  ])
  const count = failed.reduce((sum, n) => sum + n, 0)
  // Only now: the next tick asks again for what did not start.
  if (count > 0) throw new Error(`${count} workflows did not start`)
}

async function knownOf(env: Env, timezone: string): Promise<Known> {
  const [projects, all] = await Promise.all([listProjects(env.DB), listConnections(env.DB)])
  const connections = all.filter(({ state }) => state === 'alive')
  const alive = new Set(connections.map(({ id }) => id))
  return {
    projects: projects.flatMap(({ id, adAccountId, connectionId, accountTimezone }) =>
      adAccountId && connectionId && alive.has(connectionId) && accountTimezone
        ? [{ id, accountId: adAccountId, timezone: accountTimezone }]
        : [],
    ),
    connections: connections.map(({ id, pages, checkedAt }) => ({
      id,
      pageIds: pages.map((page) => page.id),
      checkedAt,
    })),
    timezone,
  }
}

type StartOf<Name extends Start['workflow']> = Extract<Start, { workflow: Name }>

function isAggregation(start: Start): start is StartOf<'AGGREGATE_INSIGHTS'> {
  return start.workflow === 'AGGREGATE_INSIGHTS'
}

function isRenewal(start: Start): start is StartOf<'RENEW_META_TOKEN'> {
  return start.workflow === 'RENEW_META_TOKEN'
}

function isReconciliation(start: Start): start is StartOf<'RECONCILE_LEADS'> {
  return start.workflow === 'RECONCILE_LEADS'
}

/** Starts those of one workflow; gives how many did not start. */
async function startThose<Params>(
  workflow: Workflow<Params>,
  starts: { id: string; params: Params; isNightly?: true }[],
  tick: number,
): Promise<number> {
  const { before, failed } = await startAll(
    workflow,
    starts.map(({ id, params }) => ({ id, params })),
  )
  const nightly = new Set(starts.filter(({ isNightly }) => isNightly).map(({ id }) => id))
  const isFirstOfHour = tick % HOUR_MS < TICK_MS
  if (!isFirstOfHour) return failed
  const restarts = before.filter((id) => nightly.has(id)).map((id) => restartFailed(workflow, id))
  const rejected = (await Promise.allSettled(restarts)).filter(isRejected)
  for (const { reason } of rejected) log('error', 'workflow.not_restarted', { error: reason })
  return failed + rejected.length
}

/** What failed in the night is tried again every hour: its trouble may be over. */
async function restartFailed<Params>(workflow: Workflow<Params>, id: string): Promise<void> {
  const instance = await workflow.get(id)
  const { status } = await instance.status()
  if (status === 'errored') await instance.restart()
}

function isRejected(outcome: PromiseSettledResult<unknown>): outcome is PromiseRejectedResult {
  return outcome.status === 'rejected'
}
