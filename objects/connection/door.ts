import type { z } from 'zod'
import { log } from '../../src/log.ts'
import { pauseAfter, pointsOf } from '../../src/meta/allowance.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { callGraph, type GraphCall } from '../../src/meta/graph.ts'
import { BAD_PROOF, type MetaTrouble } from '../../src/meta/trouble.ts'
import type { Usage } from '../../src/meta/usage.ts'
import type { MetaSettings } from '../../src/settings.ts'
import type { Limits } from './limits.ts'

/** In whose name a call is made. */
export type Caller = 'user' | `page:${string}`

export interface DoorDeps {
  /** `null`: Meta is off. */
  meta: MetaSettings | null
  /** The token to call with; `null` when there is none. */
  tokenOf: (caller: Caller) => Promise<string | null>
  /** Why nobody can be asked any more; `null` while somebody can. */
  deadSince: () => string | null
  /** Meta has refused the token of this caller. */
  died: (caller: Caller, code: string) => void
  /** Meta has refused our signature: the app's secret is not the one it knows. */
  badProof: () => void
  pausedUntil: (scope: string) => number
  pause: (scope: string, until: number) => void
  limits: Limits
  /** Whether a scope is an ad account: calls about one spend its points. */
  isAdAccount: (scope: string) => boolean
}

/** Calls of the whole app; what it is told to wait for, everything waits for. */
const APP = 'app'

/** Limits of the whole app (Meta: rate-limiting). */
const APP_LIMITS = new Set(['4', '341'])

/** The one way to the Graph API: keeps to what Meta allows, and sorts what it refuses. */
export class Door {
  readonly #deps: DoorDeps

  constructor(deps: DoorDeps) {
    this.#deps = deps
  }

  /** The version of the Graph API that is called. */
  get version(): string {
    return this.#deps.meta?.version ?? ''
  }

  /** Makes a call within a scope (an ad account, a page) and reads the answer by `schema`. */
  async call<Schema extends z.ZodType>(
    schema: Schema,
    caller: Caller,
    scope: string,
    call: Omit<GraphCall, 'token'>,
  ): Promise<MetaAnswer<z.infer<Schema>>> {
    const { deadSince, pausedUntil, meta } = this.#deps
    if (!meta) return { ok: false, kind: 'ours', code: 'meta_off' }
    const dead = deadSince()
    if (dead !== null) return { ok: false, kind: 'dead', code: dead }
    const at = Math.max(pausedUntil(scope), pausedUntil(APP))
    if (at > Date.now()) return { ok: false, kind: 'later', code: 'paused', at }
    const token = await this.#tokenOf(caller)
    if (!token.ok) return token
    const spentAt = this.#spend(scope, call.method)
    if (spentAt !== null) return { ok: false, kind: 'later', code: 'allowance', at: spentAt }
    const result = await callGraph(meta, { ...call, token: token.value })
    if (result.usage) this.keepToUsage(scope, result.usage)
    if (!result.ok) return this.fail(caller, scope, result.trouble)
    this.#deps.limits.calm(scope)
    this.#deps.limits.calm(APP)
    const parsed = schema.safeParse(result.body)
    if (parsed.success) return { ok: true, value: parsed.data }
    log('error', 'meta.unexpected_reply', { path: call.path, error: parsed.error })
    return { ok: false, kind: 'ours', code: 'unexpected_reply' }
  }

  /** Draws from a trouble what follows for later calls, and says what it means to this one. */
  fail(caller: Caller, scope: string, trouble: MetaTrouble): MetaFailure {
    const { kind, code } = trouble
    const isRefused = kind === 'dead' || kind === 'role'
    if (isRefused) this.#deps.died(caller, code)
    if (code === BAD_PROOF) this.#deps.badProof()
    // The token of a page may die alone.
    if (isRefused && caller !== 'user') return { ok: false, kind: 'role', code }
    if (kind !== 'throttled') return { ok: false, kind, code }
    const stopped = APP_LIMITS.has(code.split('/')[0] ?? '') ? APP : scope
    const at = this.#pause(stopped, 'minutes' in trouble ? trouble.minutes : null)
    return { ok: false, kind: 'later', code, at }
  }

  /** Pauses a scope that Meta has refused, the longer the oftener in a row; gives until when (ms). */
  #pause(scope: string, minutes: number | null): number {
    const { limits, pausedUntil, pause } = this.#deps
    const before = pausedUntil(scope)
    // Of calls that were on their way together one refusal counts.
    if (minutes === null && before > Date.now()) return before
    const refusals = minutes === null ? limits.refuse(scope) : 0
    pause(scope, Date.now() + pauseAfter(minutes, refusals, Math.random()))
    return pausedUntil(scope)
  }

  /** Spends what a call costs its ad account; the time (ms) to come back at when it cannot. */
  #spend(scope: string, method: GraphCall['method']): number | null {
    if (!this.#deps.isAdAccount(scope)) return null
    return this.#deps.limits.spend(scope, pointsOf(method), Date.now())
  }

  /** Learns from the usage that Meta tells, and stops by itself when it is nearly used up. */
  keepToUsage(scope: string, usage: Usage): void {
    if (usage.tier !== null) this.#deps.limits.learn(scope, usage.tier)
    if (!usage.isFull) return
    const until = Date.now() + (usage.minutes ?? 1) * 60_000
    this.#deps.pause(usage.isOfApp ? APP : scope, until)
  }

  async #tokenOf(caller: Caller): Promise<MetaAnswer<string>> {
    try {
      const token = await this.#deps.tokenOf(caller)
      return token === null
        ? { ok: false, kind: 'role', code: 'no_token' }
        : { ok: true, value: token }
    } catch (error) {
      // Its key is gone: a setting of ours is wrong, and whoever asked waits until it is right.
      log('error', 'meta.token_sealed', { error })
      return { ok: false, kind: 'ours', code: 'token_sealed' }
    }
  }
}
