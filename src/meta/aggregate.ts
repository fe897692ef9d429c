import { z } from 'zod'
import { log } from '../log.ts'
import { dayOf, lastDays, monthsBefore, type Period, slicesOf } from '../period.ts'
import { type Totals, totalsOf } from '../statistics.ts'
import {
  addInsights,
  countInsights,
  deleteInsights,
  findUnsettled,
  markRead,
  sumInsights,
  upsertInsights,
} from '../store/insights.ts'
import { findProject, listProjects, type Project } from '../store/projects.ts'
import { startOnce } from '../start-once.ts'
import { connectionOf } from '../stubs.ts'
import { isoTime } from '../time.ts'
import type { MetaAnswer } from './answer.ts'
import { insightOf, type RunProgress } from './insights.ts'
import type { InsightRow } from './replies.ts'

/** So many days back Meta still changes what it reported (Meta: insights best practices). */
export const RESTATED_DAYS = 28

/** So many months back Meta keeps insights (Meta: insights, error 3018). */
export const KEPT_MONTHS = 37

/** So many days are asked for at once; more of them are a question of their own. */
const DAYS_AT_ONCE = 90

/** The last aggregated totals; under `meta:stats:last` those of all projects together. */
export interface Snapshot {
  from: string
  to: string
  totals: Totals
  updatedAt: string
}

/** Where a snapshot lies in KV. */
export function snapshotKey(projectId?: string): string {
  return projectId === undefined ? 'meta:stats:last' : `meta:stats:last:${projectId}`
}

/** When Meta was last asked for a project's numbers; `null`: never. */
export async function lastReadAt(env: Env, projectId: string): Promise<string | null> {
  const stored = await env.KV_META.get(snapshotKey(projectId), 'json')
  return stored === null ? null : z.object({ updatedAt: z.string() }).parse(stored).updatedAt
}

/** A project whose numbers can be read. */
export interface Source {
  projectId: string
  connectionId: string
  accountId: string
  currency: string
  /** Of the ad account: it decides what a day is. */
  timezone: string
}

/** Where the numbers of a project come from; `null` while no ad account is connected. */
export async function sourceOf(env: Env, projectId: string): Promise<Source | null> {
  const project = await findProject(env.DB, projectId)
  return project && fullSource(project)
}

/** Which days are to be read: the last few of the ad account, or any. */
export type Wanted = { days: number } | { period: Period }

/**
 * The days that are to be read, in parts that are asked for one by one. With all that Meta still
 * changes come those that were not read since it has stopped to: last night's or, after an outage, more.
 */
export async function planOf(env: Env, source: Source, wanted: Wanted, now: number) {
  if ('period' in wanted) return slicesOf(wanted.period, DAYS_AT_ONCE)
  const { accountId, timezone } = source
  const { from, to } = lastDays(wanted.days, timezone, now)
  if (wanted.days < RESTATED_DAYS) return slicesOf({ from, to }, DAYS_AT_ONCE)
  const since = monthsBefore(KEPT_MONTHS, timezone, now)
  const unsettled = await findUnsettled(env.DB, { accountId, from: since, to: from })
  return slicesOf({ from: unsettled ?? from, to }, DAYS_AT_ONCE)
}

/** What one page of insights came to; `after`: where the next begins, `null` when this was the last. */
export interface ReadPage {
  read: number
  written: number
  after: string | null
  /** When it was asked for, ISO. */
  askedAt: string
}

/** Reads one page of insights, of a report when there is one, and writes what has changed. */
export async function readPage(
  env: Env,
  source: Source,
  { period, runId, after }: { period: Period; runId: string | null; after: string | null },
): Promise<MetaAnswer<ReadPage>> {
  const { connectionId, accountId, timezone } = source
  const now = Date.now()
  const connection = connectionOf(env, connectionId)
  const answer =
    runId === null
      ? await connection.readInsights({ accountId, period, after })
      : await connection.readInsightsRun({ accountId, runId, after })
  if (!answer.ok) return answer
  const { items, after: next } = answer.value
  // Yesterday is still being counted; what changes before it was told otherwise.
  const settled = dayOf(now - 86_400_000, timezone)
  const written = await upsertInsights(env.DB, accountId, items.map(insightOf), settled)
  return {
    ok: true,
    value: { read: items.length, written, after: next, askedAt: isoTime(now) },
  }
}

/** Has Meta begin a report of some days. */
export async function startRun(
  env: Env,
  { connectionId, accountId }: Source,
  period: Period,
): Promise<MetaAnswer<{ id: string }>> {
  return connectionOf(env, connectionId).startInsightsRun({ accountId, period })
}

/** How far a report is. */
export async function checkRun(
  env: Env,
  { connectionId, accountId }: Source,
  runId: string,
): Promise<MetaAnswer<{ progress: RunProgress }>> {
  return connectionOf(env, connectionId).checkInsightsRun({ accountId, runId })
}

