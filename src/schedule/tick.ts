import { startReport } from '../reports/order.ts'
import { settingsOf } from '../settings.ts'
import { listConnections } from '../store/connections.ts'
import { listProjects } from '../store/projects.ts'
import { listStuckReports } from '../store/reports.ts'
import { deleteExpiredSessions } from '../store/sessions.ts'
import { startOnce } from '../start-once.ts'
import { connectionOf, conversationOf, pageOf } from '../stubs.ts'
import { isoTime } from '../time.ts'
import { checkWebhook } from './check-webhook.ts'
import { dueAt, type Start } from './due.ts'
import { sendSummaries } from './send-summaries.ts'

const STUCK_AFTER_MS = 10 * 60_000

/** Does what a five-minute tick is for; `tick` is the time it was meant for, ms. */
export async function onTick(env: Env, tick: number): Promise<void> {
  const settings = settingsOf(env)
  await Promise.all([
    settings.meta ? startDue(env, tick, settings.DEFAULT_TIMEZONE) : null,
    restartStuckReports(env, tick),
    deleteExpiredSessions(env.DB),
    sendSummaries(env, settings, tick),
    checkWebhook(env, settings, tick),
    kickAll(env),
  ])
}

/** Wakes the objects that owe most, in case an alarm of theirs was lost. */
async function kickAll(env: Env): Promise<void> {
  const [projects, connections] = await Promise.all([listProjects(env.DB), listConnections(env.DB)])
  const chats = new Set(projects.flatMap(({ chatId }) => chatId ?? []))
  const pages = new Set(connections.flatMap((connection) => connection.pages.map(({ id }) => id)))
  await Promise.all([
    ...[...chats].map((id) => conversationOf(env, id).kick()),
    ...[...pages].map((id) => pageOf(env, id).kick()),
    ...connections.map(({ id }) => connectionOf(env, id).kick()),
  ])
}

async function startDue(env: Env, tick: number, timezone: string): Promise<void> {
  const [projects, connections] = await Promise.all([listProjects(env.DB), listConnections(env.DB)])
  const starts = dueAt(tick, {
    projects: projects.flatMap(({ id, adAccountId, connectionId, accountTimezone }) =>
      adAccountId && connectionId && accountTimezone ? [{ id, timezone: accountTimezone }] : [],
    ),
    connections: connections.map(({ id, pages }) => ({
      id,
      pageIds: pages.map((page) => page.id),
    })),
    timezone,
  })
  await Promise.all(starts.map((due) => start(env, due)))
}

async function start(env: Env, { workflow, id, params }: Start): Promise<void> {
  switch (workflow) {
    case 'AGGREGATE_INSIGHTS':
      return startOnce(env.AGGREGATE_INSIGHTS, id, params)
    case 'RENEW_META_TOKEN':
      return startOnce(env.RENEW_META_TOKEN, id, params)
    case 'RECONCILE_LEADS':
      return startOnce(env.RECONCILE_LEADS, id, params)
  }
}

async function restartStuckReports(env: Env, tick: number): Promise<void> {
  const stuck = await listStuckReports(env.DB, isoTime(tick - STUCK_AFTER_MS))
  for (const { id } of stuck) {
    const instance = await env.GENERATE_REPORT.get(`report_${id}`).catch(() => null)
    // Its steps may be done twice: the file, its row and its delivery stay one.
    await (instance ? instance.restart() : startReport(env, id))
  }
}
