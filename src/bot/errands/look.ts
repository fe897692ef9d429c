import type { LeadData, LeadRefusal } from '../../lead.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { placeOf, recentProject } from '../../store/projects.ts'
import type { User } from '../../store/users.ts'
import { leadOf } from '../../stubs.ts'
import { type Card, renderCard } from '../card.ts'
import type { CardView } from '../card-view.ts'
import type { ErrandDeps } from '../errands.ts'
import { historyOf } from '../history.ts'
import { lostReasonsOf } from '../lost-reasons.ts'
import { leadEditRow, leadMessageRow, viewRow } from '../owed.ts'
import type { ReadLead } from '../may-work.ts'
import { isPrivateChat } from '../people.ts'
import { timezoneOf } from '../timezone-of.ts'
import type { Press, PressDone, Pressed } from './press.ts'

/** Presses that only show something: they change no lead. */
export type LookVerb = 'lost' | 'history' | 'fold' | 'remind' | 'open'

/** Opens on the card what the button asks for; in private, on the message that was pressed. */
export async function look(
  verb: LookVerb,
  { user, pressed, read: known }: Press,
  deps: ErrandDeps,
): Promise<PressDone> {
  const read = known ?? (await leadOf(deps.env, pressed.leadId).read())
  if (!read) return { ok: false, code: 'NOT_FOUND' }
  const { lead } = read
  if (verb === 'open') return open(lead, deps)
  const refusal = refusalOf(verb, lead, user)
  if (refusal) return refusal
  const view = await viewOf(verb, read, deps)
  return { rows: [...(await showHere(pressed, deps, lead, view)), ...inGroup(deps, lead, view)] }
}

/** A lead in private: a message of its own with all the buttons. */
async function open(lead: LeadData, deps: ErrandDeps): Promise<PressDone> {
  if (!isPrivateChat(deps.chatId)) return { ok: false, code: 'NOT_FOUND' }
  return { rows: [leadMessageRow(await cardHere(lead, deps), lead)] }
}

/** Only who may close a lead is asked why it was lost. */
function refusalOf(verb: LookVerb, lead: LeadData, user: User): LeadRefusal | null {
  const { status, assignee: holder } = lead
  const illegal: LeadRefusal = { ok: false, code: 'ILLEGAL_TRANSITION', status }
  if (verb === 'remind') return status === 'closed' ? illegal : null
  if (verb !== 'lost') return null
  if (status !== 'in_progress' || !holder) return illegal
  const mayClose = holder.id === user.id || user.role === 'admin'
  return mayClose ? null : { ok: false, code: 'HELD_BY_OTHER', holder }
}

async function viewOf(
  verb: Exclude<LookVerb, 'open'>,
  { lead, events }: ReadLead,
  deps: ErrandDeps,
): Promise<CardView | null> {
  const { env, settings } = deps
  switch (verb) {
    case 'fold':
      return null
    case 'remind':
      return { name: 'remind' }
    case 'lost': {
      const project = await recentProject(env.DB, lead.projectId)
      const rules = project?.rules ?? { lostReasons: [] }
      const ofProject = project ? placeOf(project, settings).locale : settings.DEFAULT_LOCALE
      const locale = isPrivateChat(deps.chatId) ? deps.locale : ofProject
      return { name: 'reasons', reasons: lostReasonsOf(rules, locale) }
    }
    case 'history': {
      const earlier = lead.repeatOf && (await leadOf(env, lead.repeatOf).read())
      return historyOf(events, earlier ? earlier.events : [])
    }
  }
}

/** In a group the card itself shows it, as long as its lead does not change. */
function inGroup({ chatId }: ErrandDeps, lead: LeadData, view: CardView | null): NewRow[] {
  return isPrivateChat(chatId) ? [] : [viewRow(lead, view)]
}

/** In private the message that was pressed shows the lead as it is now; elsewhere its card does so. */
export async function showHere(
  { leadId, messageId }: Pick<Pressed, 'leadId' | 'messageId'>,
  deps: ErrandDeps,
  lead?: LeadData,
  view: CardView | null = null,
): Promise<NewRow[]> {
  if (!isPrivateChat(deps.chatId) || messageId === null) return []
  const shown = lead ?? (await leadOf(deps.env, leadId).read())?.lead
  return shown ? [leadEditRow(messageId, await cardHere(shown, deps, view), shown)] : []
}

async function cardHere(
  lead: LeadData,
  { env, settings, locale }: ErrandDeps,
  view: CardView | null = null,
): Promise<Card> {
  const timezone = await timezoneOf(env, settings, lead.projectId)
  return renderCard(lead, { locale, timezone }, Date.now(), view)
}
