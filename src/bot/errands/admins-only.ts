import type { Locale } from '../../locales.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { answerRow, messageRow } from '../owed.ts'
import { plainText } from '../texts.ts'

/** What somebody hears who is no admin: as the answer to what they pressed, or in the chat. */
export function adminsOnly(
  locale: Locale,
  pressed: { callbackId: string } | null = null,
  threadId: number | null = null,
): NewRow {
  const words = plainText(locale, 'refused.admin')
  return pressed ? answerRow(pressed.callbackId, words, true) : messageRow(words, { threadId })
}
