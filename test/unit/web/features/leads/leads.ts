import type { Lead } from '../../../../../web/src/features/leads/api/get-leads.ts'

/** A lead with what a test is about; the rest is what a new lead has. */
export function lead(known: Partial<Lead> = {}): Lead {
  return {
    id: 'a',
    projectId: 'main',
    userId: null,
    name: 'Нодира',
    contact: null,
    phone: null,
    email: null,
    status: 'new',
    outcome: null,
    reason: null,
    source: 'facebook',
    sourceRef: null,
    campaignId: null,
    campaignName: null,
    adId: null,
    formId: null,
    answers: {},
    details: 'complete',
    assignee: null,
    notes: [],
    duplicateOf: null,
    firstResponseAt: null,
    closedAt: null,
    createdAt: '2026-11-22T10:00:00.000Z',
    updatedAt: '2026-11-22T10:00:00.000Z',
    version: 1,
    ...known,
  }
}
