import type { Api } from 'grammy/web'
import { LOCALES, type Locale } from '../locales.ts'
import type { UserRole } from '../store/users.ts'
import { plainText } from './texts.ts'

/** Telegram keeps the last list it was given: it is always given whole. */
export const ALLOWED_UPDATES = [
  'message',
  'edited_message',
  'callback_query',
  'my_chat_member',
  'chat_member',
] as const

const CLIENT = ['lead', 'my', 'portal', 'language', 'help', 'cancel'] as const

const MANAGER = [
  'leads',
  'stats',
  'report',
  'portal',
  'away',
  'back',
  'lead',
  'language',
  'help',
  'cancel',
] as const

/** What each role is offered in private; who may not carry a command out is told so. */
const PRIVATE = {
  client: CLIENT,
  manager: MANAGER,
  admin: ['admin', 'invite', 'connect', ...MANAGER],
} as const satisfies Record<UserRole, readonly string[]>

const IN_GROUPS = ['bind', 'report'] as const

/** Where updates go. */
export function webhookUrl(url: string): string {
  return `${url}/telegram/webhook`
}

/** Tells Telegram where updates go, and what people are offered in their language. */
export async function introduce(
  telegram: Api,
  { url, secret }: { url: string; secret: string },
): Promise<void> {
  await telegram.setWebhook(webhookUrl(url), {
    secret_token: secret,
    allowed_updates: ALLOWED_UPDATES,
  })
  for (const { commands, where } of commandLists()) await telegram.setMyCommands(commands, where)
  await telegram.setChatMenuButton({ menu_button: menuButton(url) })
}

/** What everybody is offered, in private and in groups, in every language. */
export function commandLists() {
  return LOCALES.flatMap((locale) => {
    // Russian also goes to those whose language we do not speak.
    const language = locale === 'ru' ? {} : ({ language_code: locale } as const)
    return [
      {
        commands: commandsOf(PRIVATE.client, locale),
        where: { scope: { type: 'all_private_chats' }, ...language } as const,
      },
      {
        commands: commandsOf(IN_GROUPS, locale),
        where: { scope: { type: 'all_chat_administrators' }, ...language } as const,
      },
    ]
  })
}

/** Offers a person the commands of their role, in their language, in their own chat. */
export async function introduceTo(
  telegram: Api,
  { id, role, locale }: { id: string; role: UserRole; locale: Locale },
): Promise<void> {
  const scope = { type: 'chat', chat_id: Number(id) } as const
  // Those of everybody are offered by the language of a person's Telegram.
  if (role === 'client') await telegram.deleteMyCommands({ scope })
  else await telegram.setMyCommands(commandsOf(PRIVATE[role], locale), { scope })
}

/** The portal beside where people write; on a machine of one's own Telegram does not open it. */
function menuButton(url: string) {
  if (!url.startsWith('https://')) return { type: 'commands' } as const
  const text = plainText('ru', 'menu.portal')
  return { type: 'web_app', text, web_app: { url: `${url}/portal` } } as const
}

type CommandName = (typeof PRIVATE)[UserRole][number] | (typeof IN_GROUPS)[number]

function commandsOf(names: readonly CommandName[], locale: Locale) {
  return names.map((command) => ({
    command,
    description: plainText(locale, `command.${command}`),
  }))
}
