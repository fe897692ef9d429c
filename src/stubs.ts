import { v5 as uuidv5 } from 'uuid'
import type { Board } from '../objects/board/board.ts'
import type { Connection } from '../objects/connection/connection.ts'
import type { Conversation } from '../objects/conversation/conversation.ts'
import type { Lead } from '../objects/lead/lead.ts'
import type { Page } from '../objects/page/page.ts'
import type { Watch } from '../objects/watch/watch.ts'

/** Never changes: every lead's id is made from it. */
const LEAD_NAMESPACE = '6f0c4a57-6a0b-5d0e-9b5c-1f6f6b1f6d11'

/** The id of what came from outside: the same source id is always the same lead. */
export function leadIdOf(source: 'facebook' | 'telegram' | 'api', ref: string): string {
  return uuidv5(`${source}:${ref}`, LEAD_NAMESPACE)
}

/** The lead with this id (a UUID). */
export function leadOf(env: Env, id: string): DurableObjectStub<Lead> {
  return env.LEAD.getByName(id)
}

/** The conversation with a Telegram chat. */
export function conversationOf(env: Env, chatId: string): DurableObjectStub<Conversation> {
  return env.CONVERSATION.getByName(chatId)
}

/** The Facebook page with this id. */
export function pageOf(env: Env, pageId: string): DurableObjectStub<Page> {
  return env.PAGE.getByName(pageId)
}

/** The connection of this Meta user. */
export function connectionOf(env: Env, metaUserId: string): DurableObjectStub<Connection> {
  return env.CONNECTION.getByName(metaUserId)
}

/** The header by which a board knows who watches its feed. */
export const WATCHER = 'x-watcher'

/** The live feed of a project, and whose turn it is there. */
export function boardOf(env: Env, projectId: string): DurableObjectStub<Board> {
  return env.BOARD.getByName(projectId)
}

/** What watches a project's advertising. */
export function watchOf(env: Env, projectId: string): DurableObjectStub<Watch> {
  return env.WATCH.getByName(projectId)
}
