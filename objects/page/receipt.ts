import type { ListedLead } from '../../src/meta/replies.ts'
import { isDummy } from '../../src/meta/lead-details.ts'
import { projectFor } from '../../src/meta/routing.ts'
import { dayOf } from '../../src/period.ts'
import { listMetaRoutes } from '../../src/store/meta-routes.ts'
import { listLeadStates, type Tally } from '../../src/store/receipts.ts'
import { conversationOf, leadIdOf } from '../../src/stubs.ts'
import { type PageProject, pageProjects } from './page-projects.ts'

export interface CountDeps {
  env: Env
  pageId: string
  /** Of these ids of Meta, those whose leads are made. */
  held: (leadgenIds: string[]) => Set<string>
}

/** A lead of Meta's, with what became of it here. */
interface Counted {
  leadId: string
  project: PageProject
  createdAt: number
  isHeld: boolean
  isAnswered: boolean
}

/** Counts leads that Meta lists of a form, up to a time (ms), by project and day; test leads are none. */
export async function countLeads(
  deps: CountDeps,
  { formId, leads, until }: { formId: string; leads: ListedLead[]; until: number },
): Promise<Tally[]> {
  const counted = await look(deps, formId, leads, until)
  const shownAt = await shown(deps.env, counted)
  return sumTallies(
    counted.map((lead) => {
      const { project, createdAt, isHeld, isAnswered, leadId } = lead
      const at = shownAt.get(leadId)
      return {
        projectId: project.id,
        date: dayOf(createdAt, project.place.timezone),
        meta: 1,
        held: Number(isHeld),
        // Who has answered has seen it, wherever its card stood then.
        shown: Number(at !== undefined || isAnswered),
        slowestSeconds: at ? Math.max(0, Math.round((at - createdAt) / 1000)) : null,
      }
    }),
  )
}

async function look(
  { env, pageId, held }: CountDeps,
  formId: string,
  leads: ListedLead[],
  until: number,
): Promise<Counted[]> {
  const real = leads.filter(({ field_data: data }) => !data || !isDummy({ field_data: data }))
  const heldIds = held(real.map(({ id }) => id))
  const [routes, states] = await Promise.all([
    listMetaRoutes(env.DB),
    listLeadStates(
      env.DB,
      real.map(({ id }) => leadIdOf('facebook', id)),
    ),
  ])
  const projectOf = pageProjects(env)
  const all = real.map(async (lead): Promise<Counted[]> => {
    const leadId = leadIdOf('facebook', lead.id)
    const state = states.get(leadId)
    const createdAt = Date.parse(lead.created_time ?? '')
    // Without a time it belongs to no day.
    if (state?.isTest || Number.isNaN(createdAt) || createdAt > until) return []
    const origin = { formId, campaignId: lead.campaign_id ?? null, pageId }
    const project = await projectOf(state?.projectId ?? projectFor(origin, routes))
    const isAnswered = state !== undefined && state.status !== 'new'
    return [{ leadId, project, createdAt, isHeld: heldIds.has(lead.id), isAnswered }]
  })
  return (await Promise.all(all)).flat()
}

/** When the cards of leads were sent, ms; those that stand in their project's chat alone. */
async function shown(env: Env, counted: Counted[]): Promise<Map<string, number>> {
  const byChat = Map.groupBy(counted, ({ project }) => project.chatId)
  const asked = [...byChat].map(async ([chatId, leads]) =>
    chatId === null
      ? []
      : conversationOf(env, chatId).cardsShown(leads.map(({ leadId }) => leadId)),
  )
  return new Map((await Promise.all(asked)).flat().map(({ leadId, at }) => [leadId, at]))
}

/** The same as one tally for each project and day. */
export function sumTallies(tallies: Tally[]): Tally[] {
  const sums = new Map<string, Tally>()
  for (const tally of tallies) {
    const key = `${tally.date} ${tally.projectId}`
    const sum = sums.get(key)
    sums.set(key, sum ? add(sum, tally) : tally)
  }
  return [...sums.values()]
}

function add(one: Tally, other: Tally): Tally {
  const seconds = [one.slowestSeconds, other.slowestSeconds].filter((time) => time !== null)
  return {
    ...one,
    meta: one.meta + other.meta,
    held: one.held + other.held,
    shown: one.shown + other.shown,
    slowestSeconds: seconds.length > 0 ? Math.max(...seconds) : null,
  }
}
