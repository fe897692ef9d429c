import type { GraphRequest } from './call.ts'
import { splitVersion } from './versions.ts'

/** A Graph call that was made; secrets are left out. */
export interface RecordedCall {
  method: string
  version: string
  /** Without the version, e.g. `me/accounts`. */
  path: string
  query: Record<string, string>
  at: number
  /** 0 when the answer never came. */
  status: number
  code?: number | undefined
  subcode?: number | undefined
  /** Part of a batch call. */
  batched: boolean
}

const KEPT = 5000
const SECRET = /token|secret|proof|^code$|^batch$/

/** What was asked of the Graph API, oldest first. */
export class CallLog {
  readonly calls: RecordedCall[] = []
  readonly #changed: () => void

  constructor(changed: () => void) {
    this.#changed = changed
  }

  add(
    { method, path, params, batched }: GraphRequest,
    outcome: Pick<RecordedCall, 'at' | 'status' | 'code' | 'subcode'>,
  ): void {
    const { version, segments } = splitVersion(path)
    const query = params.map(([name, value]) => [name, SECRET.test(name) ? '…' : value])
    this.calls.push({
      method,
      version,
      path: segments.join('/'),
      query: Object.fromEntries(query),
      batched,
      ...outcome,
    })
    if (this.calls.length > KEPT) this.calls.shift()
    this.#changed()
  }
}
