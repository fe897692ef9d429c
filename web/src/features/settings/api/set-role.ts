import { done } from '../../../api/answer.ts'
import { api } from '../../../api/api.ts'
import type { User } from './get-users.ts'

/** Gives a person a role. */
export async function setRole(id: string, role: User['role']): Promise<void> {
  await done(api.users[':id'].$patch({ param: { id }, json: { role } }))
}
