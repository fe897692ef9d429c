import type { Core } from './core.ts'
import { isAdmin, isInside, privatePlace } from './chats.ts'
import { badRequest, forbidden } from './errors.ts'
import type { Person, Place, World } from './world.ts'

/** What a method wants of a chat. Only `write` meets an upgraded group or a person who blocked. */
export type Access = 'read' | 'members' | 'edit' | 'write'

/** The chat that a call names, or the refusal that Telegram gives before doing anything. */
export function findPlace(core: Core, chatId: string, access: Access): Place {
  if (chatId === '') throw badRequest('chat_id is empty')
  const place = core.world.places.get(Number(chatId))
  const person = core.world.people.get(Number(chatId))
  if (person) return findPrivate(core.world, person, access)
  if (!place) throw badRequest('chat not found')
  checkGroup(place, access)
  return place
}

function findPrivate(world: World, person: Person, access: Access): Place {
  const place = world.places.get(person.id)
  if (!place && !hasMet(world, person)) throw badRequest('chat not found')
  const changes = access === 'edit' || access === 'write'
  if (person.isDeactivated && changes) throw forbidden('user is deactivated')
  if (!place && changes) throw forbidden("bot can't initiate conversation with a user")
  if (person.hasBlocked && access === 'write') throw forbidden('bot was blocked by the user')
  return place ?? privatePlace(person)
}

/** The bot knows of people that it shares a group with, even if they never wrote to it. */
const hasMet = (world: World, { id }: Person) =>
  [...world.places.values()].some((place) => isInside(place.bot) && isInside(place.members.get(id)))

function checkGroup(place: Place, access: Access): void {
  const name = `${place.type} chat`
  if (place.migratedTo !== undefined) {
    if (access === 'read' || access === 'edit') return
    throw badRequest('group chat was upgraded to a supergroup chat', {
      migrate_to_chat_id: place.migratedTo,
    })
  }
  if (place.type === 'group' && (access === 'read' || access === 'members')) return
  if (place.bot === 'kicked') throw forbidden(`bot was kicked from the ${name}`)
  if (place.bot === 'left') throw forbidden(`bot is not a member of the ${name}`)
}

/**
 * The topic that a message goes to; `undefined` is General, or a chat without topics.
 * General may not be named, and a chat that is no forum ignores the argument.
 */
export function findThread(place: Place, threadId: number): number | undefined {
  if (place.type === 'group' || (place.type === 'supergroup' && !place.isForum)) return undefined
  if (threadId <= 0) {
    if (place.isForum && place.isGeneralClosed && !mayManageTopics(place)) {
      throw badRequest('TOPIC_CLOSED')
    }
    return undefined
  }
  const topic = place.topics.get(threadId)
  if (!topic) throw badRequest('message thread not found')
  if (topic.isClosed && !mayManageTopics(place)) throw badRequest('TOPIC_CLOSED')
  return topic.id
}

/** Whether the bot runs the forum: it writes into closed topics, makes and closes them. */
export const mayManageTopics = (place: Place) =>
  isAdmin(place.bot) && place.rights.can_manage_topics

/** Refuses what a restricted bot may not send. */
export function checkRights(place: Place, kind: 'messages' | 'documents' | 'photos'): void {
  if (place.bot !== 'restricted' || place.rights[`can_send_${kind}`]) return
  const words = kind === 'messages' ? 'text messages' : kind
  throw badRequest(`not enough rights to send ${words} to the chat`)
}
