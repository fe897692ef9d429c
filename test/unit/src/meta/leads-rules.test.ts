import { describe, expect, it } from 'vitest'
import { intervalOf, mayCompare } from '../../../../src/meta/lead-quota.ts'
import { readingStart } from '../../../../src/meta/reading-start.ts'
import { projectFor } from '../../../../src/meta/routing.ts'
import type { MetaRoute } from '../../../../src/store/meta-routes.ts'

describe('a lead goes to', () => {
  const routes: MetaRoute[] = [
    { kind: 'page', metaId: '1', projectId: 'of-page' },
    { kind: 'campaign', metaId: '2', projectId: 'of-campaign' },
    { kind: 'form', metaId: '3', projectId: 'of-form' },
    // Ids of one kind say nothing of another.
    { kind: 'form', metaId: '1', projectId: 'another' },
  ]

  it.each([
    ['its form’s project', { formId: '3', campaignId: '2', pageId: '1' }, 'of-form'],
    ['its campaign’s, without one', { formId: '4', campaignId: '2', pageId: '1' }, 'of-campaign'],
    ['its page’s, without either', { formId: null, campaignId: null, pageId: '1' }, 'of-page'],
    ['the first one, when nothing is said', { formId: '4', campaignId: '5', pageId: '6' }, 'main'],
  ])('%s', (_, origin, projectId) => {
    expect(projectFor(origin, routes)).toBe(projectId)
  })
})

describe('comparing with Meta', () => {
  const MINUTE = 60_000
  const DAY = 86_400_000

  it('happens every 15 minutes where the quota has room', () => {
    expect(intervalOf({ leads: 300, calls: 0, forms: 10 })).toBe(15 * MINUTE)
    expect(mayCompare({ leads: 300, calls: 960, forms: 10 }, Date.now() - 1, Date.now())).toBe(true)
  })

  it('is stretched for a page with many forms and hardly a lead, within half of its quota', () => {
    const quota = { leads: 0, calls: 0, forms: 100 }
    const interval = intervalOf(quota)
    expect(interval).toBe(60 * MINUTE)
    expect((DAY / interval) * quota.forms).toBeLessThanOrEqual(4_800 / 2)
    expect(mayCompare(quota, 0, 30 * MINUTE)).toBe(false)
    expect(mayCompare(quota, 0, 60 * MINUTE)).toBe(true)
    expect(mayCompare(quota, null, 0)).toBe(true)
  })

  it('stops when the calls of a day are used up, and goes on when they are over', () => {
    expect(mayCompare({ leads: 1, calls: 2_395, forms: 5 }, 0, DAY)).toBe(true)
    expect(mayCompare({ leads: 1, calls: 2_396, forms: 5 }, 0, DAY)).toBe(false)
  })
})

describe('a form is read', () => {
  const NOW = 1_795_341_600
  const DAY_S = 86_400

  it.each([
    ['a day back at least', NOW - 900, 1, NOW - DAY_S],
    ['seven days back at night', NOW - 900, 7, NOW - 7 * DAY_S],
    ['from where an outage of three days began', NOW - 3 * DAY_S, 1, NOW - 3 * DAY_S],
    ['90 days back at most', NOW - 200 * DAY_S, 1, NOW - 90 * DAY_S],
    ['90 days back when it never was', 0, 1, NOW - 90 * DAY_S],
  ])('%s', (_, readTo, days, since) => {
    expect(readingStart(readTo, NOW, days)).toBe(since)
  })
})
