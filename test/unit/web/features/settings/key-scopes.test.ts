import { expect, it } from 'vitest'
import { KEY_ROLES as ROLES, SCOPES_OF as ALLOWED } from '../../../../../src/auth/permissions.ts'
import { KEY_ROLES, SCOPES_OF } from '../../../../../web/src/features/settings/key-scopes.ts'

it('a key is offered every role there is', () => {
  expect(KEY_ROLES.toSorted()).toEqual(ROLES.toSorted())
})

it.each(ROLES)('a key of the role %s is offered what the Worker allows it, and no more', (role) => {
  expect(SCOPES_OF[role].toSorted()).toEqual(ALLOWED[role].toSorted())
})
