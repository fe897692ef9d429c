import { type Core, secondsNow } from '../core.ts'
import type { Call, Caller } from '../graph/call.ts'
import { graphError, nobody } from '../graph/errors.ts'
import type { Grant, Token } from '../state.ts'

/** The permissions that the stand-in knows, and which the login dialog can ask for. */
export const SCOPES = [
  'public_profile',
  'ads_read',
  'ads_management',
  'business_management',
  'leads_retrieval',
  'pages_show_list',
  'pages_read_engagement',
  'pages_manage_metadata',
  'pages_manage_ads',
] as const
/** One of them. */
export type Scope = (typeof SCOPES)[number]

/** What a user allowed the app; permissions belong to the user, so all their tokens share them. */
export function grantOf(core: Core, userId: string): Grant {
  return (
    core.state.grants[userId] ?? {
      granted: [],
      declined: [],
      dataAccessExpiresAt: 0,
    }
  )
}

/** Somebody's token, where the app's own would not do. */
export function tokenOf({ caller }: Call): Token {
  if (caller.kind !== 'app') return caller
  throw nobody()
}

/** The token of the page itself; a user's token is not accepted on its edges. */
export function pageTokenOf(call: Call, pageId: string): Token {
  const token = tokenOf(call)
  if (token.pageId === pageId) return token
  throw graphError(190, undefined, '(#190) This method must be called with a Page Access Token')
}

/** Whether one of the permissions was given; the app itself has none. */
export function mayOneOf(core: Core, caller: Caller, scopes: readonly Scope[]): boolean {
  if (caller.kind === 'app') return false
  const { granted } = grantOf(core, caller.userId)
  return scopes.some((scope) => granted.includes(scope))
}

/** Refuses with 200 unless one of the permissions was given. */
export function needOneOf(core: Core, call: Call, scopes: readonly Scope[]): void {
  if (mayOneOf(core, call.caller, scopes)) return
  const wanted = `(#200) Requires ${scopes.join(' or ')} permission to manage the object`
  throw graphError(200, undefined, wanted)
}

/** Reading anything about ads needs one of the two ads permissions. */
export function needAds(core: Core, call: Call): void {
  needOneOf(core, call, ['ads_read', 'ads_management'])
}

/** Reading leads needs its permission, and a user who was active in the last 90 days (else 10). */
export function needLeads(core: Core, call: Call): void {
  needOneOf(core, call, ['leads_retrieval'])
  const { dataAccessExpiresAt } = grantOf(core, tokenOf(call).userId)
  if (dataAccessExpiresAt === 0 || dataAccessExpiresAt > secondsNow(core)) return
  throw graphError(10, undefined, '(#10) The access to the data of this user has expired.')
}
