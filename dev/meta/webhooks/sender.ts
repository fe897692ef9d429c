import { type Core, nextNumber } from '../core.ts'
import type { Delivery } from '../state.ts'
import { signatureOf } from './body.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** Meta gives up 36 hours after the first attempt, and never speaks of the notification again. */
const GIVE_UP_AFTER_MS = 36 * HOUR

/** At once, then less and less often (Meta: webhooks getting-started; the exact steps are not published). */
export const RETRY_DELAYS: readonly number[] = [
  0,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  8 * HOUR,
  12 * HOUR,
]

const ANSWER_TIMEOUT_MS = 20_000
const AT_ONCE = 10
const KEPT = 100

/** How stubborn the sender is, and by what it sends. */
export interface SenderOptions {
  retryDelays: readonly number[]
  fetch: typeof fetch
}

/** Delivers notifications to the callback until it answers 200. */
export class Sender {
  readonly #core: Core
  readonly #options: SenderOptions
  readonly #inFlight = new Set<string>()
  readonly #closed = new AbortController()
  #timer: NodeJS.Timeout | undefined

  constructor(core: Core, options: SenderOptions) {
    this.#core = core
    this.#options = options
    this.#arm()
  }

  queue(draft: Pick<Delivery, 'body' | 'signature' | 'leadIds'>): string {
    const { state } = this.#core
    const now = this.#core.now()
    const id = `d${nextNumber(state, 'delivery')}`
    const fresh = { attempts: 0, queuedAt: now, dueAt: now, lastAnswer: null }
    state.deliveries.push({ id, ...draft, ...fresh, status: 'pending' })
    this.#forgetOld()
    this.#core.changed()
    this.tick()
    return id
  }

  /** Sends what is due on the clock. */
  tick(): void {
    if (this.#closed.signal.aborted) return
    for (const delivery of this.#due().slice(0, AT_ONCE - this.#inFlight.size)) {
      void this.#attempt(delivery)
    }
    this.#arm()
  }

  /** Nothing is on its way and nothing is due. */
  isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#due().length === 0
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#closed.abort()
  }

  #due(): Delivery[] {
    const now = this.#core.now()
    return this.#pending().filter(({ id, dueAt }) => dueAt <= now && !this.#inFlight.has(id))
  }

  #pending(): Delivery[] {
    return this.#core.state.deliveries.filter(({ status }) => status === 'pending')
  }

  async #attempt(delivery: Delivery): Promise<void> {
    this.#inFlight.add(delivery.id)
    const answer = await this.#post(delivery)
    this.#inFlight.delete(delivery.id)
    if (this.#closed.signal.aborted) return
    delivery.attempts += 1
    delivery.lastAnswer = answer
    if (answer === '200') delivery.status = 'accepted'
    else this.#postpone(delivery)
    this.#core.changed()
    this.tick()
  }

  #postpone(delivery: Delivery): void {
    const delay = this.#options.retryDelays[delivery.attempts - 1]
    const dueAt = this.#core.now() + (delay ?? Infinity)
    if (dueAt - delivery.queuedAt > GIVE_UP_AFTER_MS) delivery.status = 'dropped'
    else delivery.dueAt = dueAt
  }

  async #post({ body, signature }: Delivery): Promise<string> {
    const { subscription } = this.#core.state
    if (!subscription) return 'no callback'
    const right = signatureOf(body, this.#core.appSecret)
    const wrong = signatureOf(body, `not ${this.#core.appSecret}`)
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'facebookexternalua',
      ...(signature === 'missing'
        ? {}
        : { 'x-hub-signature-256': signature === 'right' ? right : wrong }),
    }
    const signal = AbortSignal.any([this.#closed.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)])
    try {
      const { fetch } = this.#options
      const response = await fetch(subscription.callbackUrl, {
        method: 'POST',
        headers,
        body,
        signal,
        redirect: 'manual',
      })
      await response.body?.cancel()
      return String(response.status)
    } catch (error) {
      // Whatever kept the answer from us, Meta counts it as a failed attempt.
      return error instanceof Error ? error.message : 'failed'
    }
  }

  // Real timers even under a virtual clock: they find nothing due and are armed again.
  #arm(): void {
    clearTimeout(this.#timer)
    // With every slot taken, the first answer ticks again.
    if (this.#closed.signal.aborted || this.#inFlight.size === AT_ONCE) return
    const next = Math.min(
      ...this.#pending()
        .filter(({ id }) => !this.#inFlight.has(id))
        .map(({ dueAt }) => dueAt),
    )
    if (next === Infinity) return
    this.#timer = setTimeout(() => this.tick(), Math.max(1, next - this.#core.now())).unref()
  }

  #forgetOld(): void {
    const { deliveries } = this.#core.state
    const done = deliveries.filter(({ status }) => status !== 'pending')
    for (const old of done.slice(0, Math.max(0, done.length - KEPT))) {
      deliveries.splice(deliveries.indexOf(old), 1)
    }
  }
}
