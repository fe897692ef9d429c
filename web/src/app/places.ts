import type { Scope } from '../api/get-me.ts'

const PLACES = [
  { to: '/', name: 'overview', scope: 'stats:read' },
  { to: '/leads', name: 'leads', scope: 'leads:read' },
  { to: '/reports', name: 'reports', scope: 'reports:read' },
  { to: '/settings', name: 'settings', scope: 'users:write' },
] as const satisfies readonly { to: string; name: string; scope: Scope }[]

/** Where somebody with these scopes can go. */
export function placesFor(scopes: readonly Scope[]) {
  return PLACES.filter(({ scope }) => scopes.includes(scope))
}
