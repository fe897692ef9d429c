import { Api, Composer } from 'grammy/web'
import type { Update, UserFromGetMe } from 'grammy/types'
import { BotContext, type Turn } from './context.ts'
import { cardPressFeature } from './features/card-press.ts'
import { groupFeature } from './features/group.ts'
import { languageFeature } from './features/language.ts'
import { leadFormFeature } from './features/lead-form.ts'
import { linksFeature } from './features/links.ts'
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
  startFeature,
  languageFeature,
  linksFeature,
  groupFeature,
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

// A feature that called Telegram itself would do so twice after a crash: it owes instead.
const silent = new Api('0:none')
silent.config.use((_call, method) => {
  throw new Error(`${method} was called while deciding; owe it instead`)
})
