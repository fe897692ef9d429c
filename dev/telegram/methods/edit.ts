import type { Message } from 'grammy/types'
import { findPlace } from '../access.ts'
import type { Arguments } from '../arguments.ts'
import { isAdmin } from '../chats.ts'
import { type Core, unixNow } from '../core.ts'
import { lengthOf } from '../entities/formatted-text.ts'
import { badRequest } from '../errors.ts'
import { readInlineMarkup } from '../markup.ts'
import { shown } from '../messages.ts'
import { isService } from '../updates.ts'
import type { Place, Stored } from '../world.ts'
import type { Method } from './method.ts'
import { MAX_TEXT, previewOptions, readCaption, readMessageText } from './send.ts'

type Editable = keyof Pick<
  Message,
  'text' | 'entities' | 'link_preview_options' | 'caption' | 'caption_entities' | 'reply_markup'
>

const DELETE_WITHIN_S = 48 * 60 * 60

const editMessageText: Method = (core, args) => {
  const { text, entities } = readMessageText(core, args)
  const { place, stored } = findEditable(core, args)
  if (stored.message.text === undefined) throw badRequest('there is no text in the message to edit')
  if (lengthOf(text) > MAX_TEXT) throw badRequest('MESSAGE_TOO_LONG')
  const content = { text, ...(entities.length > 0 && { entities }), ...previewOptions(args) }
  return edit(core, args, place, stored, ['text', 'entities', 'link_preview_options'], content)
}

const editMessageCaption: Method = (core, args) => {
  const caption = readCaption(core, args)
  const { place, stored } = findEditable(core, args)
  const { document, photo } = stored.message
  if (!document && !photo) throw badRequest('there is no caption in the message to edit')
  return edit(core, args, place, stored, ['caption', 'caption_entities'], caption)
}

const editMessageReplyMarkup: Method = (core, args) => {
  const { place, stored } = findEditable(core, args)
  return edit(core, args, place, stored, [], {})
}

/** The bot's own messages stay editable for ever, but not those that brought a reply keyboard. */
function findEditable(core: Core, args: Arguments): { place: Place; stored: Stored } {
  if (args.text('chat_id') === '' && args.integer('message_id') === 0) {
    const isInline = args.text('inline_message_id') !== ''
    throw badRequest(isInline ? 'MESSAGE_ID_INVALID' : 'message identifier is not specified')
  }
  const place = findPlace(core, args.text('chat_id'), 'edit')
  const stored = place.messages.get(args.integer('message_id'))
  if (!stored) throw badRequest('message to edit not found')
  if (!stored.isBots || stored.keyboard || isService(stored)) {
    throw badRequest("message can't be edited")
  }
  return { place, stored }
}

/** Replaces `fields` and the keyboard, which disappears unless it is given again. */
function edit(
  core: Core,
  args: Arguments,
  place: Place,
  stored: Stored,
  fields: readonly Editable[],
  content: Partial<Message>,
): Message {
  const reply_markup = readInlineMarkup(args.text('reply_markup'), {
    isPrivate: place.type === 'private',
  })
  const next: Message = { ...stored.message }
  for (const field of [...fields, 'reply_markup'] as const) delete next[field]
  Object.assign(next, content, reply_markup && { reply_markup })
  if (isSame(next, stored.message, [...fields, 'reply_markup'])) {
    throw badRequest(
      'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
    )
  }
  core.flood.take('edit', place)
  stored.message = { ...next, edit_date: unixNow(core) }
  stored.edits++
  core.watch.changed()
  return shown(place, stored)
}

const isSame = (a: Message, b: Message, fields: readonly Editable[]) =>
  fields.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]))

const deleteMessage: Method = (core, args) => {
  if (args.text('chat_id') === '') throw badRequest('chat identifier is not specified')
  if (args.integer('message_id') === 0) throw badRequest('message identifier is not specified')
  const place = findPlace(core, args.text('chat_id'), 'write')
  const stored = place.messages.get(args.integer('message_id'))
  if (!stored) throw badRequest('message to delete not found')
  checkDeletable(core, place, stored)
  place.messages.delete(stored.message.message_id)
  core.watch.changed()
  return true
}

function checkDeletable(core: Core, place: Place, stored: Stored): void {
  const isOld = unixNow(core) - stored.message.date >= DELETE_WITHIN_S
  const runsGroup = isAdmin(place.bot) && place.rights.can_delete_messages
  const isOthers = place.type !== 'private' && !stored.isBots && !runsGroup
  const opensTopic = stored.message.forum_topic_created !== undefined
  if (place.type === 'supergroup' && (isOld || isOthers || opensTopic)) {
    throw badRequest("message can't be deleted")
  }
  if (isOld || isOthers) throw badRequest("message can't be deleted for everyone")
}

export const editMethods = {
  editMessageText,
  editMessageCaption,
  editMessageReplyMarkup,
  deleteMessage,
} satisfies Record<string, Method>
