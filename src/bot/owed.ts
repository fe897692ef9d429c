import type { InlineKeyboard, Keyboard, RawApi } from 'grammy/web'
import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'

export type Markup = InlineKeyboard | Keyboard | { remove_keyboard: true }

type Params<Method extends keyof RawApi> = Parameters<RawApi[Method]>[0]

export type MessageParams = Omit<Params<'sendMessage'>, 'chat_id'>
export type EditParams = Omit<Params<'editMessageText'>, 'chat_id'>
export type AnswerParams = Params<'answerCallbackQuery'>

/** A call to Telegram that a conversation owes; the chat is added when it is made. */
export type Call =
  | { method: 'sendMessage'; params: MessageParams }
  | { method: 'editMessageText'; params: EditParams }
  | { method: 'answerCallbackQuery'; params: AnswerParams }

/** Something to be done outside the conversation before it can say more. */
export interface Errand {
  name: string
  args: unknown
  locale: Locale
}

/** Everything said in a chat goes out one after another, what people wait for first. */
export const CHAT = 'chat'
export const PRIORITY = { talk: 0, newCard: 1, cardChange: 2, report: 3 } as const

/** How all our texts are written. */
export const HTML = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const

/** A message in Telegram's HTML. */
export function messageRow(
  html: string,
  { threadId, markup }: { threadId?: number | null; markup?: Markup | undefined } = {},
): NewRow {
  const params = {
    text: html,
    ...HTML,
    ...(threadId ? { message_thread_id: threadId } : {}),
    ...(markup ? { reply_markup: markup } : {}),
  }
  return callRow(CHAT, { method: 'sendMessage', params })
}

/** A message said before, changed; its buttons go. */
export function editRow(messageId: number, html: string): NewRow {
  return callRow(CHAT, {
    method: 'editMessageText',
    params: { message_id: messageId, text: html, ...HTML },
  })
}

/** The answer to a press: a line that passes by, or an alert to be closed. At most 200 characters. */
export function answerRow(id: string, text: string, isAlert = false): NewRow {
  // Cut between characters: half of one would be refused with all the rest.
  const short = text.slice(0, 200).replace(/[\ud800-\udbff]$/, '')
  const params = { callback_query_id: id, text: short, show_alert: isAlert }
  return callRow(`answer:${id}`, { method: 'answerCallbackQuery', params })
}

export function errandRow(updateId: number, errand: Errand): NewRow {
  return { key: `errand:${updateId}`, kind: 'errand', body: errand }
}

function callRow(key: string, call: Call): NewRow {
  return { key, kind: 'call', body: call, priority: PRIORITY.talk }
}
