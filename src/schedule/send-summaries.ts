import type { DaySummary } from '../bot/summary.ts'
import type { Settings } from '../settings.ts'
import { totalsOf } from '../statistics.ts'
import { sumInsights } from '../store/insights.ts'
import { countActivity, countWaiting, listResponseTimes } from '../store/lead-counts.ts'
import { listProjects, placeOf, type Project } from '../store/projects.ts'
import { adminIds } from '../store/users.ts'
import { conversationOf } from '../stubs.ts'
import { dayOf } from '../period.ts'
import { isoTime } from '../time.ts'
import { type DueSummary, summariesDueAt } from './summaries.ts'

/** Tells each project's chat and the admins of its day, once, when the project's hour has come. */
export async function sendSummaries(env: Env, settings: Settings, tick: number): Promise<void> {
  const projects = await listProjects(env.DB)
  const due = summariesDueAt(
    tick,
    projects.map((project) => ({
      id: project.id,
      timezone: placeOf(project, settings).timezone,
      summaryHour: project.rules.summaryHour,
    })),
  )
  const sent = await Promise.allSettled(
    due.map(async (one) => {
      const project = projects.find(({ id }) => id === one.projectId)
      if (project) await sendOnce(env, settings, project, one)
    }),
  )
  // One that failed keeps back no other, and is tried again at the next tick.
  const failed = sent.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

/** Longer than a summary is worth sending. */
const REMEMBERED_S = 86_400

async function sendOnce(
  env: Env,
  settings: Settings,
  project: Project,
  due: DueSummary,
): Promise<void> {
  const key = `summary:${due.projectId}:${due.day}`
  // Saves asking again at every tick; that nobody is told twice is the conversations' own promise.
  if ((await env.KV_META.get(key)) !== null) return
  const summary = await summaryOf(env.DB, project, due)
  if (summary) {
    const { locale } = placeOf(project, settings)
    const { chatId, threadId } = project
    if (chatId) await conversationOf(env, chatId).tellSummary({ key, summary, threadId, locale })
    for (const admin of await adminIds(env.DB, settings)) {
      await conversationOf(env, admin).tellSummary({
        key,
        summary,
        threadId: null,
        locale: null,
      })
    }
  }
  await env.KV_META.put(key, '1', { expirationTtl: REMEMBERED_S })
}

/** `null` when nothing happened and nobody waits. */
async function summaryOf(
  db: D1Database,
  project: Project,
  { projectId, day, from, to }: DueSummary,
): Promise<DaySummary | null> {
  const span = { projectId, from: isoTime(from), to: isoTime(to) }
  const [activity, times, waiting, cost] = await Promise.all([
    countActivity(db, span),
    listResponseTimes(db, span),
    countWaiting(db, projectId),
    costOf(db, project, to),
  ])
  const { received, taken, won, lost } = activity
  if (received + taken + won + lost + waiting === 0) return null
  return {
    project: project.name,
    day,
    received,
    taken,
    won,
    lost,
    waiting,
    medianMs: medianOf(times),
    worstMs: times.at(-1) ?? null,
    cost,
  }
}

/** What the day's leads of Meta have cost so far, by the days of the ad account. */
async function costOf(
  db: D1Database,
  { id: projectId, adAccountId, accountTimezone, currency }: Project,
  to: number,
): Promise<DaySummary['cost']> {
  if (!adAccountId || !accountTimezone || !currency) return null
  const day = dayOf(to - 1, accountTimezone)
  const { totals } = await sumInsights(db, {
    accountId: adAccountId,
    projectId,
    from: day,
    to: day,
  })
  const { cpl, spend } = totalsOf(totals, currency)
  return cpl && { cpl, spend }
}

/** The middle one of sorted times; of two in the middle, what lies between them. */
export function medianOf(sorted: number[]): number | null {
  if (sorted.length === 0) return null
  const middle = (sorted.length - 1) / 2
  const low = sorted[Math.floor(middle)] ?? 0
  const high = sorted[Math.ceil(middle)] ?? 0
  return Math.round((low + high) / 2)
}
