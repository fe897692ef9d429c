import type { LeadData } from '../lead.ts'
import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import { renderCard } from './card.ts'
import { type Elsewhere, leadMessageRow } from './owed.ts'
import { escapeHtml, text } from './texts.ts'

/** A lead that a manager is to hear of in their own chat; `words` are those they asked to be told. */
export interface LeadNews {
  key: string
  text: 'manager.assigned' | 'manager.returned' | 'manager.reminder'
  words: string | null
  lead: LeadData
  timezone: string
  /** Whom to name in the project's chat when nothing can be said to them in their own. */
  orElse: { userId: string; name: string; chatId: string; place: Place } | null
}

interface Place {
  threadId: number | null
  locale: Locale
  timezone: string
}

/** The lead with the reason why it is shown, as a message with its buttons. */
export function leadNewsRow(news: LeadNews, locale: Locale, now: number): NewRow {
  const { lead, timezone } = news
  const why = text(locale, news.text, { words: news.words ?? '' })
  const orElse = elsewhere(news, now)
  const message = withWords(why, lead, { locale, timezone }, now)
  return leadMessageRow(message, lead, orElse ? { orElse } : {})
}

/** The same in the project's chat, where whom it is for is called by name. */
function elsewhere({ orElse, ...news }: LeadNews, now: number): Elsewhere | null {
  if (!orElse) return null
  const { userId, name, chatId, place } = orElse
  const mention = `<a href="tg://user?id=${userId}">${escapeHtml(name)}</a>`
  const why = `${mention}\n${text(place.locale, news.text, { words: news.words ?? '' })}`
  const row = leadMessageRow(withWords(why, news.lead, place, now), news.lead, {
    threadId: place.threadId,
  })
  return { chatId, key: news.key, row }
}

function withWords(
  why: string,
  lead: LeadData,
  place: { locale: Locale; timezone: string },
  now: number,
) {
  const card = renderCard(lead, place, now)
  return { ...card, text: `${why}\n\n${card.text}` }
}
