import type { Lead } from './api/get-leads.ts'

/** Tabs of the list. */
export const STATUS_TABS = ['new', 'in_progress', 'closed', 'all'] as const

export type StatusTab = (typeof STATUS_TABS)[number]

/** Which leads a list shows; `null` does not narrow it. */
export interface LeadFilter {
  project: string | null
  status: StatusTab
  assignee: string | null
  campaign: string | null
  q: string
}

/** The filter that an address speaks of; `usual` is the tab it means when it names none. */
export function filterIn(
  params: URLSearchParams,
  who: { project: string | null; me: string; usual: StatusTab },
): LeadFilter {
  return {
    project: who.project,
    status: STATUS_TABS.find((tab) => tab === params.get('status')) ?? who.usual,
    assignee: params.get('mine') === '1' ? who.me : null,
    campaign: params.get('campaign'),
    q: params.get('q') ?? '',
  }
}

/** The filter as the API takes it. */
export function queryOf({ project, status, assignee, campaign, q }: LeadFilter) {
  return {
    ...(project === null ? {} : { project }),
    ...(status === 'all' ? {} : { status }),
    ...(assignee === null ? {} : { assignee }),
    ...(campaign === null ? {} : { campaign }),
    ...(q.trim() === '' ? {} : { q }),
  }
}

/** Whether a lead is one that the list shows. What people search for only the Worker knows to find. */
export function belongs(lead: Lead, { project, status, assignee, campaign, q }: LeadFilter) {
  return (
    q.trim() === '' &&
    (project === null || lead.projectId === project) &&
    (status === 'all' || lead.status === status) &&
    (assignee === null || lead.assignee?.id === assignee) &&
    (campaign === null || lead.campaignId === campaign)
  )
}
