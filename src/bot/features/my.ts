import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'

/** The requests a person has left, and what has become of them. */
export const myFeature = new Composer<BotContext>()

myFeature.chatType('private').command('my', (ctx) => {
  if (ctx.person) ctx.owe('my', { by: ctx.person })
})
