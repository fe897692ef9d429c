import type { Api } from 'grammy/web'
import type { ChatFullInfo, ChatMember } from 'grammy/types'
import type { Locale } from '../locales.ts'
import { type Trouble, troubleOf } from './telegram.ts'
import { text, type TextKey } from './texts.ts'

/** What the bot may do in a group, as Telegram says it. */
export interface Rights {
  canWrite: boolean
  canSendFiles: boolean
  isAdmin: boolean
  /** `null`: the group has no topics. */
  canManageTopics: boolean | null
}

/** Asks Telegram what the bot may do in a group, or why that cannot be said. */
export async function probe(
  telegram: Api,
  chatId: string,
  botId: number,
): Promise<{ rights: Rights; title: string } | { trouble: Trouble }> {
  try {
    const chat = await telegram.getChat(chatId)
    const member = await telegram.getChatMember(chatId, botId)
    return { rights: rightsOf(chat, member), title: chat.title ?? '' }
  } catch (error) {
    return { trouble: troubleOf(error) }
  }
}

/** What the bot may do in a group; not being there at all is nothing. */
export function rightsOf(chat: ChatFullInfo, member: ChatMember): Rights {
  const isAdmin = member.status === 'administrator' || member.status === 'creator'
  const mayManage = member.status === 'administrator' && member.can_manage_topics === true
  const canManageTopics = 'is_forum' in chat && chat.is_forum ? mayManage : null
  if (isAdmin) return { canWrite: true, canSendFiles: true, isAdmin, canManageTopics }
  if (member.status === 'left' || member.status === 'kicked') {
    return { canWrite: false, canSendFiles: false, isAdmin, canManageTopics }
  }
  // What is forbidden to all is forbidden to a bot that is nobody special.
  const { can_send_messages: messages = true, can_send_documents: files = true } = {
    ...chat.permissions,
    ...(member.status === 'restricted' ? member : {}),
  }
  return { canWrite: messages, canSendFiles: messages && files, isAdmin, canManageTopics }
}

/** The same in words, one line each. */
export function rightsInWords(
  probed: { rights: Rights } | { trouble: Trouble },
  locale: Locale,
): string {
  return keysOf(probed)
    .map((key) => text(locale, key))
    .join('\n')
}

function keysOf(probed: { rights: Rights } | { trouble: Trouble }): TextKey[] {
  if ('trouble' in probed) {
    const { trouble } = probed
    const isGone = trouble.kind === 'shut' && trouble.why !== 'muted'
    return [isGone ? 'rights.gone' : 'rights.unknown']
  }
  const { canWrite, canSendFiles, isAdmin, canManageTopics } = probed.rights
  if (!canWrite) return ['rights.no_write']
  const keys: TextKey[] = ['rights.write', canSendFiles ? 'rights.files' : 'rights.no_files']
  keys.push(isAdmin ? 'rights.admin' : 'rights.no_admin')
  if (canManageTopics !== null) keys.push(canManageTopics ? 'rights.topics' : 'rights.no_topics')
  return keys
}
