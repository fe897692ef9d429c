/** What a portal key or a person may do, one word per thing that routes ask for. */
export const SCOPES = [
  'leads:read',
  'leads:create',
  'leads:work',
  'stats:read',
  'stats:refresh',
  'reports:read',
  'reports:create',
  'projects:read',
  'projects:write',
  'users:read',
  'users:write',
  'keys:manage',
  'connections:manage',
  'audit:read',
  'health:read',
  'health:write',
] as const

export const KEY_ROLES = ['admin', 'manager', 'partner', 'service'] as const

export type Scope = (typeof SCOPES)[number]
export type KeyRole = (typeof KEY_ROLES)[number]
export type Role = KeyRole | 'client'

const MANAGER = [
  'leads:read',
  'leads:create',
  'leads:work',
  'stats:read',
  'reports:read',
  'reports:create',
  'projects:read',
  'users:read',
] as const satisfies Scope[]

/** The most that a role may; a key's own scopes only narrow it. */
export const SCOPES_OF: Record<Role, readonly Scope[]> = {
  admin: SCOPES,
  manager: MANAGER,
  // Sends leads and follows those it sent.
  partner: ['leads:read', 'leads:create'],
  // A program of the agency: reads everything that dashboards show, and brings leads.
  service: ['leads:read', 'leads:create', 'stats:read', 'reports:read', 'projects:read'],
  // Sees what is theirs.
  client: ['leads:read', 'leads:create'],
}

/** Roles that see only leads of their own. */
export function isConfined(role: Role): boolean {
  return role === 'client' || role === 'partner'
}

/** Whether a person of this role may work leads in a chat. */
export function canWorkLeads(role: Role): boolean {
  return SCOPES_OF[role].includes('leads:work')
}
