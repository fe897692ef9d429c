import { Composer } from 'grammy/web'
import { isCardVerb, unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'

/** Buttons of lead cards, wherever a card stands; who pressed is authorised by the errand. */
export const cardPressFeature = new Composer<BotContext>()

cardPressFeature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  if (!press || !isCardVerb(press.verb) || !ctx.person) return next()
  ctx.owe('press', {
    by: ctx.person,
    verb: press.verb,
    choice: ('choice' in press && press.choice) || null,
    leadId: press.id,
    callbackId: ctx.callbackQuery.id,
    messageId: ctx.callbackQuery.message?.message_id ?? null,
  })
})
