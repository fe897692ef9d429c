import type { Message, MessageOrigin, User } from 'grammy/types'
import { chatOf, isAdmin, userOf } from '../chats.ts'
import { type Core, unixNow } from '../core.ts'
import { lengthOf } from '../entities/formatted-text.ts'
import { tidy } from '../entities/read-text.ts'
import { post, tellBot } from '../messages.ts'
import type { Upload } from '../multipart.ts'
import type { Person, Place, StoredFile, World } from '../world.ts'
import { personOf, placeOf } from './people.ts'

const MAX_TEXT = 4096

/** Who the Bot API names as the author of what an admin writes in the name of a group. */
const ANONYMOUS_ADMIN: User = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
}

/** What somebody sends: one kind of content, and where it goes. */
export interface Saying {
  text?: string
  /** One's own number, or a card from the address book. */
  contact?: 'own' | { phone_number: string; first_name: string; last_name?: string }
  /** The emoji of a sticker. */
  sticker?: string
  photo?: Attachment
  document?: Attachment
  /** Seconds of a voice message. */
  voice?: number
  location?: { latitude: number; longitude: number }
  caption?: string
  /** Whose words these are; a name alone is somebody who hides their account. */
  forwardFrom?: { userId: number } | { name: string }
  replyTo?: number
  threadId?: number
  /** An admin of a group writes in its name. */
  isAnonymous?: boolean
}

/** A file from somebody's device. */
interface Attachment {
  name: string
  bytes: Uint8Array
}

/** What an act of a person made: the message, and the update if the bot is told of it. */
export interface Said {
  messageId: number
  updateId: number | null
}

/** Somebody sends a message; the first in a private chat starts the bot. */
export function say(core: Core, userId: number, chatId: number, saying: Saying): Said {
  const person = personOf(core, userId)
  if (chatId === userId && person.hasBlocked) {
    throw new Error(`${userId} has blocked the bot: unblock first`)
  }
  const place = placeOf(core, userId, chatId)
  checkTopic(place, userId, saying.threadId)
  const { stored, updateId } = post(core, place, {
    from: saying.isAnonymous ? ANONYMOUS_ADMIN : userOf(person),
    isBots: false,
    content: {
      ...(saying.isAnonymous && { sender_chat: chatOf(core.world, place) }),
      ...forwarded(core, saying),
      ...contentOf(core, person, saying),
    },
    replyTo: saying.replyTo,
    threadId: saying.threadId,
  })
  return { messageId: stored.message.message_id, updateId }
}

function checkTopic(place: Place, userId: number, threadId: number | undefined): void {
  const topic = threadId === undefined ? undefined : place.topics.get(threadId)
  if (threadId !== undefined && !topic) throw new Error(`There is no topic ${threadId}`)
  const isClosed = topic ? topic.isClosed : place.isGeneralClosed
  if (isClosed && !isAdmin(place.members.get(userId))) throw new Error('The topic is closed')
}

function forwarded(core: Core, { forwardFrom }: Saying): Partial<Message> {
  if (!forwardFrom) return {}
  const date = unixNow(core)
  const origin: MessageOrigin =
    'name' in forwardFrom
      ? { type: 'hidden_user', sender_user_name: forwardFrom.name, date }
      : { type: 'user', sender_user: userOf(personOf(core, forwardFrom.userId)), date }
  return { forward_origin: origin }
}

function contentOf(core: Core, person: Person, saying: Saying): Partial<Message> {
  const { text, contact, sticker, photo, document, voice, location } = saying
  if (text !== undefined) return textContent(text)
  if (contact) return { contact: contactOf(core.world, person, contact) }
  if (location) return { location }
  if (sticker !== undefined) return { sticker: stickerOf(core, sticker) }
  if (voice !== undefined) return { voice: { ...fileOf(core, 'voice'), duration: voice } }
  if (photo) return { photo: [photoOf(core, photo)], ...captionOf(saying) }
  if (document) return { document: documentOf(core, document), ...captionOf(saying) }
  throw new Error('Nothing is said')
}

function textContent(given: string): Partial<Message> {
  const { text, entities } = tidy({ text: given, entities: [] })
  if (text === '') throw new Error('An empty message cannot be sent')
  if (lengthOf(text) > MAX_TEXT) throw new Error('The message is too long')
  return { text, ...(entities.length > 0 && { entities }) }
}

function captionOf({ caption: given }: Saying): Partial<Message> {
  if (given === undefined) return {}
  const { text: caption, entities } = tidy({ text: given, entities: [] })
  return { caption, ...(entities.length > 0 && { caption_entities: entities }) }
}

const digits = (phone: string | undefined) => phone?.replace(/\D/g, '')

/** Telegram itself says whose number it is; what a client claims is not looked at. */
function contactOf(world: World, person: Person, contact: NonNullable<Saying['contact']>) {
  const { phone_number, first_name, last_name } = contact === 'own' ? person : contact
  if (!phone_number) throw new Error(`${person.id} has no phone number`)
  const owner = [...world.people.values()].find(
    (other) => digits(other.phone_number) === digits(phone_number),
  )
  return {
    phone_number,
    first_name,
    ...(last_name !== undefined && { last_name }),
    ...(owner && { user_id: owner.id }),
  }
}

function stickerOf(core: Core, emoji: string): NonNullable<Message['sticker']> {
  const look = {
    type: 'regular',
    width: 512,
    height: 512,
    is_animated: false,
    is_video: false,
  } as const
  return { ...fileOf(core, 'sticker'), ...look, emoji }
}

function fileOf({ files }: Core, kind: StoredFile['kind'], upload?: Upload) {
  const empty = { name: '', mime: 'application/octet-stream', bytes: new Uint8Array() }
  const { file_id, file_unique_id } = files.add(kind, upload ?? empty)
  return { file_id, file_unique_id }
}

function photoOf({ files }: Core, { name, bytes }: Attachment) {
  const file = files.add('photo', { name, bytes, mime: 'image/jpeg' })
  const { file_id, file_unique_id, width, height, size } = file
  return { file_id, file_unique_id, width, height, file_size: size }
}

function documentOf({ files }: Core, { name, bytes }: Attachment) {
  const file = files.add('document', { name, bytes, mime: 'application/octet-stream' })
  const { file_id, file_unique_id, mime, size } = file
  return { file_id, file_unique_id, file_name: name, mime_type: mime, file_size: size }
}

/** Somebody changes the text of their own message. */
export function editText(
  core: Core,
  userId: number,
  chatId: number,
  messageId: number,
  text: string,
): Said {
  const place = placeOf(core, userId, chatId)
  const stored = place.messages.get(messageId)
  if (stored?.message.from?.id !== userId || stored.message.text === undefined) {
    throw new Error(`${messageId} is not a text of ${userId}`)
  }
  const { entities: _, ...rest } = stored.message
  stored.message = { ...rest, ...textContent(text), edit_date: unixNow(core) }
  stored.edits++
  core.watch.changed()
  return { messageId, updateId: tellBot(core, place, stored, 'edited_message') }
}
