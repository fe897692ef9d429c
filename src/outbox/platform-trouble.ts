const PASSING =
  /network connection lost|internal error|overloaded|timed? ?out|code was updated|caused object to be reset/i

/**
 * Whether a failure is the platform's and passes by itself: a deploy, an object or a database that
 * was reset, too much at once. Cloudflare marks most of them; D1 says it in words only.
 */
export function isPlatformTrouble(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const marks = error as { retryable?: boolean; overloaded?: boolean; durableObjectReset?: boolean }
  if (marks.retryable || marks.overloaded || marks.durableObjectReset) return true
  return PASSING.test(error.message)
}
