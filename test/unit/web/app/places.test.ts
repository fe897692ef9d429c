import { describe, expect, it } from 'vitest'
import { SCOPES_OF } from '../../../../src/auth/permissions.ts'
import { placesFor } from '../../../../web/src/app/places.ts'

describe('places', () => {
  it.each([
    ['admin', ['overview', 'leads', 'reports', 'settings']],
    ['manager', ['overview', 'leads', 'reports']],
    ['client', ['leads']],
  ] as const)('of a %s are %j', (role, names) => {
    expect(placesFor(SCOPES_OF[role]).map(({ name }) => name)).toEqual(names)
  })
})
