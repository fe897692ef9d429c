import type { MetaRoute } from '../store/meta-routes.ts'
import { FIRST_PROJECT_ID } from '../store/projects.ts'

/** What of a lead says where it goes. */
export interface Origin {
  formId: string | null
  campaignId: string | null
  pageId: string
}

/** The project of a lead: its form's, else its campaign's, else its page's, else the first one. */
export function projectFor(origin: Origin, routes: MetaRoute[]): string {
  const ids = { form: origin.formId, campaign: origin.campaignId, page: origin.pageId }
  const route = (['form', 'campaign', 'page'] as const)
    .map((kind) => routes.find((one) => one.kind === kind && one.metaId === ids[kind]))
    .find(Boolean)
  return route?.projectId ?? FIRST_PROJECT_ID
}
