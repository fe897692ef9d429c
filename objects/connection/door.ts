import type { z } from 'zod'
import { log } from '../../src/log.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { callGraph, type GraphCall, type GraphResult } from '../../src/meta/graph.ts'
import type { MetaTrouble } from '../../src/meta/trouble.ts'
import type { MetaSettings } from '../../src/settings.ts'

/** In whose name a call is made. */
export type Caller = 'user' | `page:${string}`

export interface DoorDeps {
  meta: MetaSettings
  /** The token to call with; `null` when there is none. */
  tokenOf: (caller: Caller) => Promise<string | null>
  /** Why nobody can be asked any more; `null` while somebody can. */
  deadSince: () => string | null
  /** Meta has refused the token. */
  died: (code: string) => void
  pausedUntil: (scope: string) => number
  pause: (scope: string, until: number) => void
}

/** When Meta does not say how long to wait (Meta: rate-limiting). */
const PAUSE_MINUTES = 5

/** Calls of the whole app; what it is told to wait for, everything waits for. */
const APP = 'app'

/** The one way to the Graph API: keeps to what Meta allows, and sorts what it refuses. */
export class Door {
  readonly #deps: DoorDeps

  constructor(deps: DoorDeps) {
    this.#deps = deps
  }

  /** Makes a call within a scope (an ad account, a page) and reads the answer by `schema`. */
  async call<Schema extends z.ZodType>(
    schema: Schema,
    caller: Caller,
    scope: string,
    call: Omit<GraphCall, 'token'>,
  ): Promise<MetaAnswer<z.infer<Schema>>> {
    const { deadSince, pausedUntil, tokenOf, meta } = this.#deps
    const dead = deadSince()
    if (dead !== null) return { ok: false, kind: 'dead', code: dead }
    const at = Math.max(pausedUntil(scope), pausedUntil(APP))
    if (at > Date.now()) return { ok: false, kind: 'later', code: 'paused', at }
    const token = await tokenOf(caller)
    if (token === null) return { ok: false, kind: 'role', code: 'no_token' }
    const result = await callGraph(meta, { ...call, token })
    this.#keepToUsage(scope, result)
    if (!result.ok) return this.fail(scope, result.trouble)
    const parsed = schema.safeParse(result.body)
    if (parsed.success) return { ok: true, value: parsed.data }
    log('error', 'meta.unexpected_reply', { path: call.path, error: parsed.error })
    return { ok: false, kind: 'ours', code: 'unexpected_reply' }
  }

  /** Draws from a trouble what follows for later calls, and says what it means to this one. */
  fail(scope: string, trouble: MetaTrouble): MetaFailure {
    if (trouble.kind === 'dead') this.#deps.died(trouble.code)
    if (trouble.kind !== 'throttled') return { ok: false, kind: trouble.kind, code: trouble.code }
    const at =
      Date.now() +
      ('minutes' in trouble && trouble.minutes ? trouble.minutes : PAUSE_MINUTES) * 60_000
    this.#deps.pause(trouble.code.split('/')[0] === '4' ? APP : scope, at)
    return { ok: false, kind: 'later', code: trouble.code, at }
  }

  #keepToUsage(scope: string, { usage }: GraphResult): void {
    if (usage?.isFull) this.#deps.pause(scope, Date.now() + (usage.minutes ?? 1) * 60_000)
  }
}
