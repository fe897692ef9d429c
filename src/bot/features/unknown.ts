import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'

/** Nothing said to the bot in private stays without an answer; must be the last feature. */
export const unknownFeature = new Composer<BotContext>()

unknownFeature.on('callback_query', (ctx) => ctx.answer('press.unknown'))

const feature = unknownFeature.chatType('private')

feature.on('message:text').filter(
  (ctx) => ctx.msg.text.startsWith('/'),
  (ctx) => ctx.say('unknown.command'),
)

feature.on('message', (ctx) => ctx.say('unknown.message'))
