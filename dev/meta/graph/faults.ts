import { z } from 'zod'
import { graphError } from './errors.ts'

/** What can go wrong with a call, besides what it deserves. */
export const faultSchema = z.object({
  /** Only calls whose path without the version contains this, e.g. `act_1/insights`. */
  path: z.string().exactOptional(),
  method: z.enum(['GET', 'POST', 'DELETE']).exactOptional(),
  /** How many calls it hits; without it, all until it is cleared or runs out of time. */
  times: z.number().int().positive().exactOptional(),
  /** How long it lasts on the stand-in's clock. */
  forMs: z.number().positive().exactOptional(),
  kind: z.discriminatedUnion('is', [
    z.object({
      is: z.literal('error'),
      code: z.number(),
      subcode: z.number().exactOptional(),
      message: z.string().exactOptional(),
    }),
    /** A bare HTTP error with an HTML page, as a balancer answers. */
    z.object({ is: z.literal('html'), status: z.number().default(502) }),
    /** HTTP 200 and half a JSON document. */
    z.object({ is: z.literal('garbage') }),
    z.object({ is: z.literal('delay'), ms: z.number() }),
    /** No answer until the caller gives up. */
    z.object({ is: z.literal('hang') }),
    /** The connection is cut. */
    z.object({ is: z.literal('drop') }),
    /** In a batch: this element of the answer is null. */
    z.object({ is: z.literal('null') }),
    /** A page of a list without data and with `paging.next`. */
    z.object({ is: z.literal('empty_page') }),
  ]),
})

/** A fault as it is ordered. */
export type Fault = z.input<typeof faultSchema>
type FaultKind = z.output<typeof faultSchema>['kind']

type TransportKind = Exclude<FaultKind, { is: 'empty_page' | 'error' | 'delay' }>

/** A fault that is not an answer of the Graph API; whoever carries the answer acts it out. */
export class TransportFault extends Error {
  readonly kind: TransportKind

  constructor(kind: TransportKind) {
    super(`Fault: ${kind.is}`)
    this.kind = kind
  }
}

/** The faults that were ordered and are not used up. */
export class Faults {
  readonly #now: () => number
  #ordered: { fault: z.output<typeof faultSchema>; left: number; until: number }[] = []

  constructor(now: () => number) {
    this.#now = now
  }

  /** Orders a fault; the returned function cancels it. */
  add(fault: Fault): () => void {
    const parsed = faultSchema.parse(fault)
    const until = parsed.forMs === undefined ? Infinity : this.#now() + parsed.forMs
    const ordered = { fault: parsed, left: parsed.times ?? Infinity, until }
    this.#ordered.push(ordered)
    return () => {
      this.#ordered = this.#ordered.filter((other) => other !== ordered)
    }
  }

  clear(): void {
    this.#ordered = []
  }

  /** The fault that hits this call, if any. */
  take(method: string, path: string): FaultKind | undefined {
    const now = this.#now()
    this.#ordered = this.#ordered.filter(({ left, until }) => left > 0 && now < until)
    const hit = this.#ordered.find(
      ({ fault }) => path.includes(fault.path ?? '') && (fault.method ?? method) === method,
    )
    if (hit) hit.left -= 1
    return hit?.fault.kind
  }
}

/** Lets a fault happen, apart from those that only the carrier of the answer can act out. */
export async function suffer(kind: FaultKind | undefined): Promise<'empty_page' | undefined> {
  if (kind === undefined) return undefined
  if (kind.is === 'empty_page') return 'empty_page'
  if (kind.is === 'error') throw graphError(kind.code, kind.subcode, kind.message)
  if (kind.is !== 'delay') throw new TransportFault(kind)
  await new Promise((resolve) => setTimeout(resolve, kind.ms))
  return undefined
}
