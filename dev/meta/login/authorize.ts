import { randomBytes } from 'node:crypto'
import { type Core, secondsNow } from '../core.ts'
import { grantOf } from './access.ts'
import { DATA_ACCESS_LIFE } from './tokens.ts'

const CODE_LIFE = 600

/** Notes what a user ticked and left unticked; being active again renews their access to data. */
export function grantScopes(
  core: Core,
  userId: string,
  ticked: readonly string[],
  unticked: readonly string[],
): void {
  const before = grantOf(core, userId)
  const endless = core.world.users.get(userId)?.kind === 'system_user'
  core.state.grants[userId] = {
    granted: [...new Set([...before.granted, 'public_profile', ...ticked])].filter(
      (scope) => !unticked.includes(scope),
    ),
    declined: [...new Set([...before.declined, ...unticked])].filter(
      (scope) => !ticked.includes(scope),
    ),
    dataAccessExpiresAt: endless ? 0 : secondsNow(core) + DATA_ACCESS_LIFE,
  }
  core.changed()
}

/** A code that is good once, for ten minutes, for the same `redirect_uri`. */
export function issueCode(core: Core, userId: string, redirectUri: string): string {
  const value = `AQ${randomBytes(60).toString('base64url')}`
  const expiresAt = secondsNow(core) + CODE_LIFE
  core.state.codes.push({ value, userId, redirectUri, expiresAt, used: false })
  core.changed()
  return value
}
