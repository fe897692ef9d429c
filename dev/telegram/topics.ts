import type { Message, User } from 'grammy/types'
import type { Core } from './core.ts'
import { badRequest } from './errors.ts'
import { post } from './messages.ts'
import type { Place, Topic } from './world.ts'

const MAX_NAME = 128
/** General is topic 1, has no opening message, and cannot be deleted. */
const GENERAL = 1

/** The colours that a topic's icon may have; the first is the default. */
export const ICON_COLORS = [0x6f_b9_f0, 0xff_d6_7e, 0xcb_86_db, 0x8e_ee_98, 0xff_93_b2, 0xfb_6f_5f]

/** Who acts on a topic: the bot through a method, or a person. */
export interface Actor {
  user: User
  isBot: boolean
}

/** Opens a topic; its id is the id of the message that says so. */
export function createTopic(
  core: Core,
  place: Place,
  by: Actor,
  { name, color = ICON_COLORS[0] ?? 0 }: { name: string; color?: number | undefined },
): Topic {
  const id = place.lastMessageId + 1
  const topic: Topic = { id, name: name.slice(0, MAX_NAME), icon_color: color, isClosed: false }
  place.topics.set(id, topic)
  tell(core, place, by, id, { forum_topic_created: { name: topic.name, icon_color: color } })
  return topic
}

/** Renames a topic. */
export function renameTopic(
  core: Core,
  place: Place,
  by: Actor,
  topicId: number,
  name: string,
): void {
  findTopic(place, topicId).name = name.slice(0, MAX_NAME)
  tell(core, place, by, topicId, { forum_topic_edited: { name: name.slice(0, MAX_NAME) } })
}

/** Closes or reopens a topic, General (1) too. */
export function setTopicClosed(
  core: Core,
  place: Place,
  by: Actor,
  topicId: number,
  isClosed: boolean,
): void {
  const content = isClosed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} }
  if (topicId === GENERAL) {
    if (place.isGeneralClosed === isClosed) throw badRequest('TOPIC_NOT_MODIFIED')
    place.isGeneralClosed = isClosed
    return tell(core, place, by, undefined, content)
  }
  const topic = findTopic(place, topicId)
  if (topic.isClosed === isClosed) throw badRequest('TOPIC_NOT_MODIFIED')
  topic.isClosed = isClosed
  tell(core, place, by, topicId, content)
}

/** Deletes a topic with everything in it; nobody is told. */
export function deleteTopic(core: Core, place: Place, topicId: number): void {
  findTopic(place, topicId)
  place.topics.delete(topicId)
  for (const { message } of place.messages.values()) {
    if (message.message_thread_id === topicId) place.messages.delete(message.message_id)
  }
  core.watch.changed()
}

function findTopic(place: Place, topicId: number): Topic {
  const topic = place.topics.get(topicId)
  if (!topic) throw badRequest('TOPIC_ID_INVALID')
  return topic
}

function tell(
  core: Core,
  place: Place,
  { user, isBot }: Actor,
  threadId: number | undefined,
  content: Partial<Message>,
): void {
  post(core, place, { from: user, isBots: isBot, content, threadId })
}
