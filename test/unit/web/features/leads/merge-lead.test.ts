import { describe, expect, it } from 'vitest'
import {
  insertLead,
  type LeadPages,
  replaceLead,
} from '../../../../../web/src/features/leads/merge-lead.ts'
import { lead } from './leads.ts'

function at(hour: number, id: string, version = 1) {
  return lead({ id, version, createdAt: `2026-11-22T${String(hour).padStart(2, '0')}:00:00.000Z` })
}

function list(nextCursor: string | null, ...pages: ReturnType<typeof at>[][]): LeadPages {
  return {
    pageParams: pages.map(() => ''),
    pages: pages.map((items, n) => ({
      items,
      nextCursor: n === pages.length - 1 ? nextCursor : 'more',
    })),
  }
}

const idsOf = ({ pages }: LeadPages) => pages.map(({ items }) => items.map(({ id }) => id))

describe('a lead in a list', () => {
  const shown = list('more', [at(10, 'a', 2), at(9, 'b')], [at(8, 'c')])

  it('gives way to a newer version of itself, where it stands', () => {
    const newer = { ...at(9, 'b', 2), name: 'Новое имя' }
    const after = replaceLead(shown, newer)
    expect(idsOf(after)).toEqual(idsOf(shown))
    expect(after.pages[0]?.items[1]).toEqual(newer)
  })

  it('never gives way to an older version', () => {
    expect(replaceLead(shown, { ...at(10, 'a', 1), name: 'Старое' })).toEqual(shown)
  })

  it('that is not there changes nothing by being news', () => {
    expect(replaceLead(shown, at(12, 'z', 9))).toEqual(shown)
  })

  it.each([
    ['the newest first', 12, [['new', 'a', 'b'], ['c']]],
    [
      'between others by its time',
      8.5,
      [
        ['a', 'b'],
        ['new', 'c'],
      ],
    ],
    ['not at all when it belongs to a page not yet read', 7, [['a', 'b'], ['c']]],
  ])('comes in %s', (_, hour, ids) => {
    const minutes = String((hour % 1) * 60).padStart(2, '0')
    const createdAt = `2026-11-22T${String(Math.floor(hour)).padStart(2, '0')}:${minutes}:00.000Z`
    expect(idsOf(insertLead(shown, lead({ id: 'new', createdAt })))).toEqual(ids)
  })

  it('comes in last when everything was read', () => {
    expect(idsOf(insertLead(list(null, [at(10, 'a')]), at(7, 'old')))).toEqual([['a', 'old']])
    expect(idsOf(insertLead(list(null, []), at(7, 'first')))).toEqual([['first']])
  })

  it('comes in once', () => {
    expect(insertLead(shown, at(9, 'b', 5))).toBe(shown)
  })
})
