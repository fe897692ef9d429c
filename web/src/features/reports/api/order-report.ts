import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Days } from '../../../days.ts'
import type { Report } from './get-reports.ts'

/** Orders a report; the same `key` again is the same report. */
export async function orderReport(
  projectId: string,
  { kind, period }: { kind: Report['kind']; period: Days },
  key: string,
): Promise<Report> {
  return answerOf(
    api.reports.$post(
      { json: { projectId, kind, period, format: 'csv' } },
      { headers: { 'Idempotency-Key': key } },
    ),
  )
}
