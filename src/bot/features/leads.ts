import { Composer } from 'grammy/web'
import { unpackPress } from '../callback-data.ts'
import type { BotContext } from '../context.ts'
import { type LeadTab, unpackWanted } from '../leads-list.ts'

/** What a manager asks for in their own chat: lists and numbers, and whether leads are given to them. */
export const leadsFeature = new Composer<BotContext>()

const feature = leadsFeature.chatType('private')

const MAX_WORDS = 100
/** So many searches can still be leafed through. */
const MAX_SEARCHES = 5

feature.command('leads', (ctx) => {
  if (!ctx.person) return
  const words = ctx.match.trim().slice(0, MAX_WORDS)
  const search = ctx.update.update_id
  if (words) {
    const searches = [...(ctx.turn.memory.searches ?? []), { id: search, words }]
    ctx.turn.memory.searches = searches.slice(-MAX_SEARCHES)
  }
  const tab: LeadTab = words ? { search } : 'mine'
  ctx.owe('leads', {
    by: ctx.person,
    wanted: { tab, from: null },
    words: words || null,
    messageId: null,
  })
})

feature.on('callback_query:data', (ctx, next) => {
  const press = unpackPress(ctx.callbackQuery.data)
  if (press?.verb !== 'leads' || !ctx.person) return next()
  const wanted = unpackWanted(press.id)
  const search = wanted && typeof wanted.tab !== 'string' ? wanted.tab.search : null
  const words =
    search === null
      ? null
      : (ctx.turn.memory.searches?.find(({ id }) => id === search)?.words ?? null)
  if (!wanted || (search !== null && words === null)) return ctx.answer('press.unknown')
  ctx.answer()
  const messageId = ctx.callbackQuery.message?.message_id ?? null
  ctx.owe('leads', { by: ctx.person, wanted, words, messageId })
})

feature.command('stats', (ctx) => {
  if (ctx.person) ctx.owe('stats', { by: ctx.person })
})

feature.command('away', (ctx) => {
  if (ctx.person) ctx.owe('setAway', { by: ctx.person, isAway: true })
})

feature.command('back', (ctx) => {
  if (ctx.person) ctx.owe('setAway', { by: ctx.person, isAway: false })
})
