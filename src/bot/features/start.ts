import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'

export const startFeature = new Composer<BotContext>()

const feature = startFeature.chatType('private')

feature.command('start', (ctx) => {
  if (ctx.person) ctx.owe('greet', { by: ctx.person })
})

feature.command('help', (ctx) => {
  if (ctx.person) ctx.owe('help', { by: ctx.person })
})
