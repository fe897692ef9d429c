import { Composer, InlineKeyboard } from 'grammy/web'
import { LOCALES, type Locale } from '../../locales.ts'
import { packPress, unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'
import { text } from '../texts.ts'
import { editRow } from '../owed.ts'
import { askAgain } from './lead-form.ts'

export const languageFeature = new Composer<BotContext>()

const feature = languageFeature.chatType('private')

const NAMES: Record<Locale, string> = { ru: 'Русский', en: 'English', uz: 'O‘zbekcha' }

feature.command('language', (ctx) => {
  const buttons = LOCALES.map((locale) =>
    InlineKeyboard.text(NAMES[locale], packPress({ verb: 'language', id: locale })),
  )
  ctx.say('language.ask', {}, InlineKeyboard.from([buttons]))
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  const locale = LOCALES.find((known) => known === press?.id)
  if (press?.verb !== 'language' || !locale || !ctx.person) return next()
  ctx.turn.memory.locale = locale
  ctx.owe('setLanguage', { by: ctx.person, locale })
  ctx.answer()
  const message = ctx.callbackQuery.message
  if (message) ctx.turn.owes.push(editRow(message.message_id, text(locale, 'language.set')))
  // A request that is being left goes on in the language chosen.
  askAgain(ctx)
})
