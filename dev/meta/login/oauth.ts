import { type Core, secondsNow } from '../core.ts'
import type { Call } from '../graph/call.ts'
import { graphError } from '../graph/errors.ts'
import type { Params } from '../graph/params.ts'
import type { Token } from '../state.ts'
import { grantOf, SCOPES } from './access.ts'
import {
  identify,
  issueSystemToken,
  issueToken,
  LONG_LIFE,
  problemOf,
  SHORT_LIFE,
} from './tokens.ts'

/** `GET oauth/access_token`: a code becomes a short-lived token, a token becomes a long-lived one. */
export function accessToken(core: Core, params: Params) {
  checkApp(core, params)
  const token =
    params.get('grant_type') === 'fb_exchange_token'
      ? exchange(core, params)
      : redeem(core, params.required('code'), params.required('redirect_uri'))
  const told = token.expiresAt !== 0 && core.state.exchange.tellsExpiry
  return {
    access_token: token.value,
    token_type: 'bearer',
    ...(told ? { expires_in: token.expiresAt - secondsNow(core) } : {}),
  }
}

function checkApp(core: Core, params: Params): void {
  if (params.required('client_id') !== core.appId) throw graphError(101)
  if (params.required('client_secret') === core.appSecret) return
  throw graphError(1, undefined, 'Error validating client secret.')
}

function redeem(core: Core, value: string, redirectUri: string): Token {
  const code = core.state.codes.find((code) => code.value === value)
  if (!code) throw graphError(100, undefined, 'Invalid verification code format.')
  if (code.used) throw graphError(100, 36009, 'This authorization code has been used.')
  if (code.expiresAt <= secondsNow(core)) {
    throw graphError(100, 36007, 'This authorization code has expired.')
  }
  if (code.redirectUri !== redirectUri) {
    const problem =
      'Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the OAuth dialog request'
    throw graphError(100, 36008, problem)
  }
  code.used = true
  const { userId } = code
  // Facebook Login for Business gives a system user's token, which needs no exchange.
  if (core.world.users.get(userId)?.kind === 'system_user') return issueSystemToken(core, userId)
  const expiresAt = secondsNow(core) + SHORT_LIFE
  return issueToken(core, { kind: 'user', userId, lasting: 'short', expiresAt })
}

function exchange(core: Core, params: Params): Token {
  const old = identify(core, params.required('fb_exchange_token'))
  if (old.kind === 'app' || old.kind === 'page') {
    throw graphError(100, undefined, '(#100) Only a user token can be exchanged')
  }
  const { userId } = old
  const fresh = secondsNow(core) + LONG_LIFE
  if (old.kind === 'system_user') {
    const expires = params.get('set_token_expires_in_60_days') === 'true'
    return issueSystemToken(core, userId, { expires })
  }
  if (old.lasting === 'short') {
    return issueToken(core, { kind: 'user', userId, lasting: 'long', expiresAt: fresh })
  }
  // Whether the end of a long-lived token moves is not documented: all three were reported.
  const { mode } = core.state.exchange
  if (mode === 'refuses') throw graphError(190, 463)
  const expiresAt = mode === 'extends' ? fresh : old.expiresAt
  return issueToken(core, { kind: 'user', userId, lasting: 'long', expiresAt })
}

/** `GET oauth/revoke`: kills one token, on the word of the app. */
export function revoke(core: Core, params: Params) {
  checkApp(core, params)
  const token = core.state.tokens.find((token) => token.value === params.required('revoke_token'))
  if (!token) throw graphError(190)
  token.death = { code: 190, subcode: 467 }
  core.changed()
  return { success: true }
}

const TYPES = { user: 'USER', page: 'PAGE', system_user: 'SYSTEM_USER' } as const

/** `GET debug_token`: the truth about a token, told to the app alone. */
export function debugToken(core: Core, call: Call) {
  if (call.caller.kind !== 'app') {
    const wanted =
      '(#100) You must provide an app access token, or a user access token that is an owner or developer of the app'
    throw graphError(100, undefined, wanted)
  }
  const value = call.params.required('input_token')
  const token = core.state.tokens.find((token) => token.value === value)
  if (!token) return { data: { is_valid: false, scopes: [], error: innerError(graphError(190)) } }
  const grant = grantOf(core, token.userId)
  const problem = problemOf(core, token)
  return {
    data: {
      app_id: core.appId,
      type: TYPES[token.kind],
      application: 'TargetBot',
      data_access_expires_at: grant.dataAccessExpiresAt,
      ...(problem ? { error: innerError(problem) } : {}),
      expires_at: token.expiresAt,
      is_valid: problem === undefined,
      issued_at: token.issuedAt,
      ...(token.pageId === null ? {} : { profile_id: token.pageId }),
      scopes: problem ? [] : grant.granted,
      granular_scopes: problem ? [] : granular(core, grant.granted),
      user_id: token.userId,
    },
  }
}

function innerError({ code, subcode, message }: ReturnType<typeof graphError>) {
  return { code, message, ...(subcode === undefined ? {} : { subcode }) }
}

// Page permissions name their pages; permissions without `target_ids` hold for everything.
function granular(core: Core, granted: readonly string[]) {
  const pages = [...core.world.pages.keys()].filter((id) => !core.state.lostRoles.includes(id))
  return granted
    .filter((scope) => scope !== 'public_profile')
    .map((scope) =>
      scope.startsWith('pages_') || scope === 'leads_retrieval'
        ? { scope, target_ids: pages }
        : { scope },
    )
}

/** `GET me/permissions`. */
export function listPermissions(core: Core, userId: string) {
  const { granted, declined } = grantOf(core, userId)
  return {
    data: [
      ...granted.map((permission) => ({ permission, status: 'granted' })),
      ...declined.map((permission) => ({ permission, status: 'declined' })),
    ],
  }
}

/** `DELETE me/permissions[/<scope>]`: one permission, or the whole app with all its tokens. */
export function dropPermissions(core: Core, userId: string, scope: string | undefined) {
  if (scope === undefined) removeApp(core, userId)
  else revokePermission(core, userId, scope)
  return { success: true }
}

/** Takes one permission back; the tokens live on without it. */
export function revokePermission(core: Core, userId: string, scope: string): void {
  if (!SCOPES.some((known) => known === scope)) throw graphError(100)
  const grant = grantOf(core, userId)
  core.state.grants[userId] = {
    ...grant,
    granted: grant.granted.filter((other) => other !== scope),
    declined: [...new Set([...grant.declined, scope])],
  }
  core.changed()
}

function removeApp(core: Core, userId: string): void {
  delete core.state.grants[userId]
  for (const token of core.state.tokens) {
    if (token.userId === userId) token.death ??= { code: 190, subcode: 458 }
  }
  core.changed()
}
