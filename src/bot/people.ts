import type { Actor } from '../lead.ts'
import type { Settings } from '../settings.ts'
import { findUser, registerUser, type User } from '../store/users.ts'
import type { Person } from './context.ts'

/** Writes a person down, new or as they call themselves now. */
export async function register(env: Env, settings: Settings, person: Person): Promise<User> {
  return registerUser(env.DB, { ...person, isAdmin: settings.ADMIN_IDS.includes(person.id) })
}

/** A person with the role they have at this moment; a stranger is written down as a client. */
export async function recognise(env: Env, settings: Settings, person: Person): Promise<User> {
  const user = await findUser(env.DB, person.id)
  const isConfigured = settings.ADMIN_IDS.includes(person.id)
  if (!user || (isConfigured && user.role !== 'admin')) return register(env, settings, person)
  return user
}

/** A person as leads remember who did what. */
export function actorOf({ id, name, role }: User): Actor {
  return { id, name, role }
}

/** A chat with one person, whose id is theirs; groups have negative ones. */
export function isPrivateChat(chatId: string): boolean {
  return !chatId.startsWith('-')
}
