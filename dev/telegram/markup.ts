import type {
  ForceReply,
  InlineKeyboardButton,
  InlineKeyboardMarkup,
  KeyboardButton,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from 'grammy/types'
import { z } from 'zod'
import { badRequest } from './errors.ts'
import { checkLink, linkedUserId } from './links.ts'

/** Any `reply_markup`. */
export type Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply

const Fields = z.record(z.string(), z.unknown())
type Fields = z.infer<typeof Fields>

const MAX_DATA_BYTES = 64
const MAX_BUTTONS = 100

/** Reads `reply_markup`; `isPrivate` says whether the chat may be asked for a phone number. */
export function readMarkup(raw: string, { isPrivate }: { isPrivate: boolean }): Markup | undefined {
  if (raw === '') return undefined
  const parsed = Fields.safeParse(parseJson(raw))
  if (!parsed.success) throw badRequest('object expected as reply markup')
  const { keyboard, inline_keyboard, remove_keyboard, force_reply } = parsed.data
  const rows = readRows('keyboard', keyboard, (button) => keyboardButton(button, isPrivate))
  if (rows.length > 0) return replyKeyboard(rows, parsed.data)
  const inline = readRows('inline_keyboard', inline_keyboard, (button) =>
    inlineButton(button, isPrivate),
  )
  if (inline.length > 0) return { inline_keyboard: inline }
  if (remove_keyboard === true) return { remove_keyboard }
  if (force_reply === true) return { force_reply, ...placeholder(parsed.data) }
  return undefined
}

/** The inline keyboard of an edit; any other kind is refused. */
export function readInlineMarkup(
  raw: string,
  chat: { isPrivate: boolean },
): InlineKeyboardMarkup | undefined {
  const markup = readMarkup(raw, chat)
  if (markup && !('inline_keyboard' in markup)) throw badRequest('inline keyboard expected')
  return markup
}

function parseJson(raw: string): unknown {
  try {
    return JSON.parse(raw)
  } catch {
    throw badRequest("can't parse reply keyboard markup JSON object")
  }
}

function readRows<Button>(
  field: 'keyboard' | 'inline_keyboard',
  value: unknown,
  read: (button: unknown) => Button,
): Button[][] {
  if (value === undefined || value === null) return []
  const rows = z.array(z.array(z.unknown())).safeParse(value)
  if (!rows.success) {
    const owner = field === 'keyboard' ? '' : ' of the InlineKeyboardMarkup'
    throw badRequest(`field "${field}"${owner} must be an Array of Arrays`)
  }
  if (rows.data.flat().length > MAX_BUTTONS) throw badRequest('reply markup is too long')
  return rows.data.filter((row) => row.length > 0).map((row) => row.map((button) => read(button)))
}

function requiredText(fields: Fields, field: string, problem: string): string {
  const value = fields[field]
  if (value === undefined) throw badRequest(`${problem}: Can't find field "${field}"`)
  if (typeof value !== 'string' && typeof value !== 'number') {
    throw badRequest(`${problem}: Field "${field}" must be of type String`)
  }
  return String(value)
}

const optionalText = (fields: Fields, field: string, problem: string) =>
  fields[field] === undefined ? '' : requiredText(fields, field, problem)

const placeholder = (fields: Fields) =>
  typeof fields['input_field_placeholder'] === 'string'
    ? { input_field_placeholder: fields['input_field_placeholder'] }
    : {}

function replyKeyboard(keyboard: KeyboardButton[][], fields: Fields): ReplyKeyboardMarkup {
  return {
    keyboard,
    ...(fields['is_persistent'] === true && { is_persistent: true }),
    ...(fields['resize_keyboard'] === true && { resize_keyboard: true }),
    ...(fields['one_time_keyboard'] === true && { one_time_keyboard: true }),
    ...placeholder(fields),
  }
}

function keyboardButton(value: unknown, isPrivate: boolean): KeyboardButton {
  if (typeof value === 'string') return { text: value }
  const fields = Fields.safeParse(value)
  const problem = "can't parse keyboard button"
  if (!fields.success) throw badRequest(`${problem}: KeyboardButton must be a String or an Object`)
  const text = requiredText(fields.data, 'text', problem)
  if (text === '') throw badRequest('keyboard button text must be non-empty')
  const { request_contact, request_location, web_app } = fields.data
  if (request_contact === true) {
    if (!isPrivate) throw badRequest('phone number can be requested in private chats only')
    return { text, request_contact }
  }
  if (request_location === true) {
    if (!isPrivate) throw badRequest('location can be requested in private chats only')
    return { text, request_location }
  }
  if (web_app !== undefined) {
    if (!isPrivate) throw badRequest('web App buttons can be used in private chats only')
    return { text, web_app: { url: webAppUrl(web_app, 'keyboard button Web App') } }
  }
  return { text }
}

function webAppUrl(value: unknown, owner: string): string {
  const url = z.object({ url: z.string() }).safeParse(value).data?.url ?? ''
  const checked = checkLink(url, { httpsOnly: true })
  if ('problem' in checked) throw badRequest(`${owner} URL '${url}' is invalid: ${checked.problem}`)
  return checked.url
}

const Style = z.enum(['danger', 'success', 'primary'])

function inlineButton(value: unknown, isPrivate: boolean): InlineKeyboardButton {
  const problem = "can't parse inline keyboard button"
  const fields = Fields.safeParse(value)
  if (!fields.success) throw badRequest(`${problem}: InlineKeyboardButton must be an Object`)
  const text = requiredText(fields.data, 'text', problem)
  if (text === '') throw badRequest('inline keyboard button text must be non-empty')
  const style = Style.optional().safeParse(fields.data['style'])
  if (!style.success) throw badRequest(`${problem}: invalid button style specified`)
  const look = { text, ...(style.data && { style: style.data }) }
  return { ...look, ...buttonAction(fields.data, isPrivate, problem) }
}

function buttonAction(fields: Fields, isPrivate: boolean, problem: string) {
  const url = optionalText(fields, 'url', problem)
  if (url) return { url: buttonUrl(url) }
  const callback_data = optionalText(fields, 'callback_data', problem)
  if (callback_data) return { callback_data: buttonData(callback_data) }
  if (fields['switch_inline_query_current_chat'] !== undefined) {
    const query = requiredText(fields, 'switch_inline_query_current_chat', problem)
    return { switch_inline_query_current_chat: query }
  }
  if (fields['web_app'] !== undefined) {
    const web_app = { url: webAppUrl(fields['web_app'], 'inline keyboard button Web App') }
    if (!isPrivate) throw badRequest('BUTTON_TYPE_INVALID')
    return { web_app }
  }
  const copied = z.object({ text: z.string() }).safeParse(fields['copy_text'])
  if (copied.success) return { copy_text: copied.data }
  if (fields['disabled'] !== undefined) return { disabled: {} }
  throw badRequest(`${problem}: Text buttons are unallowed in the inline keyboard`)
}

function buttonUrl(url: string): string {
  if (linkedUserId(url) !== undefined) return url
  const checked = checkLink(url)
  if ('url' in checked) return checked.url
  throw badRequest(`inline keyboard button URL '${url}' is invalid: ${checked.problem}`)
}

function buttonData(data: string): string {
  if (Buffer.byteLength(data) > MAX_DATA_BYTES) throw badRequest('BUTTON_DATA_INVALID')
  return data
}
