import type { Message } from 'grammy/types'
import { z } from 'zod'
import { checkRights, findPlace, findThread } from '../access.ts'
import type { Arguments } from '../arguments.ts'
import { botUser, userOf } from '../chats.ts'
import type { Core } from '../core.ts'
import { type FindUser, type FormattedText, lengthOf } from '../entities/formatted-text.ts'
import { readText } from '../entities/read-text.ts'
import { badRequest } from '../errors.ts'
import { readMarkup } from '../markup.ts'
import { post, shown } from '../messages.ts'
import type { Place, StoredFile } from '../world.ts'
import type { Method } from './method.ts'

/** Telegram counts these in characters, not in UTF-16 units. */
export const MAX_TEXT = 4096
const MAX_CAPTION = 1024

const sendMessage: Method = (core, args) => {
  const { text, entities } = readMessageText(core, args)
  return send(core, args, 'messages', () => {
    if (lengthOf(text) > MAX_TEXT) throw badRequest('message is too long')
    return { text, ...(entities.length > 0 && { entities }), ...previewOptions(args) }
  })
}

const sendDocument: Method = (core, args) => {
  requireFile(args, 'document')
  const caption = readCaption(core, args)
  return send(core, args, 'documents', () => {
    const file = inputFile(core, args, 'document')
    const { file_id, file_unique_id, name, mime, size } = file
    const document = { file_name: name, mime_type: mime, file_id, file_unique_id, file_size: size }
    return { document, ...caption }
  })
}

const sendPhoto: Method = (core, args) => {
  requireFile(args, 'photo')
  const caption = readCaption(core, args)
  return send(core, args, 'photos', () => {
    const file = inputFile(core, args, 'photo')
    const { file_id, file_unique_id, size, width, height } = file
    return { photo: [{ file_id, file_unique_id, file_size: size, width, height }], ...caption }
  })
}

/** What every send does: the chat, the topic, the answered message, the keyboard, the limits. */
function send(
  core: Core,
  args: Arguments,
  kind: 'messages' | 'documents' | 'photos',
  content: () => Partial<Message>,
): Message {
  const place = findPlace(core, args.text('chat_id'), 'write')
  const threadId = findThread(place, args.integer('message_thread_id'))
  const replyTo = findReplied(place, args)
  checkRights(place, kind)
  const markup = readMarkup(args.text('reply_markup'), { isPrivate: place.type === 'private' })
  const posting = {
    from: botUser(core.bot),
    isBots: true,
    content: content(),
    replyTo,
    threadId,
    markup,
  }
  core.flood.take('send', place)
  return shown(place, post(core, place, posting).stored)
}

const ReplyParameters = z.object({
  message_id: z.coerce.number().default(0),
  allow_sending_without_reply: z.boolean().default(false),
})

function findReplied(place: Place, args: Arguments): number | undefined {
  const given = args.has('reply_parameters')
    ? ReplyParameters.safeParse(args.json('reply_parameters'))
    : ReplyParameters.safeParse({
        message_id: args.integer('reply_to_message_id'),
        allow_sending_without_reply: args.flag('allow_sending_without_reply'),
      })
  if (!given.success) throw badRequest('object expected as reply parameters')
  const { message_id, allow_sending_without_reply } = given.data
  if (message_id <= 0) return undefined
  if (place.messages.has(message_id)) return message_id
  if (allow_sending_without_reply) return undefined
  throw badRequest('message to be replied not found')
}

const findUser =
  ({ world }: Core): FindUser =>
  (id) => {
    const person = world.people.get(id)
    return person && userOf(person)
  }

/** The text of a message to send or to edit, parsed; empty text is refused. */
export function readMessageText(core: Core, args: Arguments): FormattedText {
  const text = args.text('text')
  if (text === '') throw badRequest('message text is empty')
  const source = { text, parseMode: args.text('parse_mode'), entities: args.json('entities') }
  const formatted = readText(source, findUser(core))
  if (formatted.text === '') throw badRequest('text must be non-empty')
  return formatted
}

/** The caption of a file, parsed; it may be empty. */
export function readCaption(
  core: Core,
  args: Arguments,
): Pick<Message, 'caption' | 'caption_entities'> {
  const { text: caption, entities: caption_entities } = readText(
    {
      text: args.text('caption'),
      parseMode: args.text('parse_mode'),
      entities: args.json('caption_entities'),
    },
    findUser(core),
  )
  if (lengthOf(caption) > MAX_CAPTION) throw badRequest('message caption is too long')
  if (caption === '') return {}
  return { caption, ...(caption_entities.length > 0 && { caption_entities }) }
}

const PreviewOptions = z.object({
  is_disabled: z.boolean().exactOptional(),
  url: z.string().exactOptional(),
})

/** How the link preview was asked for; kept with the message. */
export function previewOptions(args: Arguments): Pick<Message, 'link_preview_options'> {
  const options = PreviewOptions.safeParse(args.json('link_preview_options')).data
  return options ? { link_preview_options: options } : {}
}

type SentKind = 'document' | 'photo'

function requireFile(args: Arguments, kind: SentKind): void {
  const isAttached = args.text(kind).startsWith('attach://')
  if (args.upload(kind) || (args.text(kind) !== '' && !isAttached)) return
  throw badRequest(`there is no ${kind} in the request`)
}

function inputFile({ files }: Core, args: Arguments, kind: SentKind): StoredFile {
  const upload = args.upload(kind)
  if (upload) return files.add(kind, upload)
  const given = args.text(kind)
  // The stand-in never goes to the network.
  if (/^https?:\/\//i.test(given)) throw badRequest('failed to get HTTP URL content')
  const file = files.get(given)
  if (!file) throw badRequest('wrong file identifier/HTTP URL specified')
  if (file.kind !== kind) {
    throw badRequest(`can't use file of type ${capital(file.kind)} as ${capital(kind)}`)
  }
  return file
}

const capital = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1)

export const sendMethods = { sendMessage, sendDocument, sendPhoto } satisfies Record<string, Method>
