import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'
import { invitationIn, unpackStart } from '../start-payload.ts'

export const startFeature = new Composer<BotContext>()

const feature = startFeature.chatType('private')

feature.command('start', (ctx) => {
  if (!ctx.person) return
  const token = invitationIn(ctx.match)
  if (token !== null) return ctx.owe('acceptInvite', { by: ctx.person, token })
  const origin = unpackStart(ctx.match)
  if (origin) ctx.turn.memory.origin = { ...origin, at: Date.now() }
  ctx.owe('greet', { by: ctx.person, isOffered: origin !== null })
})

feature.command('help', (ctx) => {
  if (ctx.person) ctx.owe('help', { by: ctx.person })
})
