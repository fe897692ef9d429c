import { env, exports } from 'cloudflare:workers'
import { NonRetryableError } from 'cloudflare:workflows'
import { vi } from 'vitest'
import worker from '../../../src/index.ts'
import { AggregateInsights } from '../../../workflows/aggregate-insights.ts'
import { ReconcileLeads } from '../../../workflows/reconcile-leads.ts'
import { RenewMetaToken } from '../../../workflows/renew-meta-token.ts'
import type { VirtualClock } from './virtual-clock.ts'

const WORKFLOWS = {
  AGGREGATE_INSIGHTS: AggregateInsights,
  RECONCILE_LEADS: ReconcileLeads,
  RENEW_META_TOKEN: RenewMetaToken,
} as const

type Name = keyof typeof WORKFLOWS

interface Instance {
  name: Name
  id: string
  params: unknown
  startedAt: number
  status: 'queued' | 'running' | 'complete' | 'errored'
}

interface StepConfig {
  retries?: { limit: number; delay: string | number; backoff?: string }
}

/** What Workflows do with a step that says nothing of itself. */
const USUAL = { limit: 5, delay: '10 seconds', backoff: 'exponential' }

const UNITS_MS: Record<string, number> = { second: 1_000, minute: 60_000, hour: 3_600_000 }

/** Workflows: the number that an id is taken already. */
const ALREADY_EXISTS = 10405

/**
 * Carries out workflows by a virtual clock, in place of the engine of the platform: what the Worker
 * starts, whoever of it does, begins at once; steps are tried again after the delays that they name,
 * and sleeps pass when the clock gets there. An id starts once; one that failed can be restarted.
 * `isTwice`: whether a step is carried out once more although it went well, as happens when an engine
 * dies before it has written that down.
 */
export class WorkflowEngine {
  readonly #clock: VirtualClock
  readonly #isTwice: (step: string) => boolean
  readonly #instances = new Map<string, Instance>()

  constructor(clock: VirtualClock, isTwice: (step: string) => boolean) {
    this.#clock = clock
    this.#isTwice = isTwice
  }

  /** From now on what the Worker starts is carried out here. */
  takeOver(): void {
    for (const name of Object.keys(WORKFLOWS) as Name[]) this.#stand(name)
  }

  #stand(name: Name): void {
    const binding = env[name] as Workflow
    vi.spyOn(binding, 'createBatch').mockImplementation(async (batch) => {
      // Typed as a list; what is passed, and taken, is an object (see `startOnce`).
      const { instances } = batch as unknown as { instances: { id: string; params: unknown }[] }
      const errors = instances.flatMap(({ id, params }, index) => {
        if (this.#instances.has(id)) return [{ index, code: ALREADY_EXISTS, message: 'exists' }]
        this.#start({ name, id, params, startedAt: Date.now(), status: 'queued' })
        return []
      })
      return { instances: [], errors } as never
    })
    vi.spyOn(binding, 'get').mockImplementation(async (id) => {
      const one = this.#instances.get(id)
      if (!one) throw new Error('instance.not_found')
      return {
        status: async () => ({ status: one.status }),
        restart: async () => this.#start(one),
      } as never
    })
  }

  #start(instance: Instance): void {
    instance.status = 'queued'
    this.#instances.set(instance.id, instance)
    this.#clock.at(Date.now(), () => this.#run(instance))
  }

  async #run(instance: Instance): Promise<void> {
    instance.status = 'running'
    const { id: instanceId, params: payload, startedAt } = instance
    const event = { instanceId, payload, timestamp: new Date(startedAt) }
    try {
      const workflow = new WORKFLOWS[instance.name](await someContext(), env)
      await workflow.run(event as never, this.#steps() as never)
      instance.status = 'complete'
    } catch {
      // As at Cloudflare: whoever starts workflows looks at how they ended.
      instance.status = 'errored'
    }
  }

  #steps() {
    return {
      do: async (name: string, first: StepConfig | Body, second?: Body) =>
        typeof first === 'function'
          ? this.#do(name, {}, first)
          : this.#do(name, first, second as Body),
      sleep: async (_: string, duration: string | number) =>
        this.#clock.sleepUntil(Date.now() + msOf(duration)),
    }
  }

  async #do(name: string, { retries = USUAL }: StepConfig, body: Body): Promise<unknown> {
    for (let tries = 0; ; tries++) {
      try {
        const result = await body()
        return structuredClone(this.#isTwice(name) ? await body() : result)
      } catch (error) {
        if (error instanceof NonRetryableError || tries >= retries.limit) throw error
        const factor = retries.backoff === 'exponential' ? 2 ** tries : 1
        await this.#clock.sleepUntil(Date.now() + msOf(retries.delay) * factor)
      }
    }
  }
}

type Body = () => Promise<unknown>

function msOf(duration: string | number): number {
  if (typeof duration === 'number') return duration
  const [, count, unit] = /^(\d+) (second|minute|hour)s?$/.exec(duration) ?? []
  const ms = UNITS_MS[unit ?? '']
  if (ms === undefined) throw new Error(`how long is ${duration}?`)
  return Number(count) * ms
}

let context: ExecutionContext | null = null

/** Workflows are made with a context of the platform's own kind, and these ask nothing of it. */
async function someContext(): Promise<ExecutionContext> {
  if (context === null) {
    const spy = vi.spyOn(worker, 'fetch').mockImplementation((_request, _env, ctx) => {
      context = ctx as ExecutionContext
      return new Response()
    })
    await exports.default.fetch('https://targetbot.test/')
    spy.mockRestore()
  }
  if (context === null) throw new Error('no context was given')
  return context
}
