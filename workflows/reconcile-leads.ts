import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { z } from 'zod'
import type { Reconciled } from '../objects/page/page.ts'
import { pageOf } from '../src/stubs.ts'
import { RETRIES, valueOf } from '../src/steps.ts'

const paramsSchema = z.object({
  pageId: z.string(),
  /** How many days before now are read anyway; the rest from where the last reading ended. */
  days: z.int().min(1).max(90),
})

export type ReconcileLeadsParams = z.infer<typeof paramsSchema>

export const STEPS = {
  forms: 'list the forms',
  read: (formId: string, page: number) => `read form ${formId}, page ${page}`,
  finish: (formId: string) => `form ${formId} is read`,
} as const

const DAY_S = 86_400

/** Compares what Meta has of a page's leads with what we hold, and takes in what is missing. */
export class ReconcileLeads extends WorkflowEntrypoint<Env, ReconcileLeadsParams> {
  override async run(event: WorkflowEvent<ReconcileLeadsParams>, step: WorkflowStep) {
    const { pageId, days } = paramsSchema.parse(event.payload)
    const startedAt = Math.floor(event.timestamp.getTime() / 1000)
    const forms = await step.do(STEPS.forms, RETRIES, async () =>
      valueOf(await pageOf(this.env, pageId).listForms()),
    )
    let missing = 0
    const failed: string[] = []
    for (const formId of forms) {
      try {
        missing += await this.#readForm(step, { pageId, formId, startedAt, days })
      } catch (error) {
        // One form that cannot be read holds up no other; what failed is said at the end.
        failed.push(`${formId} (${error instanceof Error ? error.message : 'unknown'})`)
      }
    }
    if (failed.length > 0) throw new Error(`forms not read: ${failed.join(', ')}`)
    return { missing }
  }

  async #readForm(
    step: WorkflowStep,
    { pageId, formId, startedAt, days }: Reading,
  ): Promise<number> {
    const page = () => pageOf(this.env, pageId)
    let missing = 0
    for (let number = 1, after: string | null = null; number === 1 || after !== null; number++) {
      const cursor: string | null = after
      const result: Reconciled = await step.do(STEPS.read(formId, number), RETRIES, async () => {
        const since = sinceOf(await page().readTo(formId), startedAt, days)
        return valueOf(await page().reconcile({ formId, since, after: cursor }))
      })
      missing += result.missing
      after = result.after
    }
    // Only now: had anything of it failed, the next run would begin where this one did.
    await step.do(STEPS.finish(formId), RETRIES, () => page().setReadTo(formId, startedAt))
    return missing
  }
}

interface Reading {
  pageId: string
  formId: string
  /** Epoch seconds. */
  startedAt: number
  days: number
}

/**
 * From the last reading, and `days` back at least: Meta may tell of a lead late. A form that was never
 * read is read from when the page was connected, which the page knows.
 */
function sinceOf(readTo: number, startedAt: number, days: number): number {
  return Math.min(readTo, startedAt - days * DAY_S)
}
