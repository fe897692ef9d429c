import { Composer } from 'grammy/web'
import type { BotContext } from '../context.ts'

/** What the bot does in groups; to everything else there it is silent. */
export const groupFeature = new Composer<BotContext>()

const MAX_NOTE_LENGTH = 1_000

groupFeature.chatType('private').command('bind', (ctx) => ctx.say('bind.private'))

const feature = groupFeature.chatType(['group', 'supergroup'])

feature.command('bind', (ctx) => {
  if (!ctx.person) return
  ctx.owe('bind', { by: ctx.person, threadId: topicOf(ctx), title: ctx.chat.title })
})

feature.on('message').filter(
  (ctx) => ctx.msg.reply_to_message?.from?.id === ctx.me.id,
  (ctx, next) => {
    const card = ctx.msg.reply_to_message?.message_id
    const leadId = card === undefined ? null : ctx.turn.leadOfCard(card)
    if (!leadId || !ctx.person) return next()
    const { text } = ctx.msg
    if (text === undefined) return ctx.say('note.text_please')
    if (text.length > MAX_NOTE_LENGTH) return ctx.say('note.too_long', { max: MAX_NOTE_LENGTH })
    ctx.owe('note', { by: ctx.person, leadId, text, threadId: topicOf(ctx) })
  },
)

/** The topic a message stands in; the General topic and ordinary groups have none. */
function topicOf(ctx: BotContext): number | null {
  return ctx.msg?.is_topic_message ? (ctx.msg.message_thread_id ?? null) : null
}
