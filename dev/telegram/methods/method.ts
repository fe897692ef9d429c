import type { Arguments } from '../arguments.ts'
import type { Core } from '../core.ts'

/** One method of the Bot API: its result, or a thrown `ApiError`. */
export type Method = (core: Core, args: Arguments) => unknown

/** A result that Telegram sends with a description, where it has one. */
export class Described {
  readonly result: unknown
  readonly description: string

  constructor(result: unknown, description = '') {
    this.result = result
    this.description = description
  }
}
