import { describe, expect, it } from 'vitest'
import { MOVES as ALLOWED } from '../../../../../objects/lead/decide.ts'
import { LEAD_STATUSES } from '../../../../../src/lead.ts'
import { MOVES, movesFor } from '../../../../../web/src/features/leads/lead-moves.ts'

const me = { id: '7', name: 'Я' }
const other = { id: '8', name: 'Азиз' }

describe('what can be done with a lead', () => {
  it.each([
    ['manager', 'new', null, ['claim', 'assign', 'spam']],
    ['manager', 'in_progress', me, ['close', 'assign', 'release', 'spam']],
    ['manager', 'in_progress', other, []],
    ['admin', 'in_progress', other, ['close', 'assign', 'release', 'spam']],
    ['manager', 'closed', other, ['reopen']],
  ] as const)('by a %s when it is %s and held by %j', (role, status, assignee, moves) => {
    expect(movesFor({ status, assignee }, { id: '7', role })).toEqual(moves)
  })
})

it.each(LEAD_STATUSES)('a lead that is %s shows a button for every move it allows', (status) => {
  // A repeat is merged on its card, where the earlier lead is seen too.
  const allowed = Object.keys(ALLOWED[status])
    .filter((move) => move !== 'merge')
    .toSorted()
  expect(MOVES[status].toSorted()).toEqual(allowed)
})
