import { Composer } from 'grammy/web'
import type { ChatMember } from 'grammy/types'
import { unpackPress } from '../callback-data.ts'
import { canBecome } from '../chat-ids.ts'
import type { BotContext } from '../context.ts'
import type { ShutReason } from '../telegram.ts'

/** Whether the bot is in a chat and may write there, and where a chat has gone. Greets nobody. */
export const membershipFeature = new Composer<BotContext>()

const inPrivate = membershipFeature.chatType('private')
const inGroups = membershipFeature.chatType(['group', 'supergroup'])

inPrivate.on('my_chat_member', (ctx) => {
  if (ctx.myChatMember.new_chat_member.status === 'kicked') return shut(ctx, 'blocked')
  ctx.turn.memory.shut = null
  ctx.owe('chatOpen', {})
})

// Who writes or presses has not blocked us, whatever we believe: updates come in any order.
inPrivate.use((ctx, next) => {
  if (ctx.turn.memory.shut) {
    ctx.turn.memory.shut = null
    ctx.owe('chatOpen', {})
  }
  return next()
})

// Commands are offered by role and language: both may be new now.
inPrivate.use(async (ctx, next) => {
  await next()
  const isStart = ctx.hasCommand('start')
  const isLanguage = unpackPress(ctx.callbackQuery?.data ?? '')?.verb === 'language'
  if (isStart || isLanguage) ctx.owe('offerCommands', { wasChanged: false })
})

inGroups.on('my_chat_member', (ctx) => {
  const { old_chat_member: before, new_chat_member: now, chat, date } = ctx.myChatMember
  const keptOut = whyShut(now)
  if (keptOut) return shut(ctx, keptOut)
  ctx.turn.memory.shut = null
  const at = date * 1000
  if (whyShut(before)) {
    if (ctx.person) ctx.owe('chatEntered', { by: ctx.person, title: chat.title, at })
  } else if (before.status === 'administrator' && now.status !== 'administrator') {
    ctx.owe('chatDemoted', { at })
  } else if (now.status === 'administrator' && before.status !== 'administrator') {
    if (ctx.person) ctx.owe('chatEntered', { by: ctx.person, title: chat.title, at })
  }
})

// Two of the three signals of a migration; the third is the refusal of what is sent to the old id.
inGroups.on('message:migrate_to_chat_id', (ctx) => {
  const next = String(ctx.msg.migrate_to_chat_id)
  if (canBecome(String(ctx.chat.id), next)) ctx.turn.memory.movedTo = next
})

inGroups.on('message:migrate_from_chat_id', (ctx) => {
  ctx.owe('movedFrom', { from: String(ctx.msg.migrate_from_chat_id) })
})

inGroups.on('message:forum_topic_reopened', (ctx) => {
  const { memory } = ctx.turn
  const topic = ctx.msg.message_thread_id
  memory.lostTopics = memory.lostTopics.filter((lost) => lost !== topic)
  // General itself has no number; while it was closed nothing could be said anywhere.
  if (topic === undefined && memory.shut?.why === 'muted') memory.shut = null
})

function whyShut(member: ChatMember): ShutReason | null {
  switch (member.status) {
    case 'left':
    case 'kicked':
      return 'left'
    case 'restricted':
      if (!member.is_member) return 'left'
      return member.can_send_messages ? null : 'muted'
    default:
      return null
  }
}

/** Nothing can be said here from now on. */
function shut(ctx: BotContext, why: ShutReason): void {
  const { memory } = ctx.turn
  if (memory.shut?.why === why) return
  const at = (ctx.myChatMember?.date ?? 0) * 1000
  memory.shut = { why, at }
  ctx.owe('chatShut', { why, at })
}
