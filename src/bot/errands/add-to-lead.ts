import type { NewRow } from '../../outbox/outbox.ts'
import { leadOf } from '../../stubs.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { messageRow } from '../owed.ts'
import { actorOf, recognise } from '../people.ts'
import { text } from '../texts.ts'

/** Adds a person's further words to the request they have open; its card then shows them. */
export async function addToLead(
  { by, leadId, words }: { by: Person; leadId: string; words: string },
  deps: ErrandDeps,
): Promise<NewRow[]> {
  const { env, settings, updateId, locale } = deps
  // A manager who has left a request is its client.
  const client = { ...actorOf(await recognise(env, settings, by)), role: 'client' } as const
  const id = `telegram:${updateId}`
  const answer = await leadOf(env, leadId).carryOut({ id, type: 'note', text: words, by: client })
  if (!answer.ok) return [messageRow(text(locale, 'form.addition_lost'))]
  const { status, duplicateOf } = answer.lead
  // The managers look at the one that it was merged into.
  if (duplicateOf && duplicateOf !== leadId) {
    return addToLead({ by, leadId: duplicateOf, words }, deps)
  }
  return [messageRow(text(locale, status === 'closed' ? 'form.added_late' : 'form.added'))]
}
