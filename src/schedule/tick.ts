import { sendConversions } from '../meta/send-conversions.ts'
import { startReport } from '../reports/order.ts'
import { settingsOf } from '../settings.ts'
import { listConnections } from '../store/connections.ts'
import { listProjects } from '../store/projects.ts'
import { listStuckReports } from '../store/reports.ts'
import { deleteExpiredSessions } from '../store/sessions.ts'
import { boardOf, connectionOf, conversationOf, pageOf } from '../stubs.ts'
import { isoTime } from '../time.ts'
import { checkCommands } from './check-commands.ts'
import { checkWebhook } from './check-webhook.ts'
import { wakeLeads, wakeStaff } from './round.ts'
import { sendSummaries } from './send-summaries.ts'
import { startDue } from './start-due.ts'
import { watchAll } from './watch-all.ts'

const STUCK_AFTER_MS = 10 * 60_000

/** Does what a five-minute tick is for; `tick` is the time it was meant for, ms. */
export async function onTick(env: Env, tick: number): Promise<void> {
  const settings = settingsOf(env)
  const outcomes = await Promise.allSettled([
    settings.meta ? startDue(env, tick, settings.DEFAULT_TIMEZONE) : null,
    sendConversions(env),
    restartStuckReports(env, tick),
    deleteExpiredSessions(env.DB),
    sendSummaries(env, settings, tick),
    checkWebhook(env, settings, tick),
    checkCommands(env, settings, tick),
    watchAll(env, tick),
    kickAll(env),
    wakeLeads(env, tick),
    wakeStaff(env, settings, tick),
  ])
  // Only now: what fails must not cut off the rest.
  const failed = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failed) throw failed.reason
}

/** Wakes the objects that owe most, in case an alarm of theirs was lost. */
async function kickAll(env: Env): Promise<void> {
  const [projects, connections] = await Promise.all([listProjects(env.DB), listConnections(env.DB)])
  const chats = new Set(projects.flatMap(({ chatId }) => chatId ?? []))
  const pages = new Set(connections.flatMap((connection) => connection.pages.map(({ id }) => id)))
  const kicks = await Promise.allSettled([
    ...[...chats].map((id) => conversationOf(env, id).kick()),
    ...[...pages].map((id) => pageOf(env, id).kick()),
    ...connections.map(({ id }) => connectionOf(env, id).tick()),
    ...projects.map(({ id }) => boardOf(env, id).kick()),
  ])
  // Only now: one that cannot be woken keeps back no other.
  const failed = kicks.find((kick) => kick.status === 'rejected')
  if (failed) throw failed.reason
}

async function restartStuckReports(env: Env, tick: number): Promise<void> {
  const stuck = await listStuckReports(env.DB, isoTime(tick - STUCK_AFTER_MS))
  for (const { id } of stuck) {
    const instance = await env.GENERATE_REPORT.get(`report_${id}`).catch(() => null)
    if (!instance) await startReport(env, id)
    // One that tries again by itself would begin from the start, and so never come to its end.
    else if (HAS_GIVEN_UP.has((await instance.status()).status)) {
      // Its steps may be done twice: the file, its row and its delivery stay one.
      await instance.restart()
    }
  }
}

/** As Cloudflare calls an instance of a workflow that goes on no more by itself. */
const HAS_GIVEN_UP = new Set<InstanceStatus['status']>(['errored', 'terminated', 'unknown'])
