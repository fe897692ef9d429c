import type { Message, User } from 'grammy/types'
import { chatOf } from './chats.ts'
import { type Core, unixNow } from './core.ts'
import type { Markup } from './markup.ts'
import { announce, isShownToBot } from './updates.ts'
import type { Place, Stored, World } from './world.ts'

/** A message about to appear in a chat. */
export interface Posting {
  from: User
  isBots: boolean
  content: Partial<Message>
  replyTo?: number | undefined
  /** A topic, already checked; absent in General and where there are no topics. */
  threadId?: number | undefined
  markup?: Markup | undefined
}

/** Puts a message into a chat and tells the bot if it may know; `updateId` is of that update. */
export function post(
  core: Core,
  place: Place,
  posting: Posting,
): { stored: Stored; updateId: number | null } {
  const { markup, replyTo } = posting
  const isInline = markup !== undefined && 'inline_keyboard' in markup
  const stored: Stored = {
    message: {
      message_id: nextMessageId(core.world, place),
      from: posting.from,
      chat: chatOf(core.world, place),
      date: unixNow(core),
      ...threadFields(place, posting),
      ...posting.content,
      ...(isInline && { reply_markup: markup }),
    },
    isBots: posting.isBots,
    ...(replyTo !== undefined && { replyTo }),
    ...(markup && !isInline && { keyboard: markup }),
    edits: 0,
  }
  place.messages.set(stored.message.message_id, stored)
  if (stored.keyboard) showKeyboard(place, stored.keyboard)
  core.watch.changed()
  return { stored, updateId: tellBot(core, place, stored, 'message') }
}

/** Tells the bot of a message, new or edited, unless it may not see it. */
export function tellBot(
  core: Core,
  place: Place,
  stored: Stored,
  kind: 'message' | 'edited_message',
): number | null {
  if (!isShownToBot(core, place, stored)) return null
  return announce(core, {
    kind,
    content: { [kind]: shown(place, stored) },
    queue: `chat ${place.id}`,
  })
}

/** A supergroup counts its own messages; everything else of the account is counted together. */
function nextMessageId(world: World, place: Place): number {
  if (place.type !== 'supergroup') return ++world.lastMessageId
  return ++place.lastMessageId
}

function threadFields(place: Place, { threadId, replyTo }: Posting): Partial<Message> {
  if (threadId !== undefined) return { message_thread_id: threadId, is_topic_message: true }
  const isPlainSupergroup = place.type === 'supergroup' && !place.isForum
  const root = isPlainSupergroup ? place.messages.get(replyTo ?? 0)?.message : undefined
  return root ? { message_thread_id: root.message_thread_id ?? root.message_id } : {}
}

function showKeyboard(place: Place, keyboard: Markup): void {
  if ('keyboard' in keyboard) place.keyboard = keyboard
  if ('remove_keyboard' in keyboard) delete place.keyboard
}

/**
 * A message as the Bot API shows it: with what it answers, but not what that one answers.
 * In a topic a message that answers nothing answers the message that opened the topic.
 */
export function shown(place: Place, { message, replyTo }: Stored): Message {
  const opened = message.is_topic_message ? message.message_thread_id : undefined
  const replied = place.messages.get(replyTo ?? opened ?? 0)?.message
  const isItself = replied?.message_id === message.message_id
  return structuredClone({
    ...message,
    ...(replied &&
      !isItself && {
        // Messages are kept without what they answer, as this type wants it.
        reply_to_message: replied as Message['reply_to_message'] & object,
      }),
  })
}
