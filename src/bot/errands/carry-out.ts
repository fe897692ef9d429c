import type { LeadAnswer, LeadCommand } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { leadOf } from '../../stubs.ts'
import type { ErrandDeps } from '../errands.ts'
import { changedRow } from '../owed.ts'

/** Has a lead carry out a command that comes from this chat; `rows`: what the chat has to see to then. */
export async function carryOut(
  leadId: string,
  command: LeadCommand,
  { env, chatId }: ErrandDeps,
): Promise<{ answer: LeadAnswer; rows: NewRow[] }> {
  const { answer, place } = await leadOf(env, leadId).carryOutIn(command, chatId)
  const { ok } = answer
  return { answer, rows: ok && place ? [changedRow({ lead: answer.lead, place })] : [] }
}
