import type { Arguments } from './arguments.ts'
import type { Clock } from './clock.ts'
import type { Core } from './core.ts'
import { ApiError } from './errors.ts'
import { METHODS } from './methods/all.ts'
import { Described } from './methods/method.ts'
import type { Watch } from './watch.ts'

/** A call of the Bot API as it was made and answered; status 0 means that no answer went out. */
export interface Call {
  method: string
  params: Record<string, unknown>
  at: number
  status: number
  ok: boolean
  description?: string
  fault?: string
}

/** What the Bot API answers. */
export interface Answer {
  status: number
  body: Record<string, unknown>
  retryAfterS?: number | undefined
}

const MAX_CALLS = 20_000

/** A refusal as an answer. */
export const refusal = ({ code, message, parameters }: ApiError): Answer => ({
  status: code,
  body: { ok: false, error_code: code, description: message, ...(parameters && { parameters }) },
  retryAfterS: parameters?.retry_after,
})

/** Carries out a method, in whatever way it was called. */
export function runMethod(core: Core, name: string, args: Arguments): Answer {
  try {
    const method = METHODS.get(name)
    if (!method) throw new ApiError(404, 'Not Found: method not found')
    const result = method.run(core, args)
    const { result: value, description } =
      result instanceof Described ? result : new Described(result)
    return { status: 200, body: { ok: true, result: value, ...(description && { description }) } }
  } catch (error) {
    if (error instanceof ApiError) return refusal(error)
    throw error
  }
}

const NEVER_IN_REPLY = new Set(['setwebhook', 'deletewebhook', 'close', 'logout'])

/** Carries out the call that a webhook's answer asks for, unless such calls are ignored there. */
export function runReply(core: Core, args: Arguments): void {
  const name = args.text('method').toLowerCase()
  if (NEVER_IN_REPLY.has(name) || name.startsWith('get')) return
  core.calls.add(name, args, runMethod(core, name, args))
}

/** The calls that were made; in a long run the oldest are forgotten. */
export class CallLog {
  readonly #clock: Clock
  readonly #watch: Watch
  readonly #calls: Call[] = []
  #countedFrom: number

  constructor(clock: Clock, watch: Watch) {
    this.#clock = clock
    this.#watch = watch
    this.#countedFrom = clock.now()
  }

  get all(): readonly Call[] {
    return this.#calls
  }

  /** From when the chat page counts calls (ms). */
  get countedFrom(): number {
    return this.#countedFrom
  }

  /** Counting begins anew; the calls themselves are kept. */
  countAnew(): void {
    this.#countedFrom = this.#clock.now()
    this.#watch.changed()
  }

  /** Keeps a call; without an answer the caller never learned what became of it. */
  add(method: string, args: Arguments, answer: Answer | undefined, fault?: string): void {
    const description = answer?.body['description']
    this.#calls.push({
      method: METHODS.get(method)?.name ?? method,
      params: args.toJSON(),
      at: this.#clock.now(),
      status: answer?.status ?? 0,
      ok: answer?.body['ok'] === true,
      ...(typeof description === 'string' && { description }),
      ...(fault !== undefined && { fault }),
    })
    if (this.#calls.length > MAX_CALLS) this.#calls.shift()
    this.#watch.changed()
  }
}
