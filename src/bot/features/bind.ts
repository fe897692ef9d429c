import { Composer } from 'grammy/web'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'

/** By which an admin has a group or a topic show a project's leads. */
export const bindFeature = new Composer<BotContext>()

bindFeature.chatType('private').command('bind', (ctx) => ctx.say('bind.private'))

const feature = bindFeature.chatType(['group', 'supergroup'])

feature.command('bind', (ctx) => {
  // An admin who hides behind the group might be anybody.
  if (!ctx.person) return ctx.say('group.anonymous')
  ctx.owe('bind', {
    by: ctx.person,
    threadId: topicOf(ctx),
    title: titleOf(ctx, ctx.chat.title),
    pressed: null,
  })
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  const messageId = ctx.callbackQuery.message?.message_id
  if (press?.verb !== 'bind' || !ctx.person || messageId === undefined) return next()
  const pressed = { projectId: press.id, messageId, callbackId: ctx.callbackQuery.id }
  const title = titleOf(ctx, ctx.chat.title)
  ctx.owe('bind', { by: ctx.person, threadId: topicOf(ctx), title, pressed })
})

/** The chat as people know it, with its topic; Telegram tells that one's name as it was at first. */
function titleOf(ctx: BotContext, chat: string): string {
  const topic = topicOf(ctx) === null ? undefined : ctx.msg?.reply_to_message?.forum_topic_created
  return topic ? `${chat} · ${topic.name}` : chat
}

/** The topic a message stands in; the General topic and ordinary groups have none. */
function topicOf(ctx: BotContext): number | null {
  return ctx.msg?.is_topic_message ? (ctx.msg.message_thread_id ?? null) : null
}
