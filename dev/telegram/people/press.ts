import { createHash } from 'node:crypto'
import type { CallbackQuery } from 'grammy/types'
import { chatOf, userOf } from '../chats.ts'
import type { Core } from '../core.ts'
import { shown } from '../messages.ts'
import type { Press } from '../presses.ts'
import { announce } from '../updates.ts'
import type { Place, World } from '../world.ts'
import { personOf, placeOf } from './people.ts'

const PRESS_LIFETIME_MS = 150_000

/** A button by its label or its data; `{ data }` is what a client of bad intent may send. */
export type Button = string | { data: string }

/** Somebody presses an inline button; the press goes to the bot, and waits for its answer. */
export function startPress(
  core: Core,
  userId: number,
  chatId: number,
  messageId: number,
  button: Button,
): Press {
  const place = placeOf(core, userId, chatId)
  const data = typeof button === 'string' ? dataOf(place, messageId, button) : button.data
  const press = core.presses.add({ userId, chatId, messageId, data })
  announce(core, {
    kind: 'callback_query',
    content: {
      callback_query: {
        id: press.id,
        from: userOf(personOf(core, userId)),
        message: pressedMessage(core.world, place, messageId),
        chat_instance: chatInstance(place),
        data,
      },
    },
    queue: `presses ${userId}`,
    lifetimeMs: PRESS_LIFETIME_MS,
  })
  return press
}

function dataOf(place: Place, messageId: number, wanted: string): string {
  const buttons = place.messages.get(messageId)?.message.reply_markup?.inline_keyboard.flat() ?? []
  const button = buttons.find(
    (button) =>
      button.text === wanted || ('callback_data' in button && button.callback_data === wanted),
  )
  if (button && 'callback_data' in button) return button.callback_data
  const labels = buttons.map(({ text }) => text).join(' · ')
  throw new Error(
    `Message ${messageId} has no button "${wanted}" to press; it has: ${labels || 'none'}`,
  )
}

/** A message that was deleted meanwhile is only named. */
function pressedMessage(
  world: World,
  place: Place,
  messageId: number,
): CallbackQuery['message'] & object {
  const stored = place.messages.get(messageId)
  if (stored) return shown(place, stored)
  return { chat: chatOf(world, place), message_id: messageId, date: 0 }
}

const chatInstance = ({ id }: Place) =>
  String(createHash('sha256').update(String(id)).digest().readBigInt64BE())
