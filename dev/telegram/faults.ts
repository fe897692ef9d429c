import { z } from 'zod'
import type { Clock } from './clock.ts'
import { ApiError } from './errors.ts'
import type { Watch } from './watch.ts'

const Where = {
  /** A method of the Bot API in any case; absent: every method. */
  method: z.string().exactOptional(),
  chatId: z.number().exactOptional(),
  /** How many calls it spoils, and for how long; absent: until removed. */
  times: z.number().int().positive().exactOptional(),
  forMs: z.number().positive().exactOptional(),
}
const ResponseParameters = z.object({
  retry_after: z.number().exactOptional(),
  migrate_to_chat_id: z.number().exactOptional(),
})

/** Something that goes wrong with calls to the Bot API. */
export const Fault = z.discriminatedUnion('kind', [
  /** Refused: 429 needs only `parameters.retry_after`, the usual words are added. */
  z.object({
    kind: z.literal('error'),
    code: z.number().int(),
    description: z.string().exactOptional(),
    parameters: ResponseParameters.exactOptional(),
    ...Where,
  }),
  /** 502 with a page of HTML, as a proxy in front of Telegram answers. */
  z.object({ kind: z.literal('bad-gateway'), ...Where }),
  /** Done and answered, only later. */
  z.object({ kind: z.literal('delay'), ms: z.number(), ...Where }),
  /** Not done, and never answered while the fault is there. */
  z.object({ kind: z.literal('hang'), ...Where }),
  /** Not done, and the connection is lost. */
  z.object({ kind: z.literal('drop'), ...Where }),
  /** Done, but the caller never learns it: the connection is lost, or 500 comes instead. */
  z.object({ kind: z.literal('lost-answer'), by: z.enum(['drop', 'error']), ...Where }),
])
export type Fault = z.infer<typeof Fault>

/** A fault on the board: how many calls it has spoiled, and how to wait for its end. */
export interface PostedFault {
  id: number
  fault: Fault
  hits: number
  signal: AbortSignal
}

interface Post extends PostedFault {
  until: number
  controller: AbortController
}

/** What goes wrong now. The oldest fault that fits a call spoils it. */
export class FaultBoard {
  readonly #clock: Clock
  readonly #watch: Watch
  #posts: Post[] = []
  #lastId = 0

  constructor(clock: Clock, watch: Watch) {
    this.#clock = clock
    this.#watch = watch
  }

  /** Posts a fault; the answer removes it again. */
  add(fault: Fault): { id: number; remove: () => void } {
    const controller = new AbortController()
    const { signal } = controller
    const id = ++this.#lastId
    const until = fault.forMs === undefined ? Infinity : this.#clock.now() + fault.forMs
    this.#posts.push({ id, fault, hits: 0, until, controller, signal })
    this.#watch.changed()
    return { id, remove: () => this.remove(id) }
  }

  remove(id: number): void {
    for (const post of this.#posts.filter((post) => post.id === id)) post.controller.abort()
    this.#posts = this.#posts.filter((post) => post.id !== id)
    this.#watch.changed()
  }

  /** Removes every fault; calls that hang lose their connection. */
  clear(): void {
    for (const { id } of this.#posts) this.remove(id)
  }

  list(): PostedFault[] {
    return this.#posts
      .filter((post) => this.#isLive(post))
      .map(({ id, fault, hits, signal }) => ({ id, fault, hits, signal }))
  }

  /** The fault that spoils this call, counted as used. */
  take(method: string, chatId: string): PostedFault | undefined {
    const post = this.#posts.find(
      (post) =>
        this.#isLive(post) &&
        (post.fault.method?.toLowerCase() ?? method) === method &&
        (post.fault.chatId === undefined || String(post.fault.chatId) === chatId),
    )
    if (!post) return undefined
    post.hits++
    this.#watch.changed()
    return post
  }

  #isLive({ fault, hits, until }: Post): boolean {
    return hits < (fault.times ?? Infinity) && this.#clock.now() < until
  }
}

/** The refusal that an `error` fault stands for. */
export function faultError(fault: Extract<Fault, { kind: 'error' }>): ApiError {
  const { code, parameters } = fault
  const retry = parameters?.retry_after
  const usual = code === 429 && retry ? `Too Many Requests: retry after ${retry}` : REASONS[code]
  return new ApiError(code, fault.description ?? usual ?? 'Bad Request: FAULT', parameters)
}

const REASONS: Record<number, string> = {
  401: 'Unauthorized',
  403: 'Forbidden: bot was blocked by the user',
  500: 'Internal Server Error',
}
