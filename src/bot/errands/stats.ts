import { lastReadAt } from '../../meta/aggregate.ts'
import { canWorkLeads } from '../../auth/permissions.ts'
import type { Locale } from '../../locales.ts'
import type { NewRow } from '../../outbox/outbox.ts'
import { boundsOf, lastDays, type Period } from '../../period.ts'
import { totalsOf } from '../../statistics.ts'
import { sumInsights } from '../../store/insights.ts'
import { countActivity } from '../../store/lead-counts.ts'
import { listProjectIdsOf } from '../../store/members.ts'
import { listProjects, placeOf, type Project } from '../../store/projects.ts'
import { timeIn } from '../clock.ts'
import type { Person } from '../context.ts'
import type { ErrandDeps } from '../errands.ts'
import { moneyText } from '../money-text.ts'
import { messageRow } from '../owed.ts'
import { recognise } from '../people.ts'
import { escapeHtml, text } from '../texts.ts'

/** Of more projects a message could not tell; the portal does. A person's own come first. */
const MAX_PROJECTS = 8

/** What today, yesterday and the last seven days brought, and what a lead of Facebook's cost. */
export async function stats({ by }: { by: Person }, deps: ErrandDeps): Promise<NewRow[]> {
  const { env, settings, locale } = deps
  const user = await recognise(env, settings, by)
  if (!canWorkLeads(user.role)) return [messageRow(text(locale, 'refused.manager'))]
  const own = await listProjectIdsOf(env.DB, user.id)
  const isOwn = ({ id }: Project) => own.includes(id)
  const all = await listProjects(env.DB)
  const projects = [...all.filter(isOwn), ...all.filter((project) => !isOwn(project))]
  const parts = await Promise.all(
    projects.slice(0, MAX_PROJECTS).map((project) => statsOf(project, deps)),
  )
  const rest = projects.length - MAX_PROJECTS
  if (rest > 0) parts.push(text(locale, 'card.more', { count: rest }))
  return [messageRow(parts.join('\n\n'))]
}

const PERIODS = ['today', 'yesterday', 'week'] as const

async function statsOf(project: Project, { env, settings, locale }: ErrandDeps): Promise<string> {
  const { timezone } = placeOf(project, settings)
  const now = Date.now()
  const readAt = await lastReadAt(env, project.id)
  const lines = await Promise.all(
    PERIODS.map(async (name) => {
      const counts = await countActivity(env.DB, {
        projectId: project.id,
        ...boundsOf(daysOf(name, timezone, now), timezone),
      })
      const meta = await metaOf(env.DB, project, name, { now, locale })
      return [
        `<b>${escapeHtml(text(locale, `stats.period.${name}`))}:</b> ${text(locale, 'stats.counts', { ...counts })}`,
        ...(meta ? [text(locale, 'stats.meta', meta)] : []),
      ].join('\n')
    }),
  )
  return [
    text(locale, 'stats.title', { project: project.name }),
    ...lines,
    ...sourceOf(project, readAt, { locale, timezone }),
  ].join('\n\n')
}

function daysOf(name: (typeof PERIODS)[number], timezone: string, now: number): Period {
  if (name === 'week') return lastDays(7, timezone, now)
  const { from, to } = lastDays(2, timezone, now)
  return name === 'today' ? { from: to, to } : { from, to: from }
}

/** What Meta counts, by the days of the ad account; `null` when none is connected. */
async function metaOf(
  db: D1Database,
  { id: projectId, adAccountId, accountTimezone, currency }: Project,
  name: (typeof PERIODS)[number],
  { now, locale }: { now: number; locale: Locale },
) {
  if (!adAccountId || !accountTimezone || !currency) return null
  const days = daysOf(name, accountTimezone, now)
  const { totals } = await sumInsights(db, { accountId: adAccountId, projectId, ...days })
  const { spend, leads, cpl } = totalsOf(totals, currency)
  return { spend: moneyText(spend, locale), leads, cpl: cpl ? moneyText(cpl, locale) : '—' }
}

/** Where the numbers of Meta are from, once there are any. */
function sourceOf(
  { adAccountId }: Project,
  at: string | null,
  { locale, timezone }: { locale: Locale; timezone: string },
): string[] {
  if (!adAccountId) return [`<i>${text(locale, 'stats.no_meta')}</i>`]
  return at ? [`<i>${text(locale, 'stats.source', { at: timeIn(at, locale, timezone) })}</i>`] : []
}
