import { Composer } from 'grammy/web'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'

export const linksFeature = new Composer<BotContext>()

const feature = linksFeature.chatType('private')

feature.command('portal', (ctx) => {
  if (ctx.person) ctx.owe('portalLink', { by: ctx.person })
})

feature.command('connect', (ctx) => {
  if (ctx.person) ctx.owe('connectLink', { by: ctx.person })
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  if (press?.verb !== 'check' || !ctx.person) return next()
  const { id: callbackId } = ctx.callbackQuery
  ctx.owe('checkConnection', { by: ctx.person, connectionId: press.id, callbackId })
})
