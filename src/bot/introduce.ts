import type { Api } from 'grammy/web'
import { LOCALES, type Locale } from '../locales.ts'
import { plainText } from './texts.ts'

/** Telegram keeps the last list it was given: it is always given whole. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'my_chat_member',
  'chat_member',
] as const

/** Commands of everybody in private; who may not carry one out is told so. */
const PRIVATE = ['lead', 'portal', 'report', 'connect', 'language', 'help', 'cancel'] as const
const IN_GROUPS = ['bind'] as const

/** Tells Telegram where updates go, and what commands people are offered in their language. */
export async function introduce(
  telegram: Api,
  { url, secret }: { url: string; secret: string },
): Promise<void> {
  await telegram.setWebhook(`${url}/telegram/webhook`, {
    secret_token: secret,
    allowed_updates: ALLOWED_UPDATES,
  })
  for (const locale of LOCALES) {
    // Russian also goes to those whose language we do not speak.
    const language = locale === 'ru' ? {} : { language_code: locale }
    await telegram.setMyCommands(commandsOf(PRIVATE, locale), {
      scope: { type: 'all_private_chats' },
      ...language,
    })
    await telegram.setMyCommands(commandsOf(IN_GROUPS, locale), {
      scope: { type: 'all_chat_administrators' },
      ...language,
    })
  }
}

type CommandName = (typeof PRIVATE)[number] | (typeof IN_GROUPS)[number]

function commandsOf(names: readonly CommandName[], locale: Locale) {
  return names.map((command) => ({
    command,
    description: plainText(locale, `command.${command}`),
  }))
}
