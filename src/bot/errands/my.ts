import type { LeadData } from '../../lead.ts'
import type { Locale } from '../../locales.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { listLeads } from '../../store/leads.ts'
import { listProjects, placeOf } from '../../store/projects.ts'
import { timeIn } from '../clock.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { leaveButton } from '../form-screens.ts'
import { messageRow } from '../owed.ts'
import { shorten } from '../shorten.ts'
import { plainText, text } from '../texts.ts'

const MAX_SHOWN = 10
const MAX_NAME_LENGTH = 60

/** What has become of the requests that a person has left. */
export async function my({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const { env, locale } = deps
  const page = { after: null, limit: MAX_SHOWN }
  const { leads, next } = await listLeads(env.DB, { userId: by.id }, page)
  const markup = leaveButton({ label: (key) => plainText(locale, key) })
  if (leads.length === 0) return [messageRow(text(locale, 'my.none'), { markup })]
  const zones = await timezones(deps)
  const lines = leads.map((lead) => lineOf(lead, locale, zones(lead.projectId)))
  const title = text(locale, next ? 'my.title_last' : 'my.title', { count: MAX_SHOWN })
  return [messageRow([title, '', ...lines].join('\n'), { markup })]
}

async function timezones({ env, settings }: ErrandDeps): Promise<(projectId: string) => string> {
  const projects = await listProjects(env.DB)
  const zones = new Map(projects.map((one) => [one.id, placeOf(one, settings).timezone]))
  return (projectId) => zones.get(projectId) ?? settings.DEFAULT_TIMEZONE
}

function lineOf(lead: LeadData, locale: Locale, timezone: string): string {
  const at = timeIn(lead.createdAt, locale, timezone)
  const manager = shorten(lead.assignee?.name ?? '', MAX_NAME_LENGTH)
  return text(locale, `my.${stateOf(lead)}`, { at, manager })
}

/** Whether it was won, lost or taken for spam is the team's own business. */
function stateOf({ status, duplicateOf }: LeadData): 'new' | 'in_progress' | 'closed' | 'merged' {
  return duplicateOf ? 'merged' : status
}
