import { canWorkLeads } from '../../auth/permissions.ts'
import { workersChanged } from '../../look-again.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { setUserAway } from '../../store/users.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { text } from '../texts.ts'

/** From now on leads are given to others in turn, or to this manager again. */
export async function setAway(
  { by, isAway }: { by: Person; isAway: boolean },
  { env, settings, locale }: ErrandDeps,
): Promise<NewRow[]> {
  const user = await recognise(env, settings, by)
  if (!canWorkLeads(user.role)) return [messageRow(text(locale, 'refused.manager'))]
  await setUserAway(env.DB, user.id, isAway)
  if (!isAway) await workersChanged(env)
  return [messageRow(text(locale, isAway ? 'away.on' : 'away.off'))]
}
