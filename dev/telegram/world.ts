import type { BotCommand, MenuButton, Message, Update } from 'grammy/types'
import { z } from 'zod'
import type { Markup } from './markup.ts'

const isObject = (value: unknown) => typeof value === 'object' && value !== null

const Pairs = z.array(z.tuple([z.unknown(), z.unknown()]))

/** A map that JSON keeps as a list of pairs. */
const mapOf = <Key extends z.ZodType, Value extends z.ZodType>(key: Key, value: Value) =>
  z.preprocess((raw) => (Array.isArray(raw) ? new Map(Pairs.parse(raw)) : raw), z.map(key, value))

/** Somebody with a Telegram account, and how they stand to the bot. */
export const Person = z.object({
  id: z.number(),
  first_name: z.string(),
  last_name: z.string().exactOptional(),
  username: z.string().exactOptional(),
  language_code: z.string().exactOptional(),
  phone_number: z.string().exactOptional(),
  /** Who they are in the story that is told, for the chat page; Telegram knows nothing of it. */
  note: z.string().exactOptional(),
  hasStarted: z.boolean(),
  hasBlocked: z.boolean(),
  isDeactivated: z.boolean(),
})
export type Person = z.infer<typeof Person>

/** How a person or the bot stands in a group. */
export const Standing = z.enum([
  'creator',
  'administrator',
  'member',
  'restricted',
  'left',
  'kicked',
])
export type Standing = z.infer<typeof Standing>

/** What the bot may do in a group; only the rights that this stand-in checks. */
export const Rights = z.object({
  can_send_messages: z.boolean(),
  can_send_documents: z.boolean(),
  can_send_photos: z.boolean(),
  can_delete_messages: z.boolean(),
  can_manage_topics: z.boolean(),
})
export type Rights = z.infer<typeof Rights>

const Topic = z.object({
  id: z.number(),
  name: z.string(),
  icon_color: z.number(),
  isClosed: z.boolean(),
})
export type Topic = z.infer<typeof Topic>

/** A message as it is kept: what it answers and how often it was edited stand beside it. */
const Stored = z.object({
  message: z.custom<Message>(isObject),
  isBots: z.boolean(),
  replyTo: z.number().exactOptional(),
  /** A keyboard that is not inline; it is no part of the message, and forbids editing it. */
  keyboard: z.custom<Markup>(isObject).exactOptional(),
  edits: z.number(),
})
export type Stored = z.infer<typeof Stored>

const Place = z.object({
  id: z.number(),
  type: z.enum(['private', 'group', 'supergroup']),
  title: z.string(),
  isForum: z.boolean(),
  members: mapOf(z.number(), Standing),
  bot: Standing,
  rights: Rights,
  topics: mapOf(z.number(), Topic),
  isGeneralClosed: z.boolean(),
  migratedTo: z.number().exactOptional(),
  lastMessageId: z.number(),
  messages: mapOf(z.number(), Stored),
  /** The reply keyboard that people see under the field where they type. */
  keyboard: z.custom<Markup>(isObject).exactOptional(),
})
/** A chat: its people, topics and messages. A private chat has the id of its person. */
export type Place = z.infer<typeof Place>

/** Every kind of update that a webhook may ask for. */
export const UpdateKind = z.enum([
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'message_reaction',
  'message_reaction_count',
  'inline_query',
  'chosen_inline_result',
  'callback_query',
  'shipping_query',
  'pre_checkout_query',
  'poll',
  'poll_answer',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
])
export type UpdateKind = z.infer<typeof UpdateKind>

const Webhook = z.object({
  url: z.string(),
  secret: z.string(),
  maxConnections: z.number(),
  ipAddress: z.string(),
  lastErrorAt: z.number(),
  lastError: z.string(),
})
export type Webhook = z.infer<typeof Webhook>

const Pending = z.object({
  update: z.custom<Update>(isObject),
  queue: z.string(),
  expiresAt: z.number(),
  fails: z.number(),
  wakesAt: z.number(),
  wasForgotten: z.boolean(),
})
/** An update on its way to the bot; times are milliseconds. */
export type Pending = z.infer<typeof Pending>

const StoredFile = z.object({
  file_id: z.string(),
  file_unique_id: z.string(),
  kind: z.enum(['document', 'photo', 'sticker', 'voice']),
  path: z.string(),
  name: z.string(),
  mime: z.string(),
  size: z.number(),
  width: z.number(),
  height: z.number(),
})
export type StoredFile = z.infer<typeof StoredFile>

/** Everything that Telegram remembers, and that a snapshot keeps. */
export const World = z.object({
  people: mapOf(z.number(), Person),
  places: mapOf(z.number(), Place),
  /** Private chats and basic groups of one account count their messages together. */
  lastMessageId: z.number(),
  lastUpdateId: z.number(),
  lastUpdateAt: z.number(),
  webhook: Webhook,
  /** Absent means the default set. Outlives the webhook. */
  allowedUpdates: z.array(UpdateKind).exactOptional(),
  pending: z.array(Pending),
  commands: mapOf(z.string(), z.custom<BotCommand[]>(Array.isArray)),
  menuButtons: mapOf(z.number(), z.custom<MenuButton>(isObject)),
  files: mapOf(z.string(), StoredFile),
})
export type World = z.infer<typeof World>

/** A webhook that is not set. */
export const NO_WEBHOOK: Webhook = {
  url: '',
  secret: '',
  maxConnections: 0,
  ipAddress: '',
  lastErrorAt: 0,
  lastError: '',
}

/** A Telegram in which nobody has said anything yet. */
export const emptyWorld = (): World => ({
  people: new Map(),
  places: new Map(),
  lastMessageId: 0,
  lastUpdateId: 100_000_000,
  lastUpdateAt: 0,
  webhook: NO_WEBHOOK,
  pending: [],
  commands: new Map(),
  menuButtons: new Map(),
  files: new Map(),
})
