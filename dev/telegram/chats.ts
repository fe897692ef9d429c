import type { Chat, ChatMember, User, UserFromGetMe } from 'grammy/types'
import type { Person, Place, Rights, Standing, World } from './world.ts'

/** What a bot may do when a group's owner gave it everything. */
export const ALL_RIGHTS: Rights = {
  can_send_messages: true,
  can_send_documents: true,
  can_send_photos: true,
  can_delete_messages: true,
  can_manage_topics: true,
}

/** An ordinary member may speak, and nothing more. */
export const MEMBER_RIGHTS: Rights = {
  ...ALL_RIGHTS,
  can_delete_messages: false,
  can_manage_topics: false,
}

/** A person as the Bot API shows them. */
export const userOf = ({ id, first_name, last_name, username, language_code }: Person): User => ({
  id,
  is_bot: false,
  first_name,
  ...(last_name !== undefined && { last_name }),
  ...(username !== undefined && { username }),
  ...(language_code !== undefined && { language_code }),
})

/** The bot inside messages and memberships, where what only getMe tells is left out. */
export const botUser = ({ id, is_bot, first_name, username }: UserFromGetMe): User => ({
  id,
  is_bot,
  first_name,
  username,
})

/** The chat of a person with the bot, before anything was said in it. */
export const privatePlace = ({ id }: Person): Place => ({
  id,
  type: 'private',
  title: '',
  isForum: false,
  members: new Map(),
  bot: 'member',
  rights: MEMBER_RIGHTS,
  topics: new Map(),
  isGeneralClosed: false,
  lastMessageId: 0,
  messages: new Map(),
})

/** A chat as messages and updates show it; a supergroup's never says how many it has. */
export function chatOf(
  world: World,
  place: Place,
): Chat.PrivateChat | Chat.GroupChat | Chat.SupergroupChat {
  const { id, type, title } = place
  if (type === 'private') {
    const person = world.people.get(id)
    const { first_name = '', last_name, username } = person ?? {}
    return {
      id,
      type,
      first_name,
      ...(last_name !== undefined && { last_name }),
      ...(username !== undefined && { username }),
    }
  }
  if (type === 'group') return { id, type, title }
  return { id, type, title, ...(place.isForum && { is_forum: true as const }) }
}

/** How somebody stands in a chat, as getChatMember and membership updates show it. */
export function memberOf(user: User, standing: Standing, rights: Rights): ChatMember {
  if (standing === 'member' || standing === 'left') return { status: standing, user }
  if (standing === 'kicked') return { status: standing, user, until_date: 0 }
  if (standing === 'creator') return { status: standing, user, is_anonymous: false }
  return standing === 'administrator' ? administrator(user, rights) : restricted(user, rights)
}

const administrator = (user: User, rights: Rights): ChatMember => ({
  status: 'administrator',
  user,
  can_be_edited: false,
  is_anonymous: false,
  can_manage_chat: true,
  can_change_info: true,
  can_delete_messages: rights.can_delete_messages,
  can_invite_users: true,
  can_restrict_members: true,
  can_pin_messages: true,
  can_manage_topics: rights.can_manage_topics,
  can_promote_members: false,
  can_manage_video_chats: true,
  can_post_stories: false,
  can_edit_stories: false,
  can_delete_stories: false,
  can_send_welcome_messages: false,
})

const restricted = (user: User, rights: Rights): ChatMember => ({
  status: 'restricted',
  user,
  is_member: true,
  until_date: 0,
  can_send_messages: rights.can_send_messages,
  can_send_audios: false,
  can_send_documents: rights.can_send_documents,
  can_send_photos: rights.can_send_photos,
  can_send_videos: false,
  can_send_video_notes: false,
  can_send_voice_notes: false,
  can_send_polls: false,
  can_send_other_messages: false,
  can_add_web_page_previews: false,
  can_react_to_messages: true,
  can_change_info: false,
  can_invite_users: false,
  can_edit_tag: false,
  can_pin_messages: false,
  can_manage_topics: false,
})

/** Whether somebody who stands so is in the group now. */
export const isInside = (standing: Standing | undefined) =>
  standing !== undefined && standing !== 'left' && standing !== 'kicked'

/** Whether somebody who stands so runs the group. */
export const isAdmin = (standing: Standing | undefined) =>
  standing === 'creator' || standing === 'administrator'
