/**
 * Parses JSON keeping integers above 2^53 exact, as strings: Meta sends some ids as numbers.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  // Only long unquoted numbers lose precision, and a reviver is slow: use it when there is one.
  if (!/[:,[]\s*-?\d{16}/.test(text)) return JSON.parse(text)
  return JSON.parse(text, keepBigIntegers)
}

function keepBigIntegers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d+$/.test(source) ? source : value
}
