import { packPress } from '../callback-data.ts'

/** Everything that a button of the admin panel does: shows something, or changes it and shows it. */
export const DEEDS = [
  'home',
  'projects',
  'project',
  'mode',
  'minutes',
  'return',
  'summary',
  'chats',
  'chat',
  'test',
  'people',
  'person',
  'role',
  // Does what `role` has asked about.
  'give',
  'away',
  // Removes a person from a project; one letter, for two ids have to fit.
  'x',
  'invites',
  'revoke',
] as const

export type Deed = (typeof DEEDS)[number]

/** What was pressed: what to do, with what choice, to what (an id). */
export interface AdminPress {
  deed: Deed
  choice: string
  id: string
}

/** The callback data of a button of the panel. */
export function packAdmin(deed: Deed, choice: string | number = '', id = ''): string {
  return packPress({ verb: 'admin', id: `${deed}-${choice}-${id}` })
}

/** `null` for what no panel of ours says: any client can send any data. */
export function unpackAdmin(id: string): AdminPress | null {
  const match = /^([a-z]+)-(\w*)-([\w-]*)$/.exec(id)
  const deed = DEEDS.find((known) => known === match?.[1])
  return deed ? { deed, choice: match?.[2] ?? '', id: match?.[3] ?? '' } : null
}
