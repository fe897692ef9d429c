import { InlineKeyboard } from 'grammy/web'
import type { NewRow } from '../../outbox/outbox.ts'
import { issueToken } from '../../auth/tokens.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { plainText, text, type TextKey } from '../texts.ts'

/** A personal link that opens the portal. */
export async function portalLink({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  await recognise(deps.env, deps.settings, by)
  const token = await issueToken(deps.env.DB, by.id)
  const url = `${deps.publicUrl}/portal/enter?token=${token}`
  return [linkRow('portal.link', 'button.open_portal', url, deps)]
}

/** A personal link by which an admin connects Facebook. */
export async function connectLink({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const user = await recognise(deps.env, deps.settings, by)
  if (user.role !== 'admin') return [messageRow(text(deps.locale, 'refused.admin'))]
  if (!deps.settings.meta) return [messageRow(text(deps.locale, 'connect.off'))]
  const token = await issueToken(deps.env.DB, by.id)
  const url = `${deps.publicUrl}/portal/enter?token=${token}&next=/meta/connect`
  return [linkRow('connect.link', 'button.connect', url, deps)]
}

function linkRow(key: TextKey, label: TextKey, url: string, { locale }: ErrandDeps): NewRow {
  // Telegram refuses buttons with an address without a dot, like http://localhost.
  const hasDot = new URL(url).hostname.includes('.')
  const markup = hasDot ? new InlineKeyboard().url(plainText(locale, label), url) : undefined
  return messageRow(text(locale, key, { url }), { markup })
}
