import { findPlace, mayManageTopics } from '../access.ts'
import type { Arguments } from '../arguments.ts'
import { botUser } from '../chats.ts'
import type { Core } from '../core.ts'
import { badRequest } from '../errors.ts'
import { createTopic, deleteTopic, ICON_COLORS, renameTopic, setTopicClosed } from '../topics.ts'
import type { Place } from '../world.ts'
import type { Method } from './method.ts'

const createForumTopic: Method = (core, args) => {
  const place = findForum(core, args, 'create a topic')
  const name = args.text('name')
  const color = args.integer('icon_color')
  if (name === '') throw badRequest('name must be non-empty')
  if (color !== 0 && !ICON_COLORS.includes(color)) throw badRequest('invalid icon color specified')
  const topic = createTopic(core, place, actor(core), { name, color: color || undefined })
  return { message_thread_id: topic.id, name: topic.name, icon_color: topic.icon_color }
}

const editForumTopic: Method = (core, args) => {
  const place = findForum(core, args, 'edit the topic')
  const name = args.text('name')
  if (name !== '') renameTopic(core, place, actor(core), args.integer('message_thread_id'), name)
  return true
}

const setClosed =
  (isClosed: boolean): Method =>
  (core, args) => {
    const place = findForum(core, args, 'close or open the topic')
    setTopicClosed(core, place, actor(core), args.integer('message_thread_id'), isClosed)
    return true
  }

const deleteForumTopic: Method = (core, args) => {
  const place = findForum(core, args, 'delete the topic')
  deleteTopic(core, place, args.integer('message_thread_id'))
  return true
}

const actor = ({ bot }: Core) => ({ user: botUser(bot), isBot: true })

function findForum(core: Core, args: Arguments, deed: string): Place {
  const place = findPlace(core, args.text('chat_id'), 'write')
  if (!place.isForum) throw badRequest('the chat is not a forum')
  if (!mayManageTopics(place)) throw badRequest(`not enough rights to ${deed}`)
  return place
}

export const topicMethods = {
  createForumTopic,
  editForumTopic,
  closeForumTopic: setClosed(true),
  reopenForumTopic: setClosed(false),
  deleteForumTopic,
} satisfies Record<string, Method>
