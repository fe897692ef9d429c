import { isInside, privatePlace, userOf } from '../chats.ts'
import type { Core } from '../core.ts'
import { setBlocked } from '../membership.ts'
import type { Person, Place, World } from '../world.ts'

/** A person to put into the stand-in. */
export interface NewPerson {
  id: number
  first_name: string
  last_name?: string
  username?: string
  language_code?: string
  phone_number?: string
  /** Who they are in the story that is told: the chat page shows it below the name. */
  note?: string
  /** Has already pressed Start, so that the bot may write first. */
  hasStarted?: boolean
}

/** Adds a person, or changes what is known of one. */
export function addUser({ world, watch }: Core, { hasStarted = false, ...given }: NewPerson): void {
  const known = world.people.get(given.id)
  const fresh = { hasStarted: false, hasBlocked: false, isDeactivated: false }
  const person: Person = { ...(known ?? fresh), ...given }
  world.people.set(given.id, person)
  if (hasStarted) start(world, person)
  watch.changed()
}

/** Opens the private chat of a person with the bot. */
function start(world: World, person: Person): Place {
  person.hasStarted = true
  const place = world.places.get(person.id) ?? privatePlace(person)
  world.places.set(person.id, place)
  return place
}

/** The person who acts; a name that nobody has is a mistake of the caller. */
export function personOf({ world }: Pick<Core, 'world'>, userId: number): Person {
  const person = world.people.get(userId)
  if (!person) throw new Error(`There is no person ${userId}`)
  return person
}

/** A group by its id. */
export function groupOf({ world }: Pick<Core, 'world'>, chatId: number): Place {
  const place = world.places.get(chatId)
  if (!place || place.type === 'private') throw new Error(`There is no group ${chatId}`)
  return place
}

/** The chat in which somebody acts: their own with the bot, or a group that they are in. */
export function placeOf(core: Core, userId: number, chatId: number): Place {
  const person = personOf(core, userId)
  if (chatId === userId) return start(core.world, person)
  const place = groupOf(core, chatId)
  if (!isInside(place.members.get(userId))) throw new Error(`${userId} is not in ${chatId}`)
  if (place.migratedTo !== undefined) throw new Error(`${chatId} has become ${place.migratedTo}`)
  return place
}

/** Somebody blocks the bot: it learns so, and can send them nothing. */
export function block(core: Core, userId: number): number | null {
  const person = personOf(core, userId)
  return person.hasBlocked ? null : setBlocked(core, start(core.world, person), person, true)
}

/** Somebody takes the bot back. */
export function unblock(core: Core, userId: number): number | null {
  const person = personOf(core, userId)
  return person.hasBlocked ? setBlocked(core, start(core.world, person), person, false) : null
}

/** Somebody deletes their account; the bot is not told. */
export function deactivate(core: Core, userId: number): void {
  personOf(core, userId).isDeactivated = true
  core.watch.changed()
}

/** A person as the actor of an update. */
export const actorOf = (core: Pick<Core, 'world'>, userId: number) => ({
  user: userOf(personOf(core, userId)),
  isBot: false,
})