/** Writes down that days were read to their end; gives how many rows of them we hold. */
export async function finishSlice(
  env: Env,
  { accountId }: Source,
  slice: Period,
  askedAt: string,
): Promise<number> {
  await markRead(env.DB, { accountId, ...slice }, askedAt)
  return countInsights(env.DB, { accountId, ...slice })
}

/** Meta takes back a row now and then, never a tenth of them: then it is the answer that lacks something. */
const MAX_TAKEN_BACK = 0.1

/**
 * Takes out the rows of some days that Meta does not report any more; gives how many. It happens so
 * rarely that the days are read once more for it.
 */
export async function dropTakenBack(
  env: Env,
  { connectionId, accountId }: Source,
  period: Period,
): Promise<number> {
  const before = isoTime()
  const kept: { date: string; campaignId: string }[] = []
  let after: string | null = null
  do {
    const answer: MetaAnswer<{ items: InsightRow[]; after: string | null }> = await connectionOf(
      env,
      connectionId,
    ).readInsights({ accountId, period, after })
    // They stay for now: the next reading of these days finds them again.
    if (!answer.ok) return 0
    for (const one of answer.value.items) {
      kept.push({ date: one.date_start, campaignId: one.campaign_id })
    }
    after = answer.value.after
  } while (after !== null)
  const held = await countInsights(env.DB, { accountId, ...period })
  if (held - kept.length > Math.max(1, held * MAX_TAKEN_BACK)) {
    log('error', 'meta.insights_missing', { count: held - kept.length })
    return 0
  }
  return deleteInsights(env.DB, { accountId, ...period }, kept, before)
}

/** Recomputes the totals of the last 28 days: of the projects of this account, and of all together. */
export async function writeSnapshots(
  env: Env,
  projectId: string,
  now: number,
): Promise<Totals | null> {
  const sources = (await listProjects(env.DB)).map(fullSource).filter((one) => one !== null)
  const source = sources.find((one) => one.projectId === projectId)
  if (!source) return null
  const ofAccount = sources.filter(({ accountId }) => accountId === source.accountId)
  const own = await Promise.all(
    ofAccount.map(async (one) => {
      const snapshot = await snapshotOf(env, [one], now, one.projectId)
      await env.KV_META.put(snapshotKey(one.projectId), JSON.stringify(snapshot))
      return { projectId: one.projectId, totals: snapshot.totals }
    }),
  )
  // Sums of different currencies would mean nothing: all together are those of this currency.
  const same = sources.filter(({ currency }) => currency === source.currency)
  await env.KV_META.put(snapshotKey(), JSON.stringify(await snapshotOf(env, same, now)))
  return own.find((one) => one.projectId === projectId)?.totals ?? null
}

async function snapshotOf(
  env: Env,
  sources: Source[],
  now: number,
  projectId?: string,
): Promise<Snapshot> {
  const [first] = sources
  if (!first) throw new Error('a snapshot of nothing')
  const periods = sources.map(({ timezone }) => lastDays(RESTATED_DAYS, timezone, now))
  const accounts = new Map(
    sources.map(({ accountId }, index) => [accountId, periods[index] as Period]),
  )
  const only = projectId === undefined ? {} : { projectId }
  const sums = await Promise.all(
    [...accounts].map(([accountId, period]) =>
      sumInsights(env.DB, { accountId, ...period, ...only }),
    ),
  )
  const all = addInsights(sums.map(({ totals }) => totals))
  const { from, to } = periods[0] as Period
  return { from, to, totals: totalsOf(all, first.currency), updatedAt: isoTime(now) }
}

function fullSource(project: Project): Source | null {
  const { id, connectionId, adAccountId, currency, accountTimezone } = project
  if (!connectionId || !adAccountId || !currency || !accountTimezone) return null
  return {
    projectId: id,
    connectionId,
    accountId: adAccountId,
    currency,
    timezone: accountTimezone,
  }
}

/** Starts reading days of a project; asked for twice within a minute it is one reading. */
export async function startAggregation(
  env: Env,
  projectId: string,
  wanted: Wanted,
  now: number,
): Promise<string> {
  const minute = Math.floor(now / 60_000)
  const id =
    'period' in wanted
      ? `insights_${projectId}_${short(wanted.period.from)}_${short(wanted.period.to)}_${minute.toString(36)}`
      : `insights_${projectId}_asked_${minute}`
  await startOnce(env.AGGREGATE_INSIGHTS, id, { projectId, ...wanted })
  return id
}

/** A day in four characters: Cloudflare takes ids of 64 at most. */
function short(date: string): string {
  return Math.floor(Date.parse(date) / 86_400_000).toString(36)
}
