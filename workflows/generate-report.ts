import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { z } from 'zod'
import { makeReportFile } from '../src/reports/make-file.ts'
import {
  findReport,
  setReportFailed,
  setReportReady,
  setReportUndelivered,
} from '../src/store/reports.ts'
import { conversationOf } from '../src/stubs.ts'
import { RETRIES } from '../src/steps.ts'

const paramsSchema = z.object({ reportId: z.uuid() })

export type GenerateReportParams = z.infer<typeof paramsSchema>

export const STEPS = {
  make: 'make the file',
  register: 'register the file',
  deliver: 'deliver the file',
  fail: 'register the failure',
  keep: 'register that it was not delivered',
} as const

/** Nobody orders a report twice because its chat could not be reached: for some four hours. */
const PATIENT = { ...RETRIES, retries: { ...RETRIES.retries, limit: 10 } }

/** Makes a report's file, keeps it in R2, and delivers it to its chat once. */
export class GenerateReport extends WorkflowEntrypoint<Env, GenerateReportParams> {
  override async run(event: WorkflowEvent<GenerateReportParams>, step: WorkflowStep) {
    const { reportId } = paramsSchema.parse(event.payload)
    const file = await this.#make(reportId, step).catch(async (error: unknown) => {
      const reason = reasonOf(error)
      await step.do(STEPS.fail, RETRIES, () => setReportFailed(this.env.DB, reportId, reason))
      throw error
    })
    await this.#deliver(reportId, step).catch(async (error: unknown) => {
      const reason = `NOT_DELIVERED: ${reasonOf(error)}`
      // The file is there all the same, for everybody who asks for it.
      await step.do(STEPS.keep, RETRIES, () => setReportUndelivered(this.env.DB, reportId, reason))
      throw error
    })
    return file
  }

  async #make(reportId: string, step: WorkflowStep) {
    const file = await step.do(STEPS.make, RETRIES, async () => {
      const report = await findReport(this.env.DB, reportId)
      if (!report) throw new NonRetryableError('there is no such report')
      return makeReportFile(this.env, report)
    })
    await step.do(STEPS.register, RETRIES, () => setReportReady(this.env.DB, reportId, file))
    return file
  }

  async #deliver(reportId: string, step: WorkflowStep): Promise<void> {
    await step.do(STEPS.deliver, PATIENT, async () => {
      const chatId = (await findReport(this.env.DB, reportId))?.chatId
      if (chatId) await conversationOf(this.env, chatId).sendReport(reportId)
    })
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'unknown'
}
