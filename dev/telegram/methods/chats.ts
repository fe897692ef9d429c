import type { ChatMember } from 'grammy/types'
import { findPlace } from '../access.ts'
import { botUser, chatOf, isAdmin, MEMBER_RIGHTS, memberOf, userOf } from '../chats.ts'
import type { Core } from '../core.ts'
import { badRequest } from '../errors.ts'
import { setBotStanding } from '../membership.ts'
import type { Place } from '../world.ts'
import type { Method } from './method.ts'

const ACTIONS = new Set(
  'typing upload_photo record_video upload_video record_voice upload_voice upload_document choose_sticker find_location record_video_note upload_video_note'.split(
    ' ',
  ),
)
const NO_GIFTS = {
  unlimited_gifts: false,
  limited_gifts: false,
  unique_gifts: false,
  premium_subscription: false,
  gifts_from_channels: false,
}

const getChat: Method = (core, args) => {
  const place = findPlace(core, args.text('chat_id'), 'read')
  return {
    ...chatOf(core.world, place),
    accepted_gift_types: NO_GIFTS,
    max_reaction_count: 11,
    accent_color_id: 0,
  }
}

const getChatMember: Method = (core, args) => {
  const userId = args.integer('user_id')
  if (userId <= 0) throw badRequest('invalid user_id specified')
  const isSelf = userId === core.bot.id
  const place = findPlace(core, args.text('chat_id'), isSelf ? 'read' : 'members')
  if (isSelf) return memberOf(botUser(core.bot), place.bot, place.rights)
  if (place.type === 'supergroup' && !isAdmin(place.bot)) {
    throw badRequest('member list is inaccessible')
  }
  return memberById(core, place, userId)
}

function memberById({ world }: Core, place: Place, userId: number): ChatMember {
  const person = world.people.get(userId)
  if (!person) throw badRequest('PARTICIPANT_ID_INVALID')
  const isOwnChat = place.type === 'private' && place.id === userId
  return memberOf(
    userOf(person),
    isOwnChat ? 'member' : (place.members.get(userId) ?? 'left'),
    MEMBER_RIGHTS,
  )
}

const getChatAdministrators: Method = (core, args) => {
  const place = findPlace(core, args.text('chat_id'), 'members')
  if (place.type === 'private') {
    throw badRequest('there are no administrators in the private chat')
  }
  const people = [...place.members]
    .filter(([, standing]) => isAdmin(standing))
    .map(([userId]) => memberById(core, place, userId))
  const withBots = args.flag('return_bots') && isAdmin(place.bot)
  return withBots ? [...people, memberOf(botUser(core.bot), place.bot, place.rights)] : people
}

const leaveChat: Method = (core, args) => {
  const place = findPlace(core, args.text('chat_id'), 'read')
  if (place.type === 'private')
    throw badRequest("chat member status can't be changed in private chats")
  setBotStanding(core, place, botUser(core.bot), 'left')
  return true
}

const sendChatAction: Method = (core, args) => {
  if (!ACTIONS.has(args.text('action').toLowerCase())) {
    throw badRequest('wrong parameter action in request')
  }
  findPlace(core, args.text('chat_id'), 'write')
  return true
}

export const chatMethods = {
  getMe: ({ bot }) => bot,
  getChat,
  getChatMember,
  getChatAdministrators,
  leaveChat,
  sendChatAction,
} satisfies Record<string, Method>
