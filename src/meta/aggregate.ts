import { z } from 'zod'
import { lastDays, type Period } from '../period.ts'
import { type Totals, totalsOf } from '../statistics.ts'
import { addInsights, sumInsights, upsertInsights } from '../store/insights.ts'
import { findProject, listProjects, type Project } from '../store/projects.ts'
import { startOnce } from '../start-once.ts'
import { connectionOf } from '../stubs.ts'
import { isoTime } from '../time.ts'
import type { MetaAnswer } from './answer.ts'
import { insightOf } from './insights.ts'

/** So many days back Meta still changes what it reported (Meta: insights best practices). */
export const RESTATED_DAYS = 28

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

/** What one page of insights came to; `after`: where the next begins, `null` when this was the last. */
export interface ReadPage {
  read: number
  written: number
  after: string | null
}

/** Reads one page of insights and writes what has changed. */
export async function readPage(
  env: Env,
  source: Source,
  period: Period,
  after: string | null,
): Promise<MetaAnswer<ReadPage>> {
  const { connectionId, accountId } = source
  const answer = await connectionOf(env, connectionId).readInsights({ accountId, period, after })
  if (!answer.ok) return answer
  const { items, after: next } = answer.value
  const written = await upsertInsights(env.DB, accountId, items.map(insightOf))
  return { ok: true, value: { read: items.length, written, after: next } }
}

/** Recomputes the totals of the last 28 days, of this project and of all together. */
export async function writeSnapshots(
  env: Env,
  projectId: string,
  now: number,
): Promise<Totals | null> {
  const source = await sourceOf(env, projectId)
  if (!source) return null
  const own = await snapshotOf(env, [source], now)
  await env.KV_META.put(snapshotKey(projectId), JSON.stringify(own))
  const sources = (await listProjects(env.DB)).map(fullSource).filter((one) => one !== null)
  // Sums of different currencies would mean nothing: all together are those of this currency.
  const same = sources.filter(({ currency }) => currency === source.currency)
  await env.KV_META.put(snapshotKey(), JSON.stringify(await snapshotOf(env, same, now)))
  return own.totals
}

async function snapshotOf(env: Env, sources: Source[], now: number): Promise<Snapshot> {
  const [first] = sources
  if (!first) throw new Error('a snapshot of nothing')
  const periods = sources.map(({ timezone }) => lastDays(RESTATED_DAYS, timezone, now))
  const accounts = new Map(
    sources.map(({ accountId }, index) => [accountId, periods[index] as Period]),
  )
  const sums = await Promise.all(
    [...accounts].map(([accountId, period]) => sumInsights(env.DB, { accountId, ...period })),
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

/** Starts reading the last `days` days; asked for twice within a minute it is one reading. */
export async function startAggregation(
  env: Env,
  projectId: string,
  days: number,
  now: number,
): Promise<string> {
  const id = `insights_${projectId}_asked_${Math.floor(now / 60_000)}`
  await startOnce(env.AGGREGATE_INSIGHTS, id, { projectId, days })
  return id
}
