import { describe, expect, it } from 'vitest'
import { belongs, filterIn, queryOf } from '../../../../../web/src/features/leads/lead-filter.ts'
import { lead } from './leads.ts'

const who = { project: 'main', me: '7', usual: 'new' } as const
const filterOf = (search: string) => filterIn(new URLSearchParams(search), who)

describe('the filter of a list', () => {
  it('is the usual tab when the address names none, or one that is not there', () => {
    expect(filterOf('').status).toBe('new')
    expect(filterOf('status=lost').status).toBe('new')
  })

  it('asks the API for nothing that does not narrow', () => {
    expect(queryOf(filterOf('status=all'))).toEqual({ project: 'main' })
    expect(queryOf(filterIn(new URLSearchParams('status=all'), { ...who, project: null }))).toEqual(
      {},
    )
  })

  it('asks the API for everything that narrows', () => {
    expect(queryOf(filterOf('status=closed&mine=1&campaign=c&q=Нод'))).toEqual({
      project: 'main',
      status: 'closed',
      assignee: '7',
      campaign: 'c',
      q: 'Нод',
    })
  })

  it.each([
    ['', lead(), true],
    ['', lead({ status: 'in_progress' }), false],
    ['status=all', lead({ status: 'closed' }), true],
    ['status=all', lead({ projectId: 'other' }), false],
    ['status=all&mine=1', lead(), false],
    ['status=all&mine=1', lead({ assignee: { id: '7', name: 'Я' } }), true],
    ['campaign=c', lead({ campaignId: 'c' }), true],
    ['campaign=c', lead({ campaignId: 'd' }), false],
    ['q=Нодира', lead(), false],
  ])('with «%s» and this lead: %#', (search, one, expected) => {
    expect(belongs(one, filterOf(search))).toBe(expected)
  })
})
