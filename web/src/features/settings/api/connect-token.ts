import { answerOf } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { Connection } from './get-connections.ts'

/** Connects by a token that was made at Meta. */
export async function connectToken(token: string): Promise<Connection> {
  return answerOf(api.connections.$post({ json: { token } }))
}
