import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { z } from 'zod'
import { type ReadPage, readPage, sourceOf, writeSnapshots } from '../src/meta/aggregate.ts'
import { lastDays } from '../src/period.ts'
import { RETRIES, valueOf } from '../src/steps.ts'

const paramsSchema = z.object({
  projectId: z.string(),
  /** How many days back, today of the ad account included. */
  days: z.int().min(1).max(1_000),
})

export type AggregateInsightsParams = z.infer<typeof paramsSchema>

export const STEPS = {
  read: (page: number) => `read page ${page}`,
  snapshot: 'write the snapshots',
} as const

/** Reads a project's insights from Meta, writes what has changed, and recomputes the totals. */
export class AggregateInsights extends WorkflowEntrypoint<Env, AggregateInsightsParams> {
  override async run(event: WorkflowEvent<AggregateInsightsParams>, step: WorkflowStep) {
    const { projectId, days } = paramsSchema.parse(event.payload)
    const startedAt = event.timestamp.getTime()
    let written = 0
    for (let page = 1, after: string | null = null; page === 1 || after !== null; page++) {
      const cursor: string | null = after
      const result: ReadPage = await step.do(STEPS.read(page), RETRIES, () =>
        this.#read(projectId, days, startedAt, cursor),
      )
      written += result.written
      after = result.after
    }
    await step.do(STEPS.snapshot, RETRIES, async () => {
      await writeSnapshots(this.env, projectId, startedAt)
    })
    return { written }
  }

  async #read(
    projectId: string,
    days: number,
    startedAt: number,
    after: string | null,
  ): Promise<ReadPage> {
    const source = await sourceOf(this.env, projectId)
    if (!source) throw new NonRetryableError('the project has no ad account')
    const period = lastDays(days, source.timezone, startedAt)
    return valueOf(await readPage(this.env, source, period, after))
  }
}
