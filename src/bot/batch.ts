import type { BotContext } from './context.ts'

/** Messages forwarded together come within so many seconds. */
const TOGETHER_S = 5

/** What people send; everything else is Telegram's own news of the chat. */
const CONTENT = [
  'text',
  'contact',
  'photo',
  'voice',
  'audio',
  'video',
  'video_note',
  'sticker',
  'animation',
  'document',
  'location',
  'venue',
  'poll',
  'dice',
  'game',
  'story',
  'checklist',
  'paid_media',
] as const

/** Whether the message is Telegram's own news of the chat, which nobody expects an answer to. */
export function isServiceMessage(ctx: BotContext): boolean {
  const message = ctx.message
  return message !== undefined && !CONTENT.some((kind) => kind in message)
}

/**
 * Whether the message belongs to an album, or to messages forwarded together, of which one was
 * answered already; the first is remembered.
 */
export function isAnsweredBatch(ctx: BotContext): boolean {
  const { media_group_id: album, forward_origin: origin, date = 0 } = ctx.message ?? {}
  const key = album ?? (origin ? 'forwarded' : null)
  if (key === null) return false
  const { batch } = ctx.turn.memory
  ctx.turn.memory.batch = { key, at: date }
  if (batch?.key !== key) return false
  return album !== undefined || date - batch.at <= TOGETHER_S
}
