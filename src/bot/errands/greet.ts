import type { Locale } from '../../locales.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { setUserLocale } from '../../store/users.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { leaveButton } from '../form-screens.ts'
import { messageRow } from '../owed.ts'
import { recognise, register } from '../people.ts'
import { plainText, text } from '../texts.ts'

/** Writes the person down and greets them by their role. */
export async function greet(
  { by, isOffered }: { by: Person; isOffered: boolean },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { role, name } = await register(deps.env, deps.settings, by)
  const hello = text(deps.locale, role === 'client' ? 'start.hello' : `start.hello_${role}`, {
    name,
  })
  const words = `${hello}\n\n${text(deps.locale, `help.${role}`)}`
  // Clients come to leave a request, and so does whoever an advertisement has brought.
  const isClient = role === 'client' || isOffered
  const markup = leaveButton({ label: (key) => plainText(deps.locale, key) })
  return [messageRow(words, isClient ? { markup } : {})]
}

/** What this person can do. */
export async function help({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const { role } = await recognise(deps.env, deps.settings, by)
  return [messageRow(text(deps.locale, `help.${role}`))]
}

/** Remembers the language for what is said to the person elsewhere. */
export async function setLanguage(
  { by, locale }: { by: Person; locale: Locale },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  await recognise(deps.env, deps.settings, by)
  await setUserLocale(deps.env.DB, by.id, locale)
  return []
}
