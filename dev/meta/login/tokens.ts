import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type Core, secondsNow } from '../core.ts'
import type { Caller } from '../graph/call.ts'
import { graphError } from '../graph/errors.ts'
import type { Token } from '../state.ts'

/** A token straight from the login dialog lives so long, in seconds. */
export const SHORT_LIFE = 3600
/** A long-lived token, in seconds: 60 days less what Meta rounds away. */
export const LONG_LIFE = 5_183_944
/** Permissions that die 90 days after the user was last active (Meta: auth-vs-data). */
export const DATA_ACCESS_LIFE = 90 * 86_400

type Draft = Pick<Token, 'kind' | 'userId' | 'lasting' | 'expiresAt'> &
  Partial<Pick<Token, 'pageId' | 'parent'>>

/** Makes a token known; its value is a new string every time. */
export function issueToken(core: Core, draft: Draft): Token {
  const token: Token = {
    pageId: null,
    parent: null,
    ...draft,
    value: `EAA${randomBytes(48).toString('base64url').replaceAll(/[-_]/g, 'Z')}`,
    issuedAt: secondsNow(core),
    death: null,
  }
  core.state.tokens.push(token)
  core.changed()
  return token
}

/** A token that the business makes for its own system user; without expiry unless asked otherwise. */
export function issueSystemToken(core: Core, userId: string, { expires = false } = {}): Token {
  const expiresAt = expires ? secondsNow(core) + LONG_LIFE : 0
  return issueToken(core, { kind: 'system_user', userId, lasting: 'long', expiresAt })
}

/** The page token for a user token: the same one as long as it lives, endless if its parent is long-lived. */
export function pageToken(core: Core, parent: Token, pageId: string): Token {
  const known = core.state.tokens.find(
    (token) =>
      token.pageId === pageId &&
      token.parent === parent.value &&
      problemOf(core, token) === undefined,
  )
  return (
    known ??
    issueToken(core, {
      kind: 'page',
      userId: parent.userId,
      pageId,
      parent: parent.value,
      lasting: parent.lasting,
      expiresAt: parent.lasting === 'long' ? 0 : parent.expiresAt,
    })
  )
}

/** Why a token is refused, or undefined while it is good. */
export function problemOf(core: Core, token: Token) {
  if (token.death) return graphError(token.death.code, token.death.subcode)
  if (token.expiresAt !== 0 && token.expiresAt <= secondsNow(core)) return graphError(190, 463)
  if (token.pageId !== null && core.state.lostRoles.includes(token.pageId)) {
    return graphError(190, 492)
  }
  return undefined
}

/** Who is behind an `access_token`; refuses dead ones with the code that says how they died. */
export function identify(core: Core, value: string): Caller {
  if (value === `${core.appId}|${core.appSecret}`) return { kind: 'app' }
  const token = core.state.tokens.find((token) => token.value === value)
  if (!token) throw graphError(190)
  const problem = problemOf(core, token)
  if (problem) throw problem
  return token
}

/** `hex(HMAC-SHA256(app secret, token))`. */
export function proofOf(token: string, appSecret: string): string {
  return createHmac('sha256', appSecret).update(token).digest('hex')
}

/** Every call but the app's own must carry the proof of its token. */
export function checkProof(core: Core, token: string, proof: string | undefined): void {
  if (proof === undefined) {
    if (!core.requireProof) return
    const wanted = 'API calls from the server require an appsecret_proof argument'
    throw graphError(100, undefined, wanted)
  }
  const right = Buffer.from(proofOf(token, core.appSecret))
  const given = Buffer.from(proof)
  if (given.length === right.length && timingSafeEqual(given, right)) return
  throw graphError(100, undefined, 'Invalid appsecret_proof provided in the API argument')
}
