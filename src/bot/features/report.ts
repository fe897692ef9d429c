import { Composer } from 'grammy/web'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'

/** A file of a project's leads, asked for in private or in the project's chat. */
export const reportFeature = new Composer<BotContext>()

reportFeature.command('report', (ctx) => {
  // An admin who hides behind the group might be anybody.
  if (!ctx.person) return ctx.say('group.anonymous')
  ctx.owe('report', { by: ctx.person, threadId: topicOf(ctx), pressed: null })
})

reportFeature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  const messageId = ctx.callbackQuery.message?.message_id
  if (press?.verb !== 'report' || !ctx.person || messageId === undefined) return next()
  const pressed = { projectId: press.id, messageId, callbackId: ctx.callbackQuery.id }
  ctx.owe('report', { by: ctx.person, threadId: topicOf(ctx), pressed })
})

function topicOf(ctx: BotContext): number | null {
  return ctx.msg?.is_topic_message ? (ctx.msg.message_thread_id ?? null) : null
}
