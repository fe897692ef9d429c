import type { InlineKeyboard, Keyboard, RawApi } from 'grammy/web'
import type { LeadData } from '../lead.ts'
import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import type { Learned } from './learned.ts'
import type { CardView } from './card-view.ts'

export type Markup = InlineKeyboard | Keyboard | { remove_keyboard: true }

type Params<Method extends keyof RawApi> = Parameters<RawApi[Method]>[0]

export type MessageParams = Omit<Params<'sendMessage'>, 'chat_id'>
export type EditParams = Pick<MessageParams, 'text' | 'parse_mode' | 'link_preview_options'> & {
  message_id: number
  reply_markup?: InlineKeyboard
}
export type AnswerParams = Params<'answerCallbackQuery'>

/** A call to Telegram that a conversation owes; the chat is added when it is made. */
export type Call =
  | {
      method: 'sendMessage'
      params: MessageParams
      lead?: ShownLead
      orElse?: Elsewhere
      form?: FormPart
    }
  | { method: 'editMessageText'; params: EditParams; lead?: ShownLead }
  | { method: 'editMessageReplyMarkup' | 'deleteMessage'; params: { message_id: number } }
  | { method: 'answerCallbackQuery'; params: AnswerParams }

/**
 * What a message is to a request that is being left: `says` takes the buttons off what the form said
 * before; `clears` is there to take the reply keyboard away, and goes once it has.
 */
export type FormPart = 'says' | 'clears'

/** The lead that a message shows, as it was then: an older version never replaces a newer one. */
export interface ShownLead {
  id: string
  version: number
}

/** A lead as it was changed, and where its card stands in this chat. */
export interface ChangedLead {
  lead: LeadData
  place: { threadId: number | null; locale: Locale; timezone: string }
}

/** What is said in another chat when nothing can be said in this one, once for its key. */
export interface Elsewhere {
  chatId: string
  key: string
  row: NewRow
}

/** Something to be done outside the conversation before it can say more. */
export interface Errand {
  name: string
  args: unknown
  locale: Locale
}

/** Every message sent to a chat goes out one after another, what people wait for first. */
export const CHAT = 'chat'
export const PRIORITY = { talk: 0, newCard: 1, report: 3 } as const

/** Changes of messages go beside what is sent: a card that changes waits for no new card. */
export const EDITS = 'edits'
export const EDIT_PRIORITY = { change: 0, refresh: 1 } as const

/** Answers to presses stand under a key each. */
export const ANSWERS = 'answer:'

/** How all our texts are written. */
export const HTML = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const

/** A message in Telegram's HTML. */
export function messageRow(
  html: string,
  {
    threadId,
    markup,
    form,
  }: { threadId?: number | null; markup?: Markup | undefined; form?: FormPart } = {},
): NewRow {
  const params = {
    text: html,
    ...HTML,
    ...(threadId ? { message_thread_id: threadId } : {}),
    ...(markup ? { reply_markup: markup } : {}),
  }
  return callRow(CHAT, { method: 'sendMessage', params, ...(form ? { form } : {}) })
}

/** A message said before, changed; its buttons go, unless it is given new ones. */
export function editRow(messageId: number, html: string, buttons?: InlineKeyboard): NewRow {
  return callRow(EDITS, {
    method: 'editMessageText',
    params: {
      message_id: messageId,
      text: html,
      ...HTML,
      ...(buttons ? { reply_markup: buttons } : {}),
    },
  })
}

/** The buttons of a message said before go; what it says stays. */
export function retireRow(messageId: number): NewRow {
  return callRow(EDITS, { method: 'editMessageReplyMarkup', params: { message_id: messageId } })
}

/** A message said before goes. */
export function deleteRow(messageId: number): NewRow {
  return callRow(EDITS, { method: 'deleteMessage', params: { message_id: messageId } })
}

/** The answer to a press: a line that passes by, or an alert to be closed. At most 200 characters. */
export function answerRow(id: string, text: string, isAlert = false): NewRow {
  // Cut between characters: half of one would be refused with all the rest.
  const short = text.slice(0, 200).replace(/[\ud800-\udbff]$/, '')
  const params = { callback_query_id: id, text: short, show_alert: isAlert }
  return callRow(`${ANSWERS}${id}`, { method: 'answerCallbackQuery', params })
}

/** A message that shows a lead and is no card of its chat: in private, or beside the card. */
export function leadMessageRow(
  { text: html, reply_markup: markup }: { text: string; reply_markup: InlineKeyboard },
  lead: ShownLead,
  { threadId, orElse }: { threadId?: number | null; orElse?: Elsewhere | undefined } = {},
): NewRow {
  const params = {
    text: html,
    ...HTML,
    reply_markup: markup,
    ...(threadId ? { message_thread_id: threadId } : {}),
  }
  const shown = { id: lead.id, version: lead.version }
  return callRow(CHAT, {
    method: 'sendMessage',
    params,
    lead: shown,
    ...(orElse ? { orElse } : {}),
  })
}

/** Such a message with the lead as it is now. */
export function leadEditRow(
  messageId: number,
  { text: html, reply_markup }: { text: string; reply_markup: InlineKeyboard },
  lead: ShownLead,
): NewRow {
  const params = { message_id: messageId, text: html, ...HTML, reply_markup }
  const shown = { id: lead.id, version: lead.version }
  return callRow(EDITS, { method: 'editMessageText', params, lead: shown })
}

/** What is opened on a lead's card here; `null` folds it up. */
export function viewRow({ id, version }: ShownLead, view: CardView | null): NewRow {
  return { key: `view:${id}`, kind: 'view', body: { leadId: id, version, view } }
}

/** A lead that somebody has changed from here: its card and its row in the lists are to follow. */
export function changedRow(changed: ChangedLead): NewRow {
  return { key: `changed:${changed.lead.id}`, kind: 'changed', body: changed }
}

/** What an errand has learned and the conversation is to decide about. */
export function learnedRow(updateId: number, learned: Learned): NewRow {
  return { key: `learned:${updateId}`, kind: 'learned', body: { learned, updateId } }
}

export function errandRow(updateId: number, errand: Errand): NewRow {
  return { key: `errand:${updateId}`, kind: 'errand', body: errand }
}

function callRow(key: string, call: Call): NewRow {
  return { key, kind: 'call', body: call, priority: PRIORITY.talk }
}
