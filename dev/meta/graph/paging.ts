import type { Call } from './call.ts'
import { graphError, tooMuchData } from './errors.ts'

const DEFAULT_LIMIT = 25
const MAX_LIMIT = 5000
const BEFORE_FIRST = '^'

/** One page of a list with its cursors; `next` is absent on the last page. */
export function page<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
  call: Call,
  show: (item: T) => unknown = (item) => item,
) {
  const limit = call.params.whole('limit') ?? DEFAULT_LIMIT
  if (limit > MAX_LIMIT) throw tooMuchData()
  const start = startOf(items, keyOf, call)
  if (call.quirk === 'empty_page') return emptyPage(items[start - 1], keyOf, call)
  const data = items.slice(start, start + Math.max(1, limit))
  const [first] = data
  const last = data.at(-1)
  if (first === undefined || last === undefined) return { data: [] }
  const after = encode(keyOf(last))
  const before = encode(keyOf(first))
  return {
    data: data.map(show),
    paging: {
      cursors: { before, after },
      ...(start + data.length < items.length ? { next: next(after, call) } : {}),
    },
  }
}

// Meta sometimes filters a whole page away and still has more: only `next` says when to stop.
function emptyPage<T>(previous: T | undefined, keyOf: (item: T) => string, call: Call) {
  const after = encode(previous === undefined ? BEFORE_FIRST : keyOf(previous))
  return { data: [], paging: { cursors: { before: after, after }, next: next(after, call) } }
}

function startOf<T>(items: readonly T[], keyOf: (item: T) => string, call: Call): number {
  const after = call.params.get('after')
  if (after === undefined) return 0
  const key = decode(after)
  if (key === BEFORE_FIRST) return 0
  const index = items.findIndex((item) => keyOf(item) === key)
  if (index === -1) throw graphError(100, undefined, '(#100) Invalid cursors values')
  return index + 1
}

// The proof is left out, as Meta leaves it out: whoever follows the link signs it again.
function next(after: string, { params, address }: Call): string {
  const query = new URLSearchParams(
    params.entries().filter(([name]) => name !== 'appsecret_proof' && name !== 'after'),
  )
  query.set('after', after)
  return `${address}?${query.toString()}`
}

const encode = (key: string) => Buffer.from(key).toString('base64url')
const decode = (cursor: string) => Buffer.from(cursor, 'base64url').toString()
