import type { MetaAnswer } from '../../src/meta/answer.ts'
import { progressOf, type RunProgress } from '../../src/meta/insights.ts'
import * as replies from '../../src/meta/replies.ts'
import { isTimedOut } from '../../src/meta/trouble.ts'
import type { Period } from '../../src/period.ts'
import type { Door } from './door.ts'

/** One page of insights; `after`: where the next begins, `null` when this was the last. */
export interface InsightsPage {
  items: replies.InsightRow[]
  after: string | null
}

interface Question {
  accountId: string
  period: Period
}

/** Sizes to ask for, each when the one before was too much data for Meta. */
const ROWS_A_PAGE = [200, 50, 10]

/** Deleted and archived campaigns have spent too; without this Meta leaves them out. */
const ALL_CAMPAIGNS = [
  {
    field: 'campaign.effective_status',
    operator: 'IN',
    value: ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED', 'IN_PROCESS', 'WITH_ISSUES'],
  },
]

/** One page of an account's insights, a row for every campaign and day. */
export async function readInsights(
  door: Door,
  { accountId, period, after }: Question & { after: string | null },
): Promise<MetaAnswer<InsightsPage>> {
  return readRows(door, accountId, `act_${accountId}/insights`, questionOf(period), after)
}

/**
 * Has Meta begin a report that it makes in its own time: for what is too much for one answer. Every
 * call is another report.
 */
export async function startRun(
  door: Door,
  { accountId, period }: Question,
): Promise<MetaAnswer<{ id: string }>> {
  const answer = await door.call(replies.reportStarted, 'user', accountId, {
    path: `act_${accountId}/insights`,
    method: 'POST',
    params: questionOf(period),
  })
  return answer.ok ? { ok: true, value: { id: answer.value.report_run_id } } : answer
}

/** How far a report is; one that Meta does not know yet has only just begun. */
export async function checkRun(
  door: Door,
  { accountId, runId }: { accountId: string; runId: string },
): Promise<MetaAnswer<{ progress: RunProgress }>> {
  const answer = await door.call(replies.reportRun, 'user', accountId, {
    path: runId,
    params: { fields: 'async_status,async_percent_completion,error_code,error_subcode' },
  })
  if (answer.ok) return { ok: true, value: { progress: progressOf(answer.value) } }
  return answer.kind === 'gone' ? { ok: true, value: { progress: 'running' } } : answer
}

/** One page of a report that is done. */
export async function readRun(
  door: Door,
  { accountId, runId, after }: { accountId: string; runId: string; after: string | null },
): Promise<MetaAnswer<InsightsPage>> {
  return readRows(door, accountId, `${runId}/insights`, {}, after)
}

function questionOf(period: Period): Record<string, string> {
  return {
    level: 'campaign',
    time_increment: '1',
    time_range: JSON.stringify({ since: period.from, until: period.to }),
    fields: replies.INSIGHT_FIELDS,
    filtering: JSON.stringify(ALL_CAMPAIGNS),
  }
}

async function readRows(
  door: Door,
  accountId: string,
  path: string,
  question: Record<string, string>,
  after: string | null,
): Promise<MetaAnswer<InsightsPage>> {
  let answer: MetaAnswer<InsightsPage> = { ok: false, kind: 'too_much', code: 'insights' }
  for (const limit of ROWS_A_PAGE) {
    answer = await door.call(replies.listReply(replies.insightRow), 'user', accountId, {
      path,
      params: { ...question, limit: String(limit), ...(after === null ? {} : { after }) },
    })
    // A question that takes Meta too long takes as long however few of its rows are asked for.
    if (answer.ok || answer.kind !== 'too_much' || isTimedOut(answer.code)) return answer
  }
  return answer
}
