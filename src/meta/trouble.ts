import { z } from 'zod'

/**
 * What a failed call to Meta means for us (Meta: error-handling, error-reference, rate-limiting).
 * Decided by code and subcode, and by the text where Meta gives neither: texts change, and the HTTP
 * status is nearly always 400.
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

/** Meta has had enough of us for a while, whatever we ask (Meta: error-reference, code 368). */
const BLOCKED = 368
const BLOCKED_MINUTES = 60

const LOST_ROLE = 492
const NO_PERMISSION = 3191001
const THROTTLE_CODES = new Set([
  4, 17, 32, 341, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008, 80009, 80014,
])
const TRANSIENT_CODES = new Set([1, 2, 960])
/** Reports whose question is wrong, although their code says to try again (Meta: insights, error codes). */
const WRONG_QUESTION_SUBCODES = new Set([1504041, 1504042])
/** The spend cap was changed too often on this day: no reason to ask less. */
const SPEND_CAP_CHANGED = 1885172
const TIMED_OUT_SUBCODES = new Set([1504018, 1504038])
const TOO_MUCH_SUBCODES = new Set([1487534, ...TIMED_OUT_SUBCODES])
const REDUCE_DATA = /reduce the amount of data/i
const PROOF = /appsecret_proof/

/** The app's secret is not the one Meta knows: a setting of ours, and no trouble of the person's. */
export const BAD_PROOF = '104'

/** Sorts the body of a failed call; anything that is no error of Meta's is a broken answer. */
export function troubleOf(status: number, body: unknown): MetaTrouble {
  const parsed = envelope.safeParse(body)
  if (!parsed.success) return { kind: 'transient', code: `http_${status}` }
  const { code, error_subcode: subcode, message, is_transient: isTransient } = parsed.data.error
  if (code === 104 || (code === 100 && PROOF.test(message)))
    return { kind: 'ours', code: BAD_PROOF }
  const name = subcode === undefined ? String(code) : `${code}/${subcode}`
  if (code === BLOCKED) return { kind: 'throttled', code: name, minutes: BLOCKED_MINUTES }
  if (THROTTLE_CODES.has(code) && subcode !== SPEND_CAP_CHANGED) {
    return { kind: 'throttled', code: name, minutes: null }
  }
  return { kind: kindOf(code, subcode, message, isTransient === true), code: name }
}

/** Whether a question took Meta too long: it has to be asked as a report, not in smaller pages. */
export function isTimedOut(code: string): boolean {
  return TIMED_OUT_SUBCODES.has(Number(code.split('/')[1]))
}

function kindOf(
  code: number,
  subcode: number | undefined,
  message: string,
  isTransient: boolean,
): MetaTroubleKind {
  if (code === 190 || code === 102) return subcode === LOST_ROLE ? 'role' : 'dead'
  if (code === 10 || code === 3 || (code >= 200 && code <= 299)) return 'permission'
  if (code === 100 && subcode === NO_PERMISSION) return 'permission'
  // Matched by its text, for Meta gives it no subcode of its own.
  if (TOO_MUCH_SUBCODES.has(subcode ?? 0) || REDUCE_DATA.test(message)) return 'too_much'
  if (code === 100 && subcode === 33) return 'gone'
  if (WRONG_QUESTION_SUBCODES.has(subcode ?? 0)) return 'ours'
  if (isTransient || TRANSIENT_CODES.has(code)) return 'transient'
  return 'ours'
}
