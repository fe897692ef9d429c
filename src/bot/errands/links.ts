import type { NewRow } from '../../outbox/outbox.ts'
import type { Person } from '../context.ts'
import { adminsOnly } from './admins-only.ts'
import type { ErrandDeps } from '../errands.ts'
import { type Link, linkRow } from '../link.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'

/** A personal link that opens the portal. */
export async function portalLink({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  await recognise(deps.env, deps.settings, by)
  return [personal('portal', by, deps)]
}

/** A personal link by which an admin connects Facebook. */
export async function connectLink({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const user = await recognise(deps.env, deps.settings, by)
  if (user.role !== 'admin') return [adminsOnly(deps.locale)]
  if (!deps.settings.meta) return [messageRow(text(deps.locale, 'connect.off'))]
  return [personal('connect', by, deps)]
}

function personal(name: Link['name'], by: Person, { locale, publicUrl }: ErrandDeps): NewRow {
  return linkRow({ name, userId: by.id, locale, publicUrl })
}
