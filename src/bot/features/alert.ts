import { Composer } from 'grammy/web'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'
import { unpackAlert } from '../watch-press.ts'

/** Buttons of alerts, in any chat; who may press them is checked by the errand, at every press. */
export const alertFeature = new Composer<BotContext>()

alertFeature.on('callback_query:data', (ctx, next) => {
  const packed = unpackPress(ctx.callbackQuery.data)
  if (packed?.verb !== 'alert' || !ctx.person) return next()
  const press = unpackAlert(packed.id)
  if (!press) return next()
  const { message, id: callbackId } = ctx.callbackQuery
  ctx.owe('alertPress', {
    by: ctx.person,
    press,
    callbackId,
    messageId: message?.message_id ?? null,
  })
})
