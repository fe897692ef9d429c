import { Composer } from 'grammy/web'
import { isAnsweredBatch, isServiceMessage } from '../batch.ts'
import type { BotContext } from '../context.ts'
import { leaveButton } from '../form-screens.ts'

/** Nothing said to the bot in private stays without an answer; must be the last feature. */
export const unknownFeature = new Composer<BotContext>()

unknownFeature.on('callback_query', (ctx) => ctx.answer('press.unknown'))

const feature = unknownFeature.chatType('private')

feature.on('message:text').filter(
  (ctx) => ctx.msg.text.startsWith('/'),
  (ctx) => ctx.say('unknown.command'),
)

feature.on('message', (ctx) => {
  if (isServiceMessage(ctx) || isAnsweredBatch(ctx)) return
  ctx.say('unknown.message', {}, leaveButton(ctx))
})
