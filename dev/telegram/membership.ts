import type { ChatMemberUpdated, User } from 'grammy/types'
import {
  ALL_RIGHTS,
  botUser,
  chatOf,
  isAdmin,
  isInside,
  MEMBER_RIGHTS,
  memberOf,
  userOf,
} from './chats.ts'
import { type Core, unixNow } from './core.ts'
import { post } from './messages.ts'
import { announce } from './updates.ts'
import type { Person, Place, Rights, Standing } from './world.ts'

/** Changes how the bot stands in a group: the service message, and `my_chat_member` to the bot. */
export function setBotStanding(
  core: Core,
  place: Place,
  by: User,
  standing: Standing,
  rights: Partial<Rights> = {},
): number | null {
  const bot = botUser(core.bot)
  const old = { standing: place.bot, rights: place.rights }
  place.bot = standing
  place.rights = { ...defaultRights(standing), ...rights }
  const updateId = announce(core, {
    kind: 'my_chat_member',
    content: {
      my_chat_member: membershipUpdate(core, place, by, [
        memberOf(bot, old.standing, old.rights),
        memberOf(bot, standing, place.rights),
      ]),
    },
    queue: `bot's membership ${place.id}`,
  })
  if (place.type !== 'private') postComingOrGoing(core, place, by, bot, old.standing, standing)
  core.watch.changed()
  return updateId
}

/** Changes how a person stands in a group; the bot learns it if it runs the group and asked to. */
export function setMemberStanding(
  core: Core,
  place: Place,
  by: User,
  person: Person,
  standing: Standing,
): number | null {
  const user = userOf(person)
  const old = place.members.get(person.id) ?? 'left'
  place.members.set(person.id, standing)
  postComingOrGoing(core, place, by, user, old, standing)
  core.watch.changed()
  if (!isAdmin(place.bot)) return null
  return announce(core, {
    kind: 'chat_member',
    content: {
      chat_member: membershipUpdate(core, place, by, [
        memberOf(user, old, MEMBER_RIGHTS),
        memberOf(user, standing, MEMBER_RIGHTS),
      ]),
    },
    queue: `membership ${person.id}`,
  })
}

/** A person blocks the bot or takes it back: the bot's standing in their private chat. */
export function setBlocked(
  core: Core,
  place: Place,
  person: Person,
  hasBlocked: boolean,
): number | null {
  person.hasBlocked = hasBlocked
  return setBotStanding(core, place, userOf(person), hasBlocked ? 'kicked' : 'member')
}

function defaultRights(standing: Standing): Rights {
  if (isAdmin(standing)) return ALL_RIGHTS
  if (standing !== 'restricted') return MEMBER_RIGHTS
  return {
    ...MEMBER_RIGHTS,
    can_send_messages: false,
    can_send_documents: false,
    can_send_photos: false,
  }
}

const membershipUpdate = (
  core: Core,
  place: Place,
  from: User,
  [old_chat_member, new_chat_member]: [
    ChatMemberUpdated['old_chat_member'],
    ChatMemberUpdated['new_chat_member'],
  ],
): ChatMemberUpdated => ({
  chat: chatOf(core.world, place),
  from,
  date: unixNow(core),
  old_chat_member,
  new_chat_member,
})

function postComingOrGoing(
  core: Core,
  place: Place,
  by: User,
  who: User,
  old: Standing,
  standing: Standing,
): void {
  const isBots = by.id === core.bot.id
  if (!isInside(old) && isInside(standing)) {
    post(core, place, { from: by, isBots, content: { new_chat_members: [who] } })
  }
  if (isInside(old) && !isInside(standing)) {
    post(core, place, { from: by, isBots, content: { left_chat_member: who } })
  }
}
