import type { LeadCommand, LeadData, LeadRefusal } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { recentProject } from '../../store/projects.ts'
import type { User } from '../../store/users.ts'
import { leadOf } from '../../stubs.ts'
import type { CardVerb } from '../callback-data.ts'
import { timeIn } from '../clock.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { NO_REASON, reasonOf } from '../lost-reasons.ts'
import { answerRow } from '../owed.ts'
import { mayWork, type ReadLead } from '../may-work.ts'
import { actorOf, recognise } from '../people.ts'
import { IN_CHOICES, momentOf } from '../remind-in.ts'
import { plainText, type TextKey, type TextParams } from '../texts.ts'
import { timezoneOf } from '../timezone-of.ts'
import { carryOut } from './carry-out.ts'
import { look, type LookVerb, showHere } from './look.ts'

/** A button of a card that somebody pressed. */
export interface Pressed {
  by: Person
  verb: CardVerb
  choice: string | null
  leadId: string
  callbackId: string
  messageId: number | null
}

/** Does what a button of a card says, if who pressed it may, and tells them what came of it. */
export async function press(pressed: Pressed, deps: ErrandDeps): Promise<NewRow[]> {
  const { verb, callbackId } = pressed
  const user = await recognise(deps.env, deps.settings, pressed.by)
  const locale = user.locale ?? pressed.by.locale
  const answer = (key: TextKey, params: TextParams = {}, isAlert = false) =>
    answerRow(callbackId, plainText(locale, key, params), isAlert)
  const may = await mayWork(user, pressed.leadId, deps)
  if (may.refusal) return [answer(may.refusal, {}, true)]
  if (verb === 'note') return [answer('press.note', {}, true)]
  const done = isLook(verb)
    ? await look(verb, { user, pressed, read: may.read }, deps)
    : await act(verb, { user, pressed, read: may.read }, deps)
  if ('rows' in done) return [answerRow(callbackId, done.says ?? ''), ...done.rows]
  const rows = await showHere(pressed, deps)
  switch (done.code) {
    case 'HELD_BY_OTHER':
      return [answer('press.held', { holder: done.holder.name }, true), ...rows]
    case 'ILLEGAL_TRANSITION':
      return [answer(`press.illegal.${done.status}`, {}, true), ...rows]
    case 'NOT_FOUND':
      return [answer('press.unknown', {}, true)]
  }
}

/** Who pressed what, with the lead if it was read already. */
export interface Press {
  user: User
  pressed: Pressed
  read: ReadLead | null
}

/** What a press came to: a line that passes by, and what is to be shown; or why not. */
export type PressDone = LeadRefusal | { says?: string; rows: NewRow[] }

const LOOKS = ['lost', 'history', 'fold', 'remind', 'open'] as const satisfies LookVerb[]

function isLook(verb: CardVerb): verb is LookVerb {
  return LOOKS.some((known) => known === verb)
}

type ActVerb = Exclude<CardVerb, LookVerb | 'note'>

/** Has the lead carry out what the button says. */
async function act(
  verb: ActVerb,
  { user, pressed, read: known }: Press,
  deps: ErrandDeps,
): Promise<PressDone> {
  // Only some commands depend on what the lead is now.
  const needsLead = verb === 'why' || verb === 'in' || verb === 'merge'
  const read = known ?? (needsLead ? await leadOf(deps.env, pressed.leadId).read() : null)
  const before = read?.lead ?? null
  const command = await commandOf(verb, { user, pressed, before }, deps)
  if (!command) return { ok: false, code: 'NOT_FOUND' }
  const { answer, rows } = await carryOut(pressed.leadId, command, deps)
  if (!answer.ok) return answer
  const locale = user.locale ?? pressed.by.locale
  const params = verb === 'in' ? { at: await remindedAt(command, answer.lead, deps, user) } : {}
  const says = plainText(locale, `press.${verb}`, params)
  return { says, rows: [...rows, ...(await showHere(pressed, deps, answer.lead))] }
}

/** The command a button stands for; `null` when the button is of another day. */
async function commandOf(
  verb: ActVerb,
  { user, pressed, before }: { user: User; pressed: Pressed; before: LeadData | null },
  { env, settings, updateId }: ErrandDeps,
): Promise<LeadCommand | null> {
  const id = `telegram:${updateId}`
  const by = actorOf(user)
  switch (verb) {
    case 'take':
      return { id, type: 'claim', by }
    case 'spam':
    case 'won':
      return { id, type: 'close', by, outcome: verb }
    case 'release':
    case 'reopen':
    case 'unmerge':
      return { id, type: verb, by }
    case 'merge':
      return before?.repeatOf ? { id, type: 'merge', by, into: before.repeatOf } : null
    case 'why': {
      if (pressed.choice === NO_REASON) return { id, type: 'close', by, outcome: 'lost' }
      const project = before && (await recentProject(env.DB, before.projectId))
      const reason = project && reasonOf(pressed.choice ?? '', project.rules)
      return reason ? { id, type: 'close', by, outcome: 'lost', reason } : null
    }
    case 'in': {
      const choice = IN_CHOICES.find((known) => known === pressed.choice)
      if (!choice || !before) return null
      const timezone = await timezoneOf(env, settings, before.projectId)
      const at = new Date(momentOf(choice, Date.now(), timezone)).toISOString()
      return { id, type: 'remind', by, at, text: null }
    }
  }
}

/** When the reminder just asked for will come: the same however often the press is carried out. */
async function remindedAt(
  command: LeadCommand,
  lead: LeadData,
  { env, settings }: ErrandDeps,
  user: User,
): Promise<string> {
  const known = lead.reminders.find(({ id }) => id === command.id)?.at
  const at = known ?? (command.type === 'remind' ? command.at : '')
  const timezone = await timezoneOf(env, settings, lead.projectId)
  return timeIn(at, user.locale ?? settings.DEFAULT_LOCALE, timezone)
}
