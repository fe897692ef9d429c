import { done } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'

/** Takes a key back. */
export async function deleteKey(id: string): Promise<void> {
  await done(api.keys[':id'].$delete({ param: { id } }))
}
