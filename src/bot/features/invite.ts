import { Composer } from 'grammy/web'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'

/** Links by which an admin brings in managers and clients; who may is checked by the errand. */
export const inviteFeature = new Composer<BotContext>()

const feature = inviteFeature.chatType('private')

feature.command('invite', (ctx) => {
  if (ctx.person) ctx.owe('invite', { by: ctx.person, pressed: null })
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  const messageId = ctx.callbackQuery.message?.message_id
  if (press?.verb !== 'invite' || !ctx.person || messageId === undefined) return next()
  const [, role, projectId] = /^(manager|client)-(.+)$/.exec(press.id) ?? []
  if ((role !== 'manager' && role !== 'client') || projectId === undefined) return next()
  const callbackId = ctx.callbackQuery.id
  ctx.owe('invite', { by: ctx.person, pressed: { role, projectId, messageId, callbackId } })
})
