import { canWorkLeads } from '../../auth/permissions.ts'
import type { Actor, LeadCommand } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { leadOf } from '../../stubs.ts'
import type { CardVerb } from '../callback-data.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { answerRow } from '../owed.ts'
import { actorOf, recognise } from '../people.ts'
import { plainText } from '../texts.ts'

/** Does what a button of a card says, if who pressed it may, and tells them what came of it. */
export async function press(
  {
    by,
    verb,
    leadId,
    callbackId,
  }: { by: Person; verb: CardVerb; leadId: string; callbackId: string },
  { env, settings, updateId }: ErrandDeps,
): Promise<NewRow[]> {
  const user = await recognise(env, settings, by)
  const locale = user.locale ?? by.locale
  if (!canWorkLeads(user.role)) {
    return [answerRow(callbackId, plainText(locale, 'refused.manager'), true)]
  }
  const answer = await leadOf(env, leadId).carryOut(commandOf(verb, updateId, actorOf(user)))
  if (answer.ok) return [answerRow(callbackId, plainText(locale, `press.${verb}`))]
  switch (answer.code) {
    case 'HELD_BY_OTHER': {
      const holder = answer.holder.name
      return [answerRow(callbackId, plainText(locale, 'press.held', { holder }), true)]
    }
    case 'ILLEGAL_TRANSITION':
      return [answerRow(callbackId, plainText(locale, `press.illegal.${answer.status}`), true)]
    case 'NOT_FOUND':
      return [answerRow(callbackId, plainText(locale, 'press.unknown'), true)]
  }
}

function commandOf(verb: CardVerb, updateId: number, by: Actor): LeadCommand {
  const id = `telegram:${updateId}`
  switch (verb) {
    case 'take':
      return { id, type: 'claim', by }
    case 'spam':
    case 'won':
    case 'lost':
      return { id, type: 'close', by, outcome: verb }
    case 'release':
    case 'reopen':
      return { id, type: verb, by }
  }
}
