import type { Call } from './call.ts'
import { graphError } from './errors.ts'
import { FIELD_NAMES } from './field-names.ts'

type Selection = Map<string, Selection | null>
/** A kind of object whose fields are known. */
export type NodeType = keyof typeof FIELD_NAMES

/** Reads `id,questions{key,label},leads.limit(5)`; modifiers like `.limit(5)` are dropped. */
function parseFields(text: string): Selection {
  const [selection] = read(text.replaceAll(/\.\w+\([^)]*\)/g, ''), 0)
  return selection
}

function read(text: string, from: number): [Selection, number] {
  const selection: Selection = new Map()
  let at = from
  while (at < text.length) {
    const name = /^[^,{}]*/.exec(text.slice(at))?.[0] ?? ''
    at += name.length
    let nested: Selection | null = null
    if (text[at] === '{') [nested, at] = read(text, at + 1)
    if (name.trim()) selection.set(name.trim(), nested)
    if (text[at] === '}') return [selection, at + 1]
    at += 1
  }
  return [selection, at]
}

/** The asked fields of a node, with its id; what the node lacks is omitted, a wrong name is refused. */
export function select(
  type: NodeType,
  node: Record<string, unknown>,
  call: Call,
  defaults: readonly string[],
): Record<string, unknown> {
  const asked = call.params.get('fields')
  const selection = asked ? parseFields(asked) : new Map(defaults.map((name) => [name, null]))
  for (const name of selection.keys()) {
    if (FIELD_NAMES[type].includes(name) || name in node) continue
    const problem = `Tried accessing nonexisting field (${name}) on node type (${type})`
    throw graphError(100, undefined, `(#100) ${problem}`)
  }
  return pick(node, new Map([...selection, ['id', null]]))
}

function pick(node: Record<string, unknown>, selection: Selection): Record<string, unknown> {
  return Object.fromEntries(
    [...selection].flatMap(([name, nested]) => {
      const value = node[name]
      return value === undefined ? [] : [[name, nested ? narrow(value, nested) : value]]
    }),
  )
}

function narrow(value: unknown, selection: Selection): unknown {
  if (Array.isArray(value)) return value.map((item) => narrow(item, selection))
  return isRecord(value) ? pick(value, selection) : value
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
