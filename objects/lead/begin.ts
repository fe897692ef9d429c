import type { LeadCommand, LeadData } from '../../src/lead.ts'

/** A lead as it is when it has just been received. */
export function begin(command: Extract<LeadCommand, { type: 'receive' }>, at: string): LeadData {
  const { lead, note, by } = command
  const createdAt = lead.createdAt ?? at
  return {
    id: command.id,
    projectId: lead.projectId,
    userId: lead.userId ?? null,
    name: lead.name ?? null,
    contact: lead.contact ?? null,
    phone: lead.phone ?? null,
    email: lead.email ?? null,
    status: 'new',
    outcome: null,
    reason: null,
    source: lead.source,
    sourceRef: lead.sourceRef,
    campaignId: lead.campaignId ?? null,
    campaignName: lead.campaignName ?? null,
    adId: lead.adId ?? null,
    adName: lead.adName ?? null,
    formId: lead.formId ?? null,
    answers: lead.answers ?? {},
    consents: lead.consents ?? [],
    isTest: lead.isTest ?? false,
    details: lead.details ?? 'complete',
    assignee: null,
    notes: note ? [{ id: command.id, text: note, author: by?.name ?? lead.name ?? '', at }] : [],
    repeatOf: null,
    earlier: null,
    duplicateOf: null,
    isVerified: lead.isVerified ?? false,
    utmSource: lead.utmSource ?? null,
    reminders: [],
    // What came late is not overdue before anybody could see it.
    waitingSince: at,
    touchedAt: null,
    releasedBy: null,
    nudges: 0,
    nudgedAt: null,
    firstResponseAt: null,
    closedAt: null,
    createdAt,
    updatedAt: at,
    version: 1,
  }
}
