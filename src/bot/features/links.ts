import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'

export const linksFeature = new Composer<BotContext>()

const feature = linksFeature.chatType('private')

feature.command('portal', (ctx) => {
  if (ctx.person) ctx.owe('portalLink', { by: ctx.person })
})

feature.command('connect', (ctx) => {
  if (ctx.person) ctx.owe('connectLink', { by: ctx.person })
})

feature.command('report', (ctx) => {
  if (ctx.person) ctx.owe('report', { by: ctx.person })
})
