import { type Core, nextNumber } from '../core.ts'
import type { Edges } from '../graph/call.ts'
import { graphError } from '../graph/errors.ts'
import { select } from '../graph/fields.ts'
import { Params } from '../graph/params.ts'
import { needAds } from '../login/access.ts'
import type { Report } from '../state.ts'
import { answer, queryOf, type Scope } from './answer.ts'

const REPORT_LIFE_MS = 30 * 86_400_000
const DEFAULT_DURATION_MS = 3000
const SECRETS = ['access_token', 'appsecret_proof']

// The last stage is a trap of the real thing: Completed is done only together with 100 percent.
const STAGES = [
  { from: 0, status: 'Job Not Started', percent: 0 },
  { from: 0.1, status: 'Job Started', percent: 0 },
  { from: 0.25, status: 'Job Running', percent: 20 },
  { from: 0.6, status: 'Job Running', percent: 70 },
  { from: 0.9, status: 'Job Completed', percent: 99 },
  { from: 1, status: 'Job Completed', percent: 100 },
] as const

const ENDS = {
  fails: {
    async_status: 'Job Failed',
    error_code: -2,
    error_subcode: 2490547,
    error_message: 'The report run failed',
    error_user_title: 'Report failed',
    error_user_msg: 'Something went wrong while your report was made. Please try again.',
  },
  too_large: {
    async_status: 'Job Failed',
    error_code: -3,
    error_subcode: 1504045,
    error_message: 'The report is too large',
    error_user_title: 'Too much data',
    error_user_msg: 'Reduce the amount of data you are asking for.',
  },
  skips: { async_status: 'Job Skipped' },
} as const

/** How far a report is at a moment. */
function progress(report: Report, now: number) {
  const share = report.durationMs === 0 ? 1 : (now - report.createdAt) / report.durationMs
  const { outcome } = report
  if (outcome === 'stalls') return { async_status: 'Job Running', async_percent_completion: 0 }
  const stage = STAGES.findLast(({ from }) => share >= from) ?? STAGES[0]
  if (outcome !== 'completes' && share >= 1) {
    return { ...ENDS[outcome], async_percent_completion: 70 }
  }
  return { async_status: stage.status, async_percent_completion: stage.percent }
}

/** `POST insights`: checks the question, and promises an answer. */
export function startReport(core: Core, scope: Scope, params: Params) {
  queryOf(core, scope, params)
  const report: Report = {
    id: String(6023920149050 + nextNumber(core.state, 'report')),
    accountId: scope.accountId,
    nodeId: scope.id,
    params: Object.fromEntries(params.entries().filter(([name]) => !SECRETS.includes(name))),
    createdAt: core.now(),
    durationMs: DEFAULT_DURATION_MS,
    outcome: 'completes',
    hiddenFor: 0,
    ...core.state.nextReports.shift(),
  }
  core.state.reports.push(report)
  core.changed()
  return { report_run_id: report.id }
}

/** A report run: its progress, and its rows once it is done. */
export function reportEdges(core: Core, scopeOf: (report: Report) => Scope): Edges<Report> {
  return {
    GET: (report, call) => {
      needAds(core, call)
      if (report.hiddenFor > 0) {
        report.hiddenFor -= 1
        throw graphError(100, 33)
      }
      return select('report', reportNode(core, scopeOf(report), report), call, REPORT_DEFAULTS)
    },
    'GET insights': (report, call) => {
      needAds(core, call)
      const { async_status, async_percent_completion } = progress(report, core.now())
      if (async_status !== 'Job Completed' || async_percent_completion < 100) {
        throw graphError(2601, 1815107)
      }
      const scope = scopeOf(report)
      const finishedAt = report.createdAt + report.durationMs
      return answer(core, scope, reportQuery(core, scope, report), finishedAt, call)
    },
  }
}

/** A report that was started in the last 30 days. */
export function findReport(core: Core, id: string): Report | undefined {
  const report = core.state.reports.find((report) => report.id === id)
  return report && core.now() - report.createdAt < REPORT_LIFE_MS ? report : undefined
}

const REPORT_DEFAULTS = [
  'account_id',
  'time_ref',
  'time_completed',
  'async_status',
  'async_percent_completion',
  'date_start',
  'date_stop',
  'error_code',
  'error_subcode',
  'error_message',
  'error_user_title',
  'error_user_msg',
]

function reportNode(core: Core, scope: Scope, report: Report) {
  const state = progress(report, core.now())
  const ranges = reportQuery(core, scope, report).ranges
  const finished = state.async_percent_completion === 100
  return {
    id: report.id,
    account_id: report.accountId,
    time_ref: Math.floor(report.createdAt / 1000),
    ...(finished
      ? { time_completed: Math.floor((report.createdAt + report.durationMs) / 1000) }
      : {}),
    ...state,
    date_start: ranges[0]?.since,
    date_stop: ranges.at(-1)?.until,
  }
}

function reportQuery(core: Core, scope: Scope, report: Report) {
  return queryOf(
    { ...core, now: () => report.createdAt },
    scope,
    new Params(Object.entries(report.params)),
  )
}
