import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { z } from 'zod'
import type { Reconciled } from '../objects/page/page.ts'
import { readingStart } from '../src/meta/reading-start.ts'
import type { Tally } from '../src/store/receipts.ts'
import { pageOf } from '../src/stubs.ts'
import { RETRIES, valueOf } from '../src/steps.ts'

const paramsSchema = z.object({
  pageId: z.string(),
  /** How many days before now are read anyway; the rest from where the last reading ended. */
  days: z.int().min(1).max(90),
  /** Whether it is counted afterwards what Meta has and what became of it here. */
  receipts: z.boolean().default(false),
})

export type ReconcileLeadsParams = z.input<typeof paramsSchema>

export const STEPS = {
  forms: 'list the forms',
  begin: (formId: string) => `where to read form ${formId} from`,
  read: (formId: string, page: number) => `read form ${formId}, page ${page}`,
  finish: (formId: string) => `form ${formId} is read`,
  make: 'make leads of what was missing',
  look: (round: number) => `look ${round} at cards that wait`,
  settle: (round: number) => `cards are sent, ${round}`,
  count: (formId: string, page: number) => `count form ${formId}, page ${page}`,
  receipts: 'give receipts',
} as const

const DAY_S = 86_400

/** What came in the last minute may still be on its way to the managers. */
const SETTLED_S = 60

/** In half an hour a group is shown some five hundred leads; what waits longer is not shown. */
const MAX_LOOKS = 30

/** Compares what Meta has of a page's leads with what we hold, and takes in what is missing. */
export class ReconcileLeads extends WorkflowEntrypoint<Env, ReconcileLeadsParams> {
  override async run(event: WorkflowEvent<ReconcileLeadsParams>, step: WorkflowStep) {
    const { pageId, days, receipts } = paramsSchema.parse(event.payload)
    const startedAt = Math.floor(event.timestamp.getTime() / 1000)
    const forms = await step.do(STEPS.forms, RETRIES, async () =>
      valueOf(await pageOf(this.env, pageId).formsDue()),
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
    if (receipts && forms.length > 0) {
      await this.#settle(step, pageId)
      await this.#giveReceipts(step, { pageId, forms, startedAt, days })
    }
    return { missing }
  }

  async #readForm(
    step: WorkflowStep,
    { pageId, formId, startedAt, days }: Reading,
  ): Promise<number> {
    const page = () => pageOf(this.env, pageId)
    // Asked once: where it ends a page of the list belongs to where the list began.
    const since = await step.do(STEPS.begin(formId), RETRIES, async () =>
      readingStart(await page().readTo(formId), startedAt, days),
    )
    let missing = 0
    for (let number = 1, after: string | null = null; number === 1 || after !== null; number++) {
      const cursor: string | null = after
      const result: Reconciled = await step.do(STEPS.read(formId, number), RETRIES, async () =>
        valueOf(await page().reconcile({ formId, since, after: cursor })),
      )
      missing += result.missing
      after = result.after
    }
    // Only now: had anything of it failed, the next run would begin where this one did.
    await step.do(STEPS.finish(formId), RETRIES, () => page().setReadTo(formId, startedAt))
    return missing
  }

  /** What was missing is made, and cards get the time to reach their chats, at a group's pace. */
  async #settle(step: WorkflowStep, pageId: string): Promise<void> {
    const page = () => pageOf(this.env, pageId)
    await step.do(STEPS.make, RETRIES, async () => {
      await page().kick()
    })
    for (let round = 1; round <= MAX_LOOKS; round++) {
      const waiting = await step.do(STEPS.look(round), RETRIES, () => page().cardsWaiting())
      if (waiting === 0) return
      await step.sleep(STEPS.settle(round), '1 minute')
    }
  }

  /** Of forms that were all read: a day that lacks one would seem to have fewer leads than it has. */
  async #giveReceipts(
    step: WorkflowStep,
    { pageId, forms, startedAt, days }: Omit<Reading, 'formId'> & { forms: string[] },
  ): Promise<void> {
    const since = startedAt - days * DAY_S
    const until = startedAt - SETTLED_S
    const all: Tally[] = []
    for (const formId of forms) {
      for (let number = 1, after: string | null = null; number === 1 || after !== null; number++) {
        const cursor: string | null = after
        const counted: { tallies: Tally[]; after: string | null } = await step.do(
          STEPS.count(formId, number),
          RETRIES,
          async () =>
            valueOf(await pageOf(this.env, pageId).count({ formId, since, until, after: cursor })),
        )
        all.push(...counted.tallies)
        after = counted.after
      }
    }
    await step.do(STEPS.receipts, RETRIES, () =>
      pageOf(this.env, pageId).giveReceipts(all, since, until),
    )
  }
}

interface Reading {
  pageId: string
  formId: string
  /** Epoch seconds. */
  startedAt: number
  days: number
}
