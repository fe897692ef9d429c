import { workersChanged } from '../../look-again.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { listProjects, type Project } from '../../store/projects.ts'
import { adminIds, findUser, setUserBlocked } from '../../store/users.ts'
import { conversationOf } from '../../stubs.ts'
import { isGroup } from '../chat-ids.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { isPrivateChat } from '../people.ts'
import { type ShutReason, telegramOf, throwIfDown, troubleOf } from '../telegram.ts'
import type { TextKey } from '../texts.ts'

/** Nothing can be said in this chat: a person is passed over from now on, of a group the admins hear. */
export async function chatShut(
  { why, at }: { why: ShutReason; at: number },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, chatId } = deps
  if (isPrivateChat(chatId)) await setUserBlocked(env.DB, chatId, true)
  else if (why !== 'blocked' && !(await hasMoved(deps))) {
    await tellAdmins(`chat.${why}`, `${why}:${at}`, deps)
  }
  return []
}

/** Something can be said in this chat again. */
export async function chatOpen(_args: object, { env, chatId }: ErrandDeps): Promise<NewRow[]> {
  if (!isPrivateChat(chatId)) return []
  await setUserBlocked(env.DB, chatId, false)
  const user = await findUser(env.DB, chatId)
  if (user?.role === 'manager') await workersChanged(env)
  return []
}

/** The bot was added to a group, or may do more there: whoever did it learns what is next. */
export async function chatEntered(
  { by, title, at }: { by: Person; title: string; at: number },
  { env, settings, chatId }: ErrandDeps,
): Promise<NewRow[]> {
  const user = await findUser(env.DB, by.id)
  const isAdmin = user?.role === 'admin' || settings.ADMIN_IDS.includes(by.id)
  // Somebody we never met cannot be written to, and has no business with us.
  if (!user && !isAdmin) return []
  const isBound = (await projectsOf(env, chatId)).length > 0
  const other = isAdmin ? 'chat.added' : 'chat.ask_admin'
  await conversationOf(env, by.id).tell({
    key: `entered:${chatId}:${at}`,
    text: isBound ? 'chat.returned' : other,
    params: { chat: title },
  })
  return []
}

/** The bot may do less in a group than before. */
export async function chatDemoted({ at }: { at: number }, deps: ErrandDeps): Promise<NewRow[]> {
  await tellAdmins('chat.demoted', `demoted:${at}`, deps)
  return []
}

/** The topic of a project was found closed or deleted. */
export async function topicLost(
  { threadId, at }: { threadId: number; at: number },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const key = `topic:${threadId}:${at}`
  await tellAdmins('chat.topic_lost', key, deps, (project) => project.threadId === threadId)
  return []
}

/** This chat is what another one has become. */
export async function movedFrom(
  { from }: { from: string },
  { env, chatId }: ErrandDeps,
): Promise<NewRow[]> {
  if (isGroup(from)) await conversationOf(env, from).moveTo(chatId)
  return []
}

/** A group that was made a supergroup seems to have thrown us out: asked, Telegram says where it is. */
async function hasMoved({ env, settings, chatId }: ErrandDeps): Promise<boolean> {
  if (!isGroup(chatId)) return false
  try {
    await telegramOf(settings).sendChatAction(chatId, 'typing')
  } catch (error) {
    const trouble = troubleOf(error)
    throwIfDown(trouble)
    if (trouble.kind !== 'moved') return false
    await conversationOf(env, chatId).moveTo(trouble.chatId)
    return true
  }
  return false
}

/** Tells each admin once, in private, for every project that is concerned. */
async function tellAdmins(
  text: TextKey,
  key: string,
  { env, settings, chatId }: ErrandDeps,
  concerns: (project: Project) => boolean = () => true,
): Promise<void> {
  const projects = (await projectsOf(env, chatId)).filter(concerns)
  if (projects.length === 0) return
  const admins = await adminIds(env.DB, settings)
  for (const project of projects) {
    const params = { chat: project.chatTitle ?? chatId, project: project.name }
    for (const id of admins) {
      const told = `chat:${chatId}:${project.id}:${key}`
      await conversationOf(env, id).tell({ key: told, text, params })
    }
  }
}

async function projectsOf(env: Env, chatId: string): Promise<Project[]> {
  return (await listProjects(env.DB)).filter((project) => project.chatId === chatId)
}
