import { log } from '../../src/log.ts'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import { revokeToken, SYSTEM_USER } from '../../src/meta/oauth.ts'
import { successReply } from '../../src/meta/replies.ts'
import type { MetaSettings } from '../../src/settings.ts'
import { unsubscribe } from './discover.ts'
import type { Door } from './door.ts'

/** What became of our access at Meta; with us it is forgotten all the same. */
export interface Ended {
  /** Meta has taken it back. */
  isRevoked: boolean
  /** Why it has not, as Meta names it. */
  problem: string | null
}

export interface EndAccessDeps {
  door: Door
  meta: MetaSettings | null
  userId: string
  tokenType: string
  token: () => Promise<MetaAnswer<string>>
  /** Pages that nobody else serves. */
  pageIds: string[]
}

/** Has Meta tell us of these pages no more, and takes our permissions back; whatever it says, it is done. */
export async function endAccess(deps: EndAccessDeps): Promise<Ended> {
  const { door, pageIds } = deps
  await Promise.all(pageIds.map((id) => unsubscribe(door, id)))
  const problem = await revoke(deps)
  if (problem !== null) log('warn', 'meta.not_revoked', { code: problem })
  return { isRevoked: problem === null, problem }
}

async function revoke({ door, meta, userId, tokenType, token }: EndAccessDeps) {
  if (tokenType === SYSTEM_USER && meta) {
    // The permissions of a system user are its business's; only this token is ours.
    const held = await token()
    if (!held.ok) return held.code
    const result = await revokeToken(meta, held.value)
    return result.ok ? null : result.trouble.code
  }
  const path = `${userId}/permissions`
  const answer = await door.call(successReply, 'user', userId, { path, method: 'DELETE' })
  return answer.ok ? null : answer.code
}
