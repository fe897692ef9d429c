import type { LeadDetails } from '../../src/lead.ts'
import { detailsOf } from '../../src/meta/lead-details.ts'
import type { MetaLead } from '../../src/meta/replies.ts'
import { projectFor } from '../../src/meta/routing.ts'
import { recentMetaRoutes } from '../../src/store/meta-routes.ts'
import { connectionOf } from '../../src/stubs.ts'
import type { FormBook } from './form-book.ts'
import { pageProjects } from './page-projects.ts'

/** A lead as Meta gives it, with what is known of it beside that. */
export interface ReadLead {
  id: string
  lead: MetaLead
  /** The form that the notification named. */
  formId: string | null
  /** The project of a lead that is made already: it stays there. */
  projectId: string | null
}

/** What a lead says, and which project it is for. */
export interface Understood {
  details: LeadDetails
  projectId: string
}

export interface UnderstandDeps {
  env: Env
  pageId: string
  connectionId: string | null
  forms: FormBook
}

/** Whether leads are test leads is asked within this time: no manager waits for it longer. */
const TEST_PATIENCE_MS = 700

/** Understands leads by their forms, and finds their projects, by their ids. */
export async function understand(
  deps: UnderstandDeps,
  leads: ReadLead[],
): Promise<Map<string, Understood>> {
  if (leads.length === 0) return new Map()
  const { env, pageId } = deps
  const formIds = [...new Set(leads.flatMap((one) => formOf(one) ?? []))]
  const [forms, routes, tests] = await Promise.all([
    deps.forms.find(formIds),
    recentMetaRoutes(env.DB),
    testsAmong(deps, leads),
  ])
  const projectOf = pageProjects(env)
  const understood = leads.map(async (one): Promise<[string, Understood]> => {
    const { id, lead } = one
    const formId = formOf(one)
    const origin = { formId, campaignId: lead.campaign_id ?? null, pageId }
    const project = await projectOf(one.projectId ?? projectFor(origin, routes))
    const details = {
      ...detailsOf(lead, project.place.region, forms.get(formId ?? '') ?? null),
      ...(tests.has(id) ? { isTest: true } : {}),
    }
    return [id, { details, projectId: project.id }]
  })
  return new Map(await Promise.all(understood))
}

function formOf({ lead, formId }: Pick<ReadLead, 'lead' | 'formId'>): string | null {
  return lead.form_id ?? formId
}

/**
 * Those that were made with Meta's testing tool. They never come from an ad (Meta: lead ads, testing),
 * and nothing else in them tells when somebody has filled them in.
 */
async function testsAmong(
  { env, pageId, connectionId }: UnderstandDeps,
  leads: ReadLead[],
): Promise<Set<string>> {
  const organic = leads.filter(({ lead }) => lead.ad_id === undefined)
  const formIds = [...new Set(organic.flatMap((one) => formOf(one) ?? []))]
  if (connectionId === null || formIds.length === 0) return new Set()
  const late = scheduler.wait(TEST_PATIENCE_MS).then(() => [])
  const asked = formIds.map(async (formId) => {
    const tests = await connectionOf(env, connectionId).listTestLeads(pageId, formId)
    return tests.ok ? tests.value : []
  })
  // Who cannot be asked tells of no test leads: a real lead is not held back for it.
  const all = Promise.all(asked).catch(() => [])
  return new Set((await Promise.race([all, late])).flat())
}
