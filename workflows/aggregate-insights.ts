import { WorkflowEntrypoint, type WorkflowEvent, type WorkflowStep } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { z } from 'zod'
import {
  checkRun,
  dropTakenBack,
  finishSlice,
  planOf,
  type ReadPage,
  readPage,
  type Source,
  sourceOf,
  startRun,
  writeSnapshots,
} from '../src/meta/aggregate.ts'
import { log } from '../src/log.ts'
import type { MetaAnswer } from '../src/meta/answer.ts'
import type { RunProgress } from '../src/meta/insights.ts'
import { lengthOf, type Period, slicesOf } from '../src/period.ts'
import { RETRIES, valueOf } from '../src/steps.ts'
import { watchOf } from '../src/stubs.ts'

const period = z.object({ from: z.iso.date(), to: z.iso.date() })

const paramsSchema = z.intersection(
  z.object({ projectId: z.string() }),
  z.union([
    z.object({ period }),
    /** How many days back, today of the ad account included. */
    z.object({ days: z.int().min(1).max(1_000) }),
  ]),
)

export type AggregateInsightsParams = z.infer<typeof paramsSchema>

const named = (slice: Period) => `${slice.from} to ${slice.to}`

export const STEPS = {
  plan: 'which days to read',
  read: (slice: Period, page: number) => `read ${named(slice)}, page ${page}`,
  finish: (slice: Period) => `note that ${named(slice)} was read`,
  drop: (slice: Period) => `take out what Meta took back of ${named(slice)}`,
  startRun: (slice: Period, n: number) => `have report ${n} of ${named(slice)} made`,
  checkRun: (slice: Period, n: number, look: number) =>
    `look ${look} at report ${n} of ${named(slice)}`,
  readRun: (slice: Period, n: number, page: number) =>
    `read report ${n} of ${named(slice)}, page ${page}`,
  snapshot: 'write the snapshots',
  watch: 'look at what the project is watched for',
} as const

/** Meta's passing troubles: five times more, after 5, 10, 20, 40 and 80 seconds (Meta: error-handling). */
const ASKING = {
  retries: { limit: 5, delay: '5 seconds', backoff: 'exponential' },
  timeout: '5 minutes',
} as const

/** Every try may begin another report. */
const STARTING = {
  ...ASKING,
  retries: { ...ASKING.retries, limit: 1, delay: '30 seconds' },
} as const

/** How long Meta may have us wait in all: a reading of today is overtaken by that of the next hour. */
const PATIENCE_MS = { short: 45 * 60_000, long: 12 * 3_600_000 }

/** Seconds between looks at a report: an hour in all. One that takes longer is made in halves. */
const LOOKS_AFTER_S = [10, 20, 40, 80, 160, ...Array.from({ length: 11 }, () => 300)]

/** A report that failed is made once more, then in halves; of so many in all none helps. */
const MAX_RUNS = 2
const MAX_RUNS_IN_ALL = 32

/** What Meta answered; `wait`: it has to be asked again later; `too_much`: in another way. */
type Asked<Value> = { is: 'value'; value: Value } | { is: 'too_much' }
type Step<Value> = Asked<Value> | { is: 'wait'; ms: number; code: string }

/** Reads a project's insights from Meta, writes what has changed, and recomputes the totals. */
export class AggregateInsights extends WorkflowEntrypoint<Env, AggregateInsightsParams> {
  override async run(event: WorkflowEvent<AggregateInsightsParams>, step: WorkflowStep) {
    const params = paramsSchema.parse(event.payload)
    const startedAt = event.timestamp.getTime()
    const plan: Period[] = await step.do(STEPS.plan, RETRIES, async () =>
      planOf(this.env, await this.#source(params.projectId), params, startedAt),
    )
    const isShort = plan.every((slice) => lengthOf(slice) <= 2)
    const reading = new Reading(
      step,
      this.env,
      () => this.#source(params.projectId),
      isShort ? PATIENCE_MS.short : PATIENCE_MS.long,
    )
    for (let slice = plan.shift(); slice; slice = plan.shift()) {
      if ((await reading.readSlice(slice)) === 'split') {
        plan.unshift(...slicesOf(slice, Math.ceil(lengthOf(slice) / 2)))
      }
    }
    await step.do(STEPS.snapshot, RETRIES, async () => {
      await writeSnapshots(this.env, params.projectId, startedAt)
    })
    // The numbers are written: should the look fail, the next tick looks again.
    await step.do(STEPS.watch, async () => {
      await watchOf(this.env, params.projectId).look().catch(logged)
    })
    return { written: reading.written }
  }

  async #source(projectId: string): Promise<Source> {
    const source = await sourceOf(this.env, projectId)
    if (!source) throw new NonRetryableError('the project has no ad account')
    return source
  }
}

/** One reading of insights; everything it knows follows from the results of its steps. */
class Reading {
  readonly #step: WorkflowStep
  readonly #env: Env
  readonly #source: () => Promise<Source>
  #patienceMs: number
  #runs = 0
  written = 0

