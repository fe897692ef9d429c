import { v5 as uuidv5 } from 'uuid'
import { startOnce } from '../start-once.ts'
import { insertReport, type NewReport, type Report } from '../store/reports.ts'

/** Never changes: a report ordered twice with one reference is one report. */
const REPORT_NAMESPACE = '0b8c1a5e-33d1-5c2e-8f0b-7f9f0d8c2a44'

/** What is asked for; `ref` names the order: the same order again is the same report. */
export type ReportOrder = Omit<NewReport, 'id'> & { ref: string }

/** Registers a report and starts making it. */
export async function orderReport(
  env: Env,
  { ref, ...order }: ReportOrder,
): Promise<{ report: Report; isNew: boolean }> {
  const id = uuidv5(ref, REPORT_NAMESPACE)
  const ordered = await insertReport(env.DB, { ...order, id })
  if (ordered.report.state === 'queued') await startReport(env, id)
  return ordered
}

/** Starts the workflow of a report; one that is started already goes on as it is. */
export async function startReport(env: Env, id: string): Promise<void> {
  await startOnce(env.GENERATE_REPORT, `report_${id}`, { reportId: id })
}
