/** A number in [0, 1) that depends on nothing but its parts: the same question has the same answer. */
export function chance(...parts: (string | number)[]): number {
  const text = parts.join('|')
  let hash = 2166136261
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 16777619)
  }
  // Without the final mixing neighbouring dates would give neighbouring numbers.
  hash = Math.imul(hash ^ (hash >>> 16), 2246822507)
  hash = Math.imul(hash ^ (hash >>> 13), 3266489909)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}

/** One item of a list, chosen by the parts alone. */
export function choose<T>(items: readonly [T, ...T[]], ...parts: (string | number)[]): T {
  return items[Math.floor(chance(...parts) * items.length)] ?? items[0]
}