  constructor(step: WorkflowStep, env: Env, source: () => Promise<Source>, patienceMs: number) {
    this.#step = step
    this.#env = env
    this.#source = source
    this.#patienceMs = patienceMs
  }

  /** Reads some days, as a report when they are too much at once; `split`: they are too much even so. */
  async readSlice(slice: Period): Promise<'done' | 'split'> {
    const isRead = await this.#readPages(slice, null, (page) => STEPS.read(slice, page))
    if (isRead) return 'done'
    for (let n = 1; n <= MAX_RUNS; n++) {
      if (++this.#runs > MAX_RUNS_IN_ALL) break
      const run = await this.#ask(STEPS.startRun(slice, n), STARTING, async () =>
        startRun(this.#env, await this.#source(), slice),
      )
      if (run.is === 'too_much') break
      const progress = await this.#waitFor(slice, n, run.value.id)
      if (progress === 'done') {
        const name = (page: number) => STEPS.readRun(slice, n, page)
        if (await this.#readPages(slice, run.value.id, name)) return 'done'
      }
      // What is too large, or hangs, does so again: only less of it can be had.
      if (progress !== 'failed') break
    }
    if (lengthOf(slice) > 1 && this.#runs < MAX_RUNS_IN_ALL) return 'split'
    throw new Error(`Meta has no report of ${slice.from}`)
  }

  /** Reads page after page and notes that the days were read; false when a page is too much. */
  async #readPages(
    slice: Period,
    runId: string | null,
    name: (page: number) => string,
  ): Promise<boolean> {
    let askedAt: string | null = null
    let read = 0
    for (let page = 1, after: string | null = null; page === 1 || after !== null; page++) {
      const cursor: string | null = after
      const asked: Asked<ReadPage> = await this.#ask(name(page), ASKING, async () =>
        readPage(this.#env, await this.#source(), { period: slice, runId, after: cursor }),
      )
      if (asked.is === 'too_much') return false
      this.written += asked.value.written
      read += asked.value.read
      after = asked.value.after
      askedAt ??= asked.value.askedAt
    }
    const held = await this.#step.do(STEPS.finish(slice), RETRIES, async () =>
      finishSlice(this.#env, await this.#source(), slice, askedAt ?? ''),
    )
    if (held > read) {
      await this.#step.do(STEPS.drop(slice), ASKING, async () =>
        dropTakenBack(this.#env, await this.#source(), slice),
      )
    }
    return true
  }

  /** Looks at a report until it ends; one that has not after an hour is `running` still. */
  async #waitFor(slice: Period, n: number, runId: string): Promise<RunProgress> {
    for (const [look, seconds] of LOOKS_AFTER_S.entries()) {
      const name = STEPS.checkRun(slice, n, look + 1)
      await this.#wait(`before ${name}`, seconds * 1_000, 'report')
      const asked = await this.#ask(name, ASKING, async () =>
        checkRun(this.#env, await this.#source(), runId),
      )
      if (asked.is === 'too_much') return 'too_large'
      if (asked.value.progress !== 'running') return asked.value.progress
    }
    return 'running'
  }

  /** Asks Meta in a step, and again when it has had us wait. */
  async #ask<Value>(
    name: string,
    config: typeof ASKING | typeof STARTING,
    act: () => Promise<MetaAnswer<Value>>,
  ): Promise<Asked<Value>> {
    for (let n = 1; ; n++) {
      const asked = await this.#do(n === 1 ? name : `${name}, time ${n}`, config, act)
      if (asked.is !== 'wait') return asked
      await this.#wait(`before ${name}, time ${n + 1}`, asked.ms, asked.code)
    }
  }

  async #wait(name: string, ms: number, code: string): Promise<void> {
    this.#patienceMs -= ms
    if (this.#patienceMs < 0) throw new Error(`Meta has us wait: ${code}`)
    await this.#step.sleep(name, ms)
  }

  async #do<Value>(
    name: string,
    config: typeof ASKING | typeof STARTING,
    act: () => Promise<MetaAnswer<Value>>,
  ): Promise<Step<Value>> {
    const result = await this.#step.do(name, config, async () => stepOf(await act()) as Plain)
    return result as Step<Value>
  }
}

function logged(error: unknown): void {
  log('warn', 'watch.not_looked', { error })
}

/** What all values of steps here are: plain data. */
type Plain = Record<string, string | number>

function stepOf<Value>(answer: MetaAnswer<Value>): Step<Value> {
  if (!answer.ok && answer.kind === 'too_much') return { is: 'too_much' }
  if (!answer.ok && answer.kind === 'later') {
    // A moment more, so that it is over for sure.
    const ms = Math.max(1_000, answer.at - Date.now() + 1_000)
    return { is: 'wait', ms, code: answer.code }
  }
  return { is: 'value', value: valueOf(answer) }
}
