import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { z } from 'zod'
import { makeReportFile } from '../src/reports/make-file.ts'
import { findReport, setReportFailed, setReportReady } from '../src/store/reports.ts'
import { conversationOf } from '../src/stubs.ts'
import { RETRIES } from '../src/steps.ts'

const paramsSchema = z.object({ reportId: z.uuid() })

export type GenerateReportParams = z.infer<typeof paramsSchema>

export const STEPS = {
  make: 'make the file',
  register: 'register the file',
  deliver: 'deliver the file',
  fail: 'register the failure',
} as const

/** Makes a report's file, keeps it in R2, and delivers it to its chat once. */
export class GenerateReport extends WorkflowEntrypoint<Env, GenerateReportParams> {
  override async run(event: WorkflowEvent<GenerateReportParams>, step: WorkflowStep) {
    const { reportId } = paramsSchema.parse(event.payload)
    try {
      const file = await step.do(STEPS.make, RETRIES, async () => {
        const report = await findReport(this.env.DB, reportId)
        if (!report) throw new NonRetryableError('there is no such report')
        return makeReportFile(this.env, report)
      })
      await step.do(STEPS.register, RETRIES, () => setReportReady(this.env.DB, reportId, file))
      await step.do(STEPS.deliver, RETRIES, async () => {
        const chatId = (await findReport(this.env.DB, reportId))?.chatId
        if (chatId) await conversationOf(this.env, chatId).sendReport(reportId)
      })
      return file
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      await step.do(STEPS.fail, RETRIES, () => setReportFailed(this.env.DB, reportId, reason))
      throw error
    }
  }
}
