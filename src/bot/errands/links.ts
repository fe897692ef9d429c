import type { NewRow } from '../../outbox/outbox.ts'
import { findConnection, listConnections } from '../../store/connections.ts'
import { connectionOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import { adminsOnly } from './admins-only.ts'
import type { ErrandDeps } from '../errands.ts'
import { type Link, linkRow } from '../link.ts'
import { answerRow, messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { plainText, text } from '../texts.ts'

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
    await owed(id, deps, { mayTest: false })
  }
  return [personal('connect', by, deps)]
}

/** Has a connection tried once more, with a test lead to see whether it is told of. */
export async function checkConnection(
  { by, connectionId, callbackId }: { by: Person; connectionId: string; callbackId: string },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const user = await recognise(deps.env, deps.settings, by)
  if (user.role !== 'admin') return [adminsOnly(deps.locale, { callbackId })]
  const isKnown = (await findConnection(deps.env.DB, connectionId)) !== null
  if (isKnown) await owed(connectionId, deps, { mayTest: true })
  return [answerRow(callbackId, plainText(deps.locale, isKnown ? 'check.begun' : 'check.gone'))]
}

async function owed(id: string, deps: ErrandDeps, { mayTest }: { mayTest: boolean }) {
  const { chatId, publicUrl, updateId } = deps
  const key = `checks:${updateId}:${id}`
  await connectionOf(deps.env, id).oweChecks({ chatId, publicUrl, mayTest, key })
}

function personal(name: Link['name'], by: Person, { locale, publicUrl }: ErrandDeps): NewRow {
  return linkRow({ name, userId: by.id, locale, publicUrl })
}
