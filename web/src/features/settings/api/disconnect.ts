import { done } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** Takes our permissions at Facebook back and forgets the tokens. */
export async function disconnect(id: string): Promise<void> {
  await done(api.connections[':id'].$delete({ param: { id } }))
}
