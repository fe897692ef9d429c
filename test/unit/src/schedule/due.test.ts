import { describe, expect, it } from 'vitest'
import { dueAt, type Start } from '../../../../src/schedule/due.ts'

const ZONE = 'Asia/Tashkent'
const HOUR_MS = 3_600_000

/** Noon and one o'clock in Tashkent. */
const NOON = Date.parse('2026-11-22T07:00:00Z')

function due(tick: number, checkedAt: string | null): Start[] {
  const projects = [{ id: 'main', accountId: '9', timezone: ZONE }]
  const connections = [{ id: '1', pageIds: ['7'], checkedAt }]
  return dueAt(tick, { projects, connections, timezone: ZONE })
}

const idsOf = (starts: Start[], workflow: Start['workflow']) =>
  starts.filter((start) => start.workflow === workflow).map(({ id }) => id)

describe('the check of a token', () => {
  it('is begun anew every hour of a day until it has succeeded on it', () => {
    const yesterday = '2026-11-21T18:59:59.000Z'
    const first = idsOf(due(NOON, yesterday), 'RENEW_META_TOKEN')
    const later = idsOf(due(NOON + HOUR_MS, yesterday), 'RENEW_META_TOKEN')
    expect(first).toHaveLength(1)
    expect(later).toHaveLength(1)
    expect(later).not.toEqual(first)
    expect(idsOf(due(NOON + 5 * 60_000, yesterday), 'RENEW_META_TOKEN')).toEqual(first)
  })

  it('is over for the day of its success, which is a day of the house', () => {
    expect(idsOf(due(NOON, '2026-11-21T19:00:00.000Z'), 'RENEW_META_TOKEN')).toEqual([])
  })
})

describe('an ad account that several projects share', () => {
  it('is read once, in the name of the oldest', () => {
    const projects = ['main', 'clinic'].map((id) => ({ id, accountId: '9', timezone: ZONE }))
    const other = { id: 'school', accountId: '8', timezone: ZONE }
    const starts = dueAt(NOON, { projects: [...projects, other], connections: [], timezone: ZONE })
    expect(idsOf(starts, 'AGGREGATE_INSIGHTS')).toEqual([
      'insights_main_2026112207',
      'insights28_main_20261122',
      'insights_school_2026112207',
      'insights28_school_20261122',
    ])
  })
})

describe('what is due every night', () => {
  it('is known as such, so that it is run again when it has failed', () => {
    const nightly = due(NOON, null).filter(({ isNightly }) => isNightly)
    expect(nightly.map(({ id }) => id)).toEqual([
      'insights28_main_20261122',
      'reconcile7_7_20261122',
    ])
  })

  it('waits for the night', () => {
    const midnight = Date.parse('2026-11-21T19:00:00Z')
    expect(due(midnight, null).some(({ isNightly }) => isNightly)).toBe(false)
  })
})
