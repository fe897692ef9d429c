import { AppError } from './errors.ts'

/** Only long unquoted numbers lose precision, and only escapes can spell half a character. */
const NEEDS_CARE = /[:,[]\s*-?\d{16}|\\u[dD][89a-fA-F]/

/**
 * Parses JSON keeping integers above 2^53 exact, as strings: Meta sends some ids as numbers. Half a
 * character, which Telegram and databases refuse, becomes the sign for what cannot be read.
 * @throws SyntaxError when the text is not JSON.
 */
export function parseJson(text: string): unknown {
  // A reviver is slow: it is used when there is something for it.
  return NEEDS_CARE.test(text) ? JSON.parse(text, carefully) : JSON.parse(text)
}

/**
 * Parses a body that somebody has sent.
 * @throws AppError INVALID_JSON
 */
export function parseBody(text: string): unknown {
  try {
    return parseJson(text)
  } catch (cause) {
    throw new AppError('INVALID_JSON', 'The body is no JSON', { cause })
  }
}

function carefully(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value === 'string') return value.toWellFormed()
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value
  const source = context?.source
  return source !== undefined && /^-?\d+$/.test(source) ? source : value
}
