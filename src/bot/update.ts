import type { Update } from 'grammy/types'
import { z } from 'zod'

const chat = z.object({ id: z.int() })
const inChat = z.object({ chat }).optional()

// What decides where an update goes; the rest of it is Telegram's own and is taken as it is.
const updateSchema = z.looseObject({
  update_id: z.int(),
  message: inChat,
  edited_message: inChat,
  my_chat_member: inChat,
  chat_member: inChat,
  callback_query: z
    .object({ id: z.string(), from: z.object({ id: z.int() }), message: inChat })
    .optional(),
})

/** An update and the chat whose conversation it belongs to; `null` when it is no update at all. */
export function readUpdate(body: unknown): { update: Update; chatId: string | null } | null {
  const parsed = updateSchema.safeParse(body)
  if (!parsed.success) return null
  const { message, edited_message: edited, my_chat_member: mine, chat_member: member } = parsed.data
  const press = parsed.data.callback_query
  const found = message ?? edited ?? mine ?? member ?? press?.message
  const chatId = found?.chat.id ?? press?.from.id
  // Signed by Telegram's secret: the shape of the rest is its promise.
  return { update: body as Update, chatId: chatId === undefined ? null : String(chatId) }
}
