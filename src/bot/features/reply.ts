import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'

/** Replies to messages that show a lead: notes, and reminders asked for in words. */
export const replyFeature = new Composer<BotContext>()

const MAX_NOTE_LENGTH = 1_000

replyFeature.on('message').filter(
  (ctx) => ctx.msg.reply_to_message?.from?.id === ctx.me.id,
  (ctx, next) => {
    const messageId = ctx.msg.reply_to_message?.message_id
    const leadId = messageId === undefined ? null : ctx.turn.leadOfCard(messageId)
    if (!leadId || messageId === undefined) return next()
    // A note has an author; an admin who hides behind the group might be anybody.
    if (!ctx.person) return ctx.say('group.anonymous')
    const { text } = ctx.msg
    if (text === undefined) return ctx.say('note.text_please')
    // Commands are no notes, wherever they are written.
    if (text.startsWith('/')) return next()
    if (text.length > MAX_NOTE_LENGTH) return ctx.say('note.too_long', { max: MAX_NOTE_LENGTH })
    const threadId = ctx.msg.is_topic_message ? (ctx.msg.message_thread_id ?? null) : null
    const at = ctx.msg.date * 1000
    ctx.owe('note', { by: ctx.person, leadId, text, threadId, messageId, at })
  },
)
