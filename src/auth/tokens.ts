import { sha256 } from '../secrets.ts'
import { setUserToken } from '../store/users.ts'

/** Makes a person's token anew and returns it: shown this once, kept as a hash. */
export async function issueToken(db: D1Database, userId: string): Promise<string> {
  const token = crypto.randomUUID()
  await setUserToken(db, userId, await sha256(token))
  return token
}
