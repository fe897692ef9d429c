import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { Chat, ChatMember, Update, User } from 'grammy/types'
import { updateProject } from '../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../src/stubs.ts'
import type { Outside } from './outside.ts'
import { BOT, newGroup, newId } from './updates.ts'

/** Begins with the first project alone and with no leads: what other tests have left is not meant. */
export async function beginAnew(): Promise<void> {
  await env.DB.batch(
    [
      "DELETE FROM projects WHERE id <> 'main'",
      'DELETE FROM leads',
      "INSERT INTO leads_search (leads_search) VALUES ('delete-all')",
    ].map((sql) => env.DB.prepare(sql)),
  )
}

/** Has a chat owe nothing any more: it must not go on speaking in the tests that follow. */
export async function beSilent(chatId: string): Promise<void> {
  await runInDurableObject(conversationOf(env, chatId), async (_, { storage }) => {
    storage.sql.exec('DELETE FROM outbox')
    await storage.deleteAlarm()
  })
}

/** A group that shows the first project's leads. */
export async function boundGroup(threadId: number | null = null) {
  const group = newGroup()
  const chatId = String(group.id)
  await updateProject(env.DB, 'main', { chatId, threadId, chatTitle: group.title })
  return { group, chatId }
}

/** An ordinary group, which may become a supergroup. */
export function newSmallGroup(): Chat.GroupChat {
  return { id: -newId(), type: 'group', title: 'Sales' }
}

/** A lead of the first project that its chat has been told of. */
export async function receiveLead(chatId: string, name = 'Aziza'): Promise<string> {
  const id = crypto.randomUUID()
  const lead = { projectId: 'main', source: 'api', sourceRef: null, name } as const
  await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
  await leadOf(env, id).show()
  await conversationOf(env, chatId).kick()
  return id
}

/** The bot's own standing in a chat has changed. */
export function myChatMember(
  by: User,
  chat: Exclude<Chat, Chat.ChannelChat>,
  [before, now]: [Partial<ChatMember>, Partial<ChatMember>],
): Update {
  const member = (how: Partial<ChatMember>) => ({ user: BOT, ...how }) as ChatMember
  return {
    update_id: newId(),
    my_chat_member: {
      chat,
      from: by,
      date: Math.floor(Date.now() / 1000),
      old_chat_member: member(before),
      new_chat_member: member(now),
    },
  }
}

/** Gives an update to the conversation of a chat, and waits until everything due was done. */
export async function give(chatId: string | number, update: Update): Promise<void> {
  const conversation = conversationOf(env, String(chatId))
  await conversation.receive(update, 'https://bot.test')
  await conversation.kick()
}

/** What a person was told in private, once everything due was said. */
export async function toldTo(outside: Outside, userId: string | number): Promise<string[]> {
  await conversationOf(env, String(userId)).kick()
  return outside.sent('sendMessage', String(userId)).map(({ params }) => String(params['text']))
}

/** What the admin by configuration was told of Facebook: that chat may still owe what others told it. */
export async function toldOfFacebook(outside: Outside): Promise<string[]> {
  return (await toldTo(outside, '1001')).filter((text) => text.includes('Facebook'))
}

/** The reasons for which something of a chat is parked, as those who look after it see them. */
export async function parkedReasons(chatId: string): Promise<string[]> {
  await conversationOf(env, chatId).kick()
  const { results } = await env.DB.prepare('SELECT reason FROM parked WHERE name = ?')
    .bind(chatId)
    .all<{ reason: string }>()
  return results.map(({ reason }) => reason)
}
