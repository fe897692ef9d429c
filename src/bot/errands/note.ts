import { canWorkLeads } from '../../auth/permissions.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { leadOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { messageRow } from '../owed.ts'
import { actorOf, recognise } from '../people.ts'
import { text } from '../texts.ts'

/** Adds a manager's reply to the lead whose card they replied to; the card then shows it. */
export async function note(
  args: { by: Person; leadId: string; text: string; threadId: number | null },
  { env, settings, updateId }: ErrandDeps,
): Promise<NewRow[]> {
  const user = await recognise(env, settings, args.by)
  const { threadId } = args
  const locale = user.locale ?? args.by.locale
  if (!canWorkLeads(user.role)) return [messageRow(text(locale, 'refused.manager'), { threadId })]
  await leadOf(env, args.leadId).carryOut({
    id: `telegram:${updateId}`,
    type: 'note',
    text: args.text,
    by: actorOf(user),
  })
  return []
}
