import { Composer } from 'grammy/web'
import { unpackAdmin } from '../admin/press.ts'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'

/** The admin's panel, edited in place; who may use it is checked by the errand, at every press. */
export const adminFeature = new Composer<BotContext>()

const feature = adminFeature.chatType('private')

feature.command('admin', (ctx) => {
  if (ctx.person) ctx.owe('adminPanel', { by: ctx.person, pressed: null })
})

feature.on('callback_query:data', (ctx, next) => {
  const packed = unpackPress(ctx.callbackQuery.data)
  if (packed?.verb !== 'admin' || !ctx.person) return next()
  const press = unpackAdmin(packed.id)
  if (!press) return next()
  const { message, id: callbackId } = ctx.callbackQuery
  // A message that Telegram has forgotten cannot be changed: the panel begins anew below.
  const messageId = message && message.date > 0 ? message.message_id : null
  ctx.owe('adminPanel', { by: ctx.person, pressed: { ...press, messageId, callbackId } })
})
