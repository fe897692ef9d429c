import { z } from 'zod'

/**
 * What a failed call to Meta means for us (Meta: error-handling, error-reference, rate-limiting).
 * Decided by code and subcode alone: texts change, and the HTTP status is nearly always 400.
 * - `dead`: the token is; somebody has to log in again.
 * - `role`: a page token whose person lost their role on the page; the user's token still lives.
 * - `permission`: the token lives, a permission does not.
 * - `throttled`: too many calls; come back after the minutes it says.
 * - `transient`: Meta's trouble, it passes.
 * - `gone`: no such object, or not for us to see.
 * - `too_much`: more data than Meta gives at once; ask for less.
 * - `ours`: the call is wrong; repeating it does not help.
 */
export type MetaTrouble =
  | { kind: 'throttled'; code: string; minutes: number | null }
  | { kind: MetaTroubleKind; code: string }

type MetaTroubleKind = 'dead' | 'role' | 'permission' | 'transient' | 'gone' | 'too_much' | 'ours'

const envelope = z.object({
  error: z.object({
    code: z.number(),
    error_subcode: z.number().optional(),
    message: z.string().catch(''),
    is_transient: z.boolean().optional().catch(undefined),
  }),
})

const LOST_ROLE = 492
const NO_PERMISSION = 3191001
const THROTTLE_CODES = new Set([
  4, 17, 32, 341, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014,
])
const TRANSIENT_CODES = new Set([1, 2, 960])
const TOO_MUCH_SUBCODES = new Set([1487534, 1504018, 1504038])
const REDUCE_DATA = /reduce the amount of data/i

/** Sorts the body of a failed call; anything that is no error of Meta's is a broken answer. */
export function troubleOf(status: number, body: unknown): MetaTrouble {
  const parsed = envelope.safeParse(body)
  if (!parsed.success) return { kind: 'transient', code: `http_${status}` }
  const { code, error_subcode: subcode, message, is_transient: isTransient } = parsed.data.error
  const name = subcode === undefined ? String(code) : `${code}/${subcode}`
  if (THROTTLE_CODES.has(code)) return { kind: 'throttled', code: name, minutes: null }
  return { kind: kindOf(code, subcode, message, isTransient === true), code: name }
}

function kindOf(
  code: number,
  subcode: number | undefined,
  message: string,
  isTransient: boolean,
): MetaTroubleKind {
  if (code === 190 && subcode === LOST_ROLE) return 'role'
  if (code === 190 || code === 102) return 'dead'
  if (code === 10 || code === 3 || (code >= 200 && code <= 299)) return 'permission'
  if (code === 100 && subcode === NO_PERMISSION) return 'permission'
  // The one text that has to be matched: Meta gives it no subcode of its own.
  if (TOO_MUCH_SUBCODES.has(subcode ?? 0) || REDUCE_DATA.test(message)) return 'too_much'
  if (code === 100 && subcode === 33) return 'gone'
  if (isTransient || TRANSIENT_CODES.has(code)) return 'transient'
  return 'ours'
}
