import type { LeadCommand } from '../../lead.ts'
import type { Locale } from '../../locales.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import type { User } from '../../store/users.ts'
import { leadOf } from '../../stubs.ts'
import { timeIn } from '../clock.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { mayWork } from '../may-work.ts'
import { messageRow } from '../owed.ts'
import { actorOf, recognise } from '../people.ts'
import { readReminder } from '../reminder/read-reminder.ts'
import { text, type TextKey, type TextParams } from '../texts.ts'
import { timezoneOf } from '../timezone-of.ts'
import { carryOut } from './carry-out.ts'
import { showHere } from './look.ts'

/** A reply to a message that shows a lead. */
interface Reply {
  by: Person
  leadId: string
  text: string
  threadId: number | null
  /** The message that was replied to, and when (ms). */
  messageId?: number
  at?: number
}

/** What a manager replies to a lead is noted on it, or asks to be reminded; its card shows either. */
export async function note(reply: Reply, deps: ErrandDeps): Promise<NewRow[]> {
  const { threadId, leadId } = reply
  const user = await recognise(deps.env, deps.settings, reply.by)
  const locale = user.locale ?? reply.by.locale
  const say = (key: TextKey, params: TextParams = {}) =>
    messageRow(text(locale, key, params), { threadId })
  const { refusal } = await mayWork(user, leadId, deps)
  if (refusal) return [say(refusal)]
  const wish = await wishOf(reply, user, locale, deps)
  if ('problem' in wish) return [say(wish.problem)]
  const { answer, rows } = await carryOut(leadId, wish.command, deps)
  if (!answer.ok) {
    return answer.code === 'ILLEGAL_TRANSITION' ? [say(`press.illegal.${answer.status}`)] : []
  }
  const shown = { leadId, messageId: reply.messageId ?? null }
  rows.push(...(await showHere(shown, deps, answer.lead)))
  return wish.at ? [say('remind.set', { name: user.name, at: wish.at }), ...rows] : rows
}

type Wish =
  | { problem: 'remind.unclear' | 'remind.past' | 'remind.far' }
  | { command: LeadCommand; at: string | null }

async function wishOf(
  { leadId, text: words, at: saidAt }: Reply,
  user: User,
  locale: Locale,
  { env, settings, updateId }: ErrandDeps,
): Promise<Wish> {
  const id = `telegram:${updateId}`
  const by = actorOf(user)
  const asNote: Wish = { command: { id, type: 'note', by, text: words }, at: null }
  const now = saidAt ?? Date.now()
  // Whether a reminder is asked for is the same everywhere; only its time goes by the project's clock.
  if (readReminder(words, now, 'UTC').kind === 'none') return asNote
  const read = await leadOf(env, leadId).read()
  if (!read) return asNote
  const timezone = await timezoneOf(env, settings, read.lead.projectId)
  const wish = readReminder(words, now, timezone)
  if (wish.kind === 'none') return asNote
  if (wish.kind !== 'at') return { problem: `remind.${wish.kind}` }
  // It may have passed while the message was on its way.
  if (wish.at <= Date.now()) return { problem: 'remind.past' }
  const at = new Date(wish.at).toISOString()
  return {
    command: { id, type: 'remind', by, at, text: wish.words },
    at: timeIn(at, locale, timezone),
  }
}
