import { InlineKeyboard } from 'grammy/web'
import { issuePass } from '../auth/pass.ts'
import { issueToken } from '../auth/tokens.ts'
import type { Locale } from '../locales.ts'
import type { NewRow } from '../outbox/outbox.ts'
import { type Call, CHAT, HTML, PRIORITY } from './owed.ts'
import { plainText, text, type TextKey } from './texts.ts'

/** A personal link that is owed: who it is for, and nothing that opens anything. */
export interface Link {
  name: 'portal' | 'connect'
  userId: string
  locale: Locale
  publicUrl: string
  /** What is said with it instead of the usual words, in Telegram's HTML. */
  said?: string
}

/** What is said with it, and where it leads after the portal has let its person in. */
const WORDS = {
  portal: { text: 'portal.link', button: 'button.open_portal', next: '' },
  connect: { text: 'connect.link', button: 'button.connect', next: '&next=/meta/connect' },
} as const satisfies Record<Link['name'], { text: TextKey; button: TextKey; next: string }>

/** Owes a personal link to its person's chat. */
export function linkRow(link: Link): NewRow {
  return { key: CHAT, kind: 'link', body: link, priority: PRIORITY.talk }
}

/**
 * A link to be sent at once: its token is made here, so that no outbox ever holds one. Made anew for
 * every try, the portal's ends the one before, which may or may not have arrived; other links are
 * passes and end nothing. `secret` signs them.
 */
export async function linkCall(db: D1Database, secret: string, link: Link): Promise<Call> {
  const { name, userId, locale, said = null } = link
  const words = WORDS[name]
  const token =
    name === 'portal'
      ? await issueToken(db, userId)
      : await issuePass(db, secret, { userId, now: Date.now() })
  const url = `${link.publicUrl}/portal/enter?token=${token}${words.next}`
  // Telegram refuses buttons with an address without a dot, like http://localhost.
  const hasDot = new URL(url).hostname.includes('.')
  const markup = new InlineKeyboard().url(plainText(locale, words.button), url)
  const params = {
    text:
      said === null ? text(locale, words.text, { url }) : `${said}${hasDot ? '' : `\n\n${url}`}`,
    ...HTML,
    ...(hasDot ? { reply_markup: markup } : {}),
  }
  return { method: 'sendMessage', params }
}
