import type { z } from 'zod'
import { graphError } from './errors.ts'

/** The parameters of a Graph call: strings, some of which hold JSON. */
export class Params {
  readonly #values: ReadonlyMap<string, string>

  constructor(values: Iterable<[string, string]>) {
    this.#values = new Map(values)
  }

  get(name: string): string | undefined {
    return this.#values.get(name)
  }

  required(name: string): string {
    const value = this.get(name)
    if (!value) throw graphError(100, undefined, `(#100) The parameter ${name} is required`)
    return value
  }

  /** A whole number that is not negative. */
  whole(name: string): number | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    if (!/^\d+$/.test(value)) throw invalid(name, 'an integer')
    return Number(value)
  }

  /** `a,b` or `["a","b"]`. */
  list(name: string): string[] | undefined {
    const value = this.get(name)?.trim()
    if (value === undefined) return undefined
    if (value.startsWith('[')) {
      const parsed = parse(value)
      if (!Array.isArray(parsed)) throw invalid(name, 'a list')
      return parsed.map(String)
    }
    return value
      .split(',')
      .map((item) => item.trim())
      .filter(Boolean)
  }

  json<T>(name: string, schema: z.ZodType<T>): T | undefined {
    const value = this.get(name)
    if (value === undefined) return undefined
    const result = schema.safeParse(parse(value))
    if (!result.success) throw invalid(name, 'valid')
    return result.data
  }

  entries(): [string, string][] {
    return [...this.#values]
  }
}

/** Meta's refusal of a parameter that it cannot read. */
export function invalid(name: string, wanted: string): Error {
  return graphError(100, undefined, `(#100) Param ${name} must be ${wanted}`)
}

/** The fields of a JSON body as Meta takes them: texts stay texts, everything else becomes JSON. */
export function flatten(body: Record<string, unknown>): [string, string][] {
  return Object.entries(body)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)])
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
