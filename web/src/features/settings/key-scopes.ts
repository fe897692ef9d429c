import type { MadeKey } from './api/create-key.ts'

type KeyRole = MadeKey['role']
type Scope = MadeKey['scopes'][number]

/** Roles a key can have, the ones for outsiders first. */
export const KEY_ROLES = ['partner', 'service', 'manager', 'admin'] as const

const MANAGER = [
  'leads:read',
  'leads:create',
  'leads:work',
  'stats:read',
  'reports:read',
  'reports:create',
  'projects:read',
  'users:read',
] as const satisfies readonly Scope[]

/** The most that a key of each role may, so that it can be given less. */
export const SCOPES_OF: Record<KeyRole, readonly Scope[]> = {
  partner: ['leads:read', 'leads:create'],
  service: ['leads:read', 'leads:create', 'stats:read', 'reports:read', 'projects:read'],
  manager: MANAGER,
  admin: [
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
  ],
}
