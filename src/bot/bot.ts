import { Api, Composer } from 'grammy/web'
import type { Update, UserFromGetMe } from 'grammy/types'
import { BotContext, type Turn } from './context.ts'
import { learn, type Learned } from './learned.ts'
import { adminFeature } from './features/admin.ts'
import { alertFeature } from './features/alert.ts'
import { bindFeature } from './features/bind.ts'
import { cardPressFeature } from './features/card-press.ts'
import { languageFeature } from './features/language.ts'
import { leadsFeature } from './features/leads.ts'
import { leadFormFeature } from './features/lead-form.ts'
import { inviteFeature } from './features/invite.ts'
import { linksFeature } from './features/links.ts'
import { myFeature } from './features/my.ts'
import { membershipFeature } from './features/membership.ts'
import { replyFeature } from './features/reply.ts'
import { reportFeature } from './features/report.ts'
import { startFeature } from './features/start.ts'
import { unknownFeature } from './features/unknown.ts'

// What a person's Telegram speaks, until they choose for themselves.
const languageOfPerson = new Composer<BotContext>()
languageOfPerson.chatType('private').use((ctx, next) => {
  ctx.turn.memory.locale ??= ctx.person?.locale ?? null
  return next()
})

const bot = new Composer<BotContext>(
  languageOfPerson,
  // Before all others: whoever writes is there, whatever they write.
  membershipFeature,
  startFeature,
  languageFeature,
  linksFeature,
  myFeature,
  adminFeature,
  alertFeature,
  inviteFeature,
  bindFeature,
  reportFeature,
  leadsFeature,
  replyFeature,
  cardPressFeature,
  // Takes every message while a request is being left, so all commands come before it.
  leadFormFeature,
  // Must be the last: it answers what nobody else did.
  unknownFeature,
)

/** Decides what an update means: changes the turn's memory and fills in what is owed. */
export async function takeTurn(update: Update, me: UserFromGetMe, turn: Turn): Promise<void> {
  await bot.middleware()(new BotContext(update, silent, me, turn), () => Promise.resolve())
}

/** Decides what it means that an errand, which an update has caused, has learned something. */
export function takeIn(
  learned: Learned,
  cause: { updateId: number; me: UserFromGetMe },
  turn: Turn,
): void {
  learn(learned, new BotContext({ update_id: cause.updateId }, silent, cause.me, turn))
}

// A feature that called Telegram itself would do so twice after a crash: it owes instead.
const silent = new Api('0:none')
silent.config.use((_call, method) => {
  throw new Error(`${method} was called while deciding; owe it instead`)
})
