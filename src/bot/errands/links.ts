import type { NewRow } from '../../outbox/outbox.ts'
import { listConnections } from '../../store/connections.ts'
import { connectionOf } from '../../stubs.ts'
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

/** Of so many connections it is told how they fare; the portal shows all. */
const MOST_TOLD = 5

/** A personal link by which an admin connects Facebook; how what is connected fares is told after it. */
export async function connectLink({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const user = await recognise(deps.env, deps.settings, by)
  if (user.role !== 'admin') return [adminsOnly(deps.locale)]
  if (!deps.settings.meta) return [messageRow(text(deps.locale, 'connect.off'))]
  for (const { id } of (await listConnections(deps.env.DB)).slice(0, MOST_TOLD)) {
    await connectionOf(deps.env, id).oweChecks({ chatId: deps.chatId, publicUrl: deps.publicUrl })
  }
  return [personal('connect', by, deps)]
}

function personal(name: Link['name'], by: Person, { locale, publicUrl }: ErrandDeps): NewRow {
  return linkRow({ name, userId: by.id, locale, publicUrl })
}
