import type { Arguments } from './arguments.ts'
import type { Clock } from './clock.ts'
import { afterFailure, headsOf } from './queues.ts'
import type { Switches } from './switches.ts'
import type { Watch } from './watch.ts'
import {
  type Delivery,
  type Failure,
  failureOf,
  type Outcome,
  readOutcome,
  webhookRequest,
} from './webhook-request.ts'
import { NO_WEBHOOK, type Pending, type Webhook, type World } from './world.ts'

const READ_TIMEOUT_MS = 60_000
const GONE_FOR_MS = 23 * 60 * 60 * 1000
const MAX_LOG = 20_000
const SLOW_START_AFTER_MS = 10_000

/** What the deliverer needs of the rest. */
interface Deps {
  world: World
  clock: Clock
  watch: Watch
  switches: Switches
  fetch: (request: Request) => Promise<Response>
  /** How long to wait after the n-th failure of an update; the first retry follows at once. */
  retryDelayMs: (fails: number) => number
  /** Carries out a method call that came in the answer of a webhook; its result is nobody's. */
  execute: (args: Arguments) => void
}

/**
 * Brings updates to the webhook. Updates of one queue go one after another, a failed one blocks
 * those behind it; different queues go at the same time, up to `max_connections`.
 */
export class Deliveries {
  readonly #deps: Deps
  readonly #closing = new AbortController()
  #alarm = new AbortController()
  readonly #busy = new Map<string, Pending>()
  readonly #log: Delivery[] = []
  #lastSuccessAt = 0
  #isFailing = false
  #goneSince = 0

  constructor(deps: Deps) {
    this.#deps = deps
    deps.watch.listen(() => this.#pump())
  }

  add(pending: Pending): void {
    this.#deps.world.pending.push(pending)
    this.#deps.watch.changed()
  }

  /** Every attempt so far; in a long run the oldest are forgotten. */
  get log(): readonly Delivery[] {
    return this.#log
  }

  /** Whether nothing is on its way, and nothing waits that could be brought. */
  get isIdle(): boolean {
    const { pending, webhook } = this.#deps.world
    return this.#busy.size === 0 && (pending.length === 0 || webhook.url === '')
  }

  close(): void {
    this.#closing.abort()
    this.#alarm.abort()
  }

  #pump(): void {
    const { world, switches } = this.#deps
    const { isDown, isHoldingUpdates } = switches.current
    const isStopped = isDown || isHoldingUpdates || this.#closing.signal.aborted
    if (world.webhook.url === '' || isStopped) return
    this.#dropExpired()
    for (const pending of this.#ready()) {
      if (this.#busy.size >= this.#connections()) break
      this.#busy.set(pending.queue, pending)
      void this.#bring(pending, world.webhook)
    }
    this.#wakeForNext()
  }

  /** One alarm is enough: for the first of those that wait to be brought again. */
  #wakeForNext(): void {
    const { world, clock } = this.#deps
    const now = clock.now()
    const later = headsOf(world.pending)
      .map(({ wakesAt }) => wakesAt)
      .filter((at) => at > now)
    this.#alarm.abort()
    if (later.length === 0) return
    this.#alarm = new AbortController()
    const { signal } = this.#alarm
    void clock.wait(Math.min(...later) - now, signal).then(() => !signal.aborted && this.#pump())
  }

  /** In trouble Telegram opens one connection at a time. */
  #connections(): number {
    const isSlow =
      this.#isFailing && this.#deps.clock.now() - this.#lastSuccessAt > SLOW_START_AFTER_MS
    return isSlow ? 1 : this.#deps.world.webhook.maxConnections
  }

  #ready(): Pending[] {
    const { world, clock, switches } = this.#deps
    const ready = headsOf(world.pending).filter(
      ({ queue, wakesAt }) => !this.#busy.has(queue) && wakesAt <= clock.now(),
    )
    return switches.current.isNewestFirst ? ready.toReversed() : ready
  }

  #dropExpired(): void {
    const { world, clock } = this.#deps
    const isLate = (pending: Pending) =>
      pending.expiresAt < clock.now() && this.#busy.get(pending.queue) !== pending
    world.pending = world.pending.filter((pending) => !isLate(pending))
  }

  async #bring(pending: Pending, webhook: Webhook): Promise<void> {
    const outcome = await this.#sendCopies(pending, webhook)
    this.#busy.delete(pending.queue)
    if (this.#closing.signal.aborted) return
    if (outcome.ok) this.#succeeded(pending, outcome.reply)
    else this.#failed(pending, outcome)
    this.#deps.watch.changed()
  }

  async #sendCopies(pending: Pending, webhook: Webhook): Promise<Outcome> {
    const { copies, areCopiesParallel } = this.#deps.switches.current
    const send = () => this.#logged(pending, webhook)
    if (areCopiesParallel) {
      const outcomes = await Promise.all(Array.from({ length: copies }, send))
      return outcomes.find(({ ok }) => !ok) ?? outcomes[0] ?? send()
    }
    let outcome = await send()
    for (let copy = 1; copy < copies && outcome.ok; copy++) outcome = await send()
    return outcome
  }

  async #logged(pending: Pending, webhook: Webhook): Promise<Outcome> {
    const delivery: Delivery = { update: pending.update, at: this.#deps.clock.now() }
    this.#log.push(delivery)
    if (this.#log.length > MAX_LOG) this.#log.shift()
    this.#deps.watch.changed()
    const outcome = await this.#send(pending, webhook)
    delivery.result = outcome.ok ? 'ok' : outcome.error
    return outcome
  }

  async #send(pending: Pending, webhook: Webhook): Promise<Outcome> {
    const { clock } = this.#deps
    const done = new AbortController()
    const timeout = new AbortController()
    const signal = AbortSignal.any([timeout.signal, this.#closing.signal])
    void clock.wait(READ_TIMEOUT_MS, done.signal).then(() => timeout.abort())
    try {
      return await readOutcome(await this.#deps.fetch(webhookRequest(pending, webhook, signal)))
    } catch (error) {
      return failureOf(error, timeout.signal.aborted)
    } finally {
      done.abort()
    }
  }

  #succeeded(pending: Pending, reply: Arguments | undefined): void {
    const { clock, switches } = this.#deps
    this.#lastSuccessAt = clock.now()
    this.#isFailing = false
    this.#goneSince = 0
    if (reply) this.#deps.execute(reply)
    if (switches.current.forgetsDelivered && !pending.wasForgotten) pending.wasForgotten = true
    else this.#remove(pending)
  }

  #failed(pending: Pending, outcome: Failure): void {
    const { world, clock, retryDelayMs } = this.#deps
    const now = clock.now()
    this.#isFailing = true
    world.webhook = { ...world.webhook, lastErrorAt: now, lastError: outcome.error }
    if (this.#isGoneForGood(outcome, now)) world.webhook = NO_WEBHOOK
    const again = afterFailure(pending, outcome, now, retryDelayMs)
    if (again) Object.assign(pending, again)
    else this.#remove(pending)
  }

  /** A webhook that says 410 for most of a day is deleted. */
  #isGoneForGood({ isGone }: Failure, now: number): boolean {
    if (!isGone) this.#goneSince = 0
    else this.#goneSince ||= now
    return Boolean(isGone) && now - this.#goneSince > GONE_FOR_MS
  }

  #remove(pending: Pending): void {
    this.#deps.world.pending = this.#deps.world.pending.filter((other) => other !== pending)
  }
}
