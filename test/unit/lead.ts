import { decide } from '../../objects/lead/decide.ts'
import type { Actor, LeadData, LeadStatus } from '../../src/lead.ts'

export const AT = '2026-11-22T09:00:00.000Z'

export const OLIM: Actor = { id: '1', name: 'Olim', role: 'manager' }
export const NODIR: Actor = { id: '2', name: 'Nodir', role: 'manager' }
export const OWNER: Actor = { id: '9', name: 'Owner', role: 'admin' }

/** A lead as it is when it has just been received. */
export function newLead(changes: Partial<LeadData> = {}): LeadData {
  const decision = decide(
    null,
    {
      id: '5f0c4a57-6a0b-4d0e-9b5c-1f6f6b1f6d11',
      type: 'receive',
      by: null,
      lead: { projectId: 'main', source: 'telegram', sourceRef: '77', userId: '77', name: 'Aziza' },
    },
    AT,
  )
  if (!decision.ok) throw new Error('a new lead was refused')
  return { ...decision.lead, ...changes }
}

/** A lead of a status; in work and closed ones are Olim's. */
export function leadOf(status: LeadStatus): LeadData {
  const assignee = { id: OLIM.id, name: OLIM.name }
  if (status === 'new') return newLead()
  if (status === 'in_progress') return newLead({ status, assignee, firstResponseAt: AT })
  return newLead({ status, assignee, outcome: 'won', firstResponseAt: AT, closedAt: AT })
}
