import { ALL_RIGHTS, isAdmin, MEMBER_RIGHTS, userOf } from '../chats.ts'
import type { Core } from '../core.ts'
import { setBotStanding, setMemberStanding } from '../membership.ts'
import { post } from '../messages.ts'
import { createTopic, deleteTopic, setTopicClosed } from '../topics.ts'
import type { Place, Rights, Standing } from '../world.ts'
import { actorOf, groupOf, personOf } from './people.ts'

const SUPERGROUP_BASE = -1_000_000_000_000

/** A group to put into the stand-in; the first admin owns it. */
export interface NewGroup {
  /** −100… makes a supergroup, another negative id a basic group; absent: the next free one. */
  id?: number
  type?: 'group' | 'supergroup'
  title: string
  is_forum?: boolean
  /** Names of topics besides General. */
  topics?: string[]
  members?: number[]
  admins: [number, ...number[]]
  bot?: Standing
}

/** Makes a group that has been there before the bot looks: the bot is told of nothing. */
export function addGroup(core: Core, given: NewGroup): number {
  const { title, is_forum = false, topics = [], members = [], admins, bot = 'member' } = given
  const type =
    given.type ?? (given.id !== undefined && given.id > SUPERGROUP_BASE ? 'group' : 'supergroup')
  const id = given.id ?? nextGroupId(core, type)
  const place = emptyGroup(id, type, title, is_forum)
  for (const userId of members) place.members.set(personOf(core, userId).id, 'member')
  for (const [index, userId] of admins.entries()) {
    place.members.set(personOf(core, userId).id, index === 0 ? 'creator' : 'administrator')
  }
  core.world.places.set(id, place)
  for (const name of topics) createTopic(core, place, actorOf(core, admins[0]), { name })
  if (bot !== 'left') place.bot = bot
  if (isAdmin(bot)) place.rights = ALL_RIGHTS
  core.watch.changed()
  return id
}

function nextGroupId({ world }: Core, type: 'group' | 'supergroup'): number {
  const base = type === 'supergroup' ? SUPERGROUP_BASE - 2_000_000_000 : -4_000_000_000
  let id = base - world.places.size
  while (world.places.has(id)) id--
  return id
}

const emptyGroup = (id: number, type: Place['type'], title: string, isForum: boolean): Place => ({
  id,
  type,
  title,
  isForum,
  members: new Map(),
  bot: 'left',
  rights: MEMBER_RIGHTS,
  topics: new Map(),
  isGeneralClosed: false,
  // Message 1 of a supergroup says that it was made.
  lastMessageId: type === 'supergroup' ? 1 : 0,
  messages: new Map(),
})

/** An admin adds, promotes, restricts or removes the bot. */
export function setBot(
  core: Core,
  chatId: number,
  standing: Standing,
  rights?: Partial<Rights>,
): number | null {
  const place = groupOf(core, chatId)
  return setBotStanding(core, place, ownerOf(core, place), standing, rights)
}

/** Somebody's standing in a group changes by their own hand (joins, leaves) or by an admin's. */
export function setMember(
  core: Core,
  chatId: number,
  userId: number,
  standing: Standing,
): number | null {
  const place = groupOf(core, chatId)
  const person = personOf(core, userId)
  const isOwnDeed = standing === 'left' || (standing === 'member' && !place.members.has(userId))
  const by = isOwnDeed ? userOf(person) : ownerOf(core, place)
  return setMemberStanding(core, place, by, person, standing)
}

function ownerOf(core: Core, place: Place) {
  const [userId] = [...place.members].find(([, standing]) => standing === 'creator') ?? []
  return userOf(personOf(core, userId ?? 0))
}

/**
 * A basic group becomes a supergroup with another id: each of the two is told of the other,
 * messages stay behind, and their ids start again.
 */
export function migrate(core: Core, chatId: number, { is_forum = false } = {}): number {
  const old = groupOf(core, chatId)
  if (old.type !== 'group' || old.migratedTo !== undefined) {
    throw new Error(`${chatId} is not a basic group`)
  }
  const id = nextGroupId(core, 'supergroup')
  const place: Place = {
    ...emptyGroup(id, 'supergroup', old.title, is_forum),
    members: new Map(old.members),
    bot: old.bot,
    rights: old.rights,
    lastMessageId: 0,
  }
  core.world.places.set(id, place)
  const by = { from: ownerOf(core, old), isBots: false }
  post(core, old, { ...by, content: { migrate_to_chat_id: id } })
  old.migratedTo = id
  post(core, place, { ...by, content: { migrate_from_chat_id: old.id } })
  return id
}

/** What an admin does to a topic of a forum; General is 1. */
export type TopicDeed = 'close' | 'reopen' | 'delete'

/** An admin closes, reopens or deletes a topic. */
export function changeTopic(core: Core, chatId: number, topicId: number, deed: TopicDeed): void {
  const place = groupOf(core, chatId)
  if (deed === 'delete') return deleteTopic(core, place, topicId)
  const by = { user: ownerOf(core, place), isBot: false }
  setTopicClosed(core, place, by, topicId, deed === 'close')
}

/** An admin opens a topic; gives its id. */
export function addTopic(core: Core, chatId: number, name: string): number {
  const place = groupOf(core, chatId)
  return createTopic(core, place, { user: ownerOf(core, place), isBot: false }, { name }).id
}

/** Somebody deletes a message for everybody; the bot is not told. */
export function deleteMessage(core: Core, chatId: number, messageId: number): void {
  const place = core.world.places.get(chatId)
  if (!place?.messages.delete(messageId)) throw new Error(`There is no message ${messageId}`)
  core.watch.changed()
}
