import { env } from 'cloudflare:workers'
import type { Chat as AnyChat, Message, Update, User } from 'grammy/types'
import { registerUser, setUserRole, type UserRole } from '../../src/store/users.ts'
import { conversationOf } from '../../src/stubs.ts'
import { TEST_SETTINGS } from '../settings.ts'

/** A chat that people write in. */
type Chat = Exclude<AnyChat, AnyChat.ChannelChat>

/** Ids count up from a random place, so that no test meets another's. */
let next = Math.floor(Math.random() * 1_000_000_000)

export function newId(): number {
  return (next += 1)
}

/** A person nobody has met yet. */
export function newPerson(name = 'Aziza', language = 'ru'): User {
  return { id: newId(), is_bot: false, first_name: name, language_code: language }
}

/** A person with a role. */
export async function newUser(role: UserRole, name = 'Olim'): Promise<User> {
  const person = newPerson(name)
  const id = String(person.id)
  await registerUser(env.DB, { id, name, username: null, locale: 'ru', isAdmin: false })
  await setUserRole(env.DB, id, role)
  return person
}

export function privateChat(person: User): AnyChat.PrivateChat {
  return { id: person.id, type: 'private', first_name: person.first_name }
}

export function newGroup(): AnyChat.SupergroupChat {
  return { id: -1_000_000_000_000 - newId(), type: 'supergroup', title: 'Sales' }
}

/** A message, with the entities that Telegram adds to commands. */
export function message(
  from: User,
  chat: Chat,
  content: Omit<Partial<Message>, 'chat'> = {},
): Update {
  const command = /^\/\w+(@\w+)?/.exec(content.text ?? '')?.[0]
  const entities = command && [{ type: 'bot_command' as const, offset: 0, length: command.length }]
  return {
    update_id: newId(),
    message: {
      message_id: newId(),
      date: 0,
      from,
      chat,
      ...(entities ? { entities } : {}),
      ...content,
    },
  }
}

/** A press of a button below one of the bot's messages. */
export function press(from: User, chat: Chat, messageId: number, data: string): Update {
  const updateId = newId()
  return {
    update_id: updateId,
    callback_query: {
      id: `press-${updateId}`,
      from,
      chat_instance: '1',
      data,
      message: { message_id: messageId, date: 0, chat, text: 'card', from: BOT },
    },
  }
}

/** The bot as messages of its own name it. */
export const BOT: User = {
  id: Number(TEST_SETTINGS.TELEGRAM_BOT_TOKEN.split(':')[0]),
  is_bot: true,
  first_name: 'TargetBot',
}

/** Gives the update to its conversation, and waits until everything that is due was said. */
export async function deliver(update: Update): Promise<void> {
  const chat = update.message?.chat ?? update.callback_query?.message?.chat
  const conversation = conversationOf(env, String(chat?.id))
  await conversation.receive(update, 'https://bot.test')
  await conversation.kick()
}
