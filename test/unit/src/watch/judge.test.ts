import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { judge } from '../../../../src/watch/judge.ts'
import { ALERT_KINDS, type AlertKind } from '../../../../src/watch/kinds.ts'
import type { CampaignNumbers, Numbers } from '../../../../src/watch/numbers.ts'
import { watchSchema } from '../../../../src/watch/settings.ts'

const NOW = Date.parse('2026-11-28T09:00:00Z')
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const USD = 1_000_000

const nothing = { spendMicros: 0, leads: 0 }

const quiet: Numbers = {
  now: NOW,
  watch: watchSchema.parse({ targetCpl: '5' }),
  ads: { currency: 'USD', hour: 14, campaigns: [] },
  account: { name: 'Account', status: 1, campaigns: [] },
  connection: null,
  silence: null,
  shortReceipts: [],
}

type Ads = NonNullable<Numbers['ads']>

const withAds = (ads: Partial<Ads>, rest: Partial<Numbers> = {}): Numbers => ({
  ...quiet,
  ...rest,
  ads: { ...(quiet.ads as Ads), ...ads },
})

const spent = (usd: number, leads: number) => ({ spendMicros: usd * USD, leads })

/** A campaign, by what it has spent and brought. */
const campaign = (numbers: Partial<CampaignNumbers>): CampaignNumbers => ({
  id: '1',
  name: 'Leads',
  today: nothing,
  lately: nothing,
  usual: nothing,
  ...numbers,
})

const lately = (usd: number, leads: number) => ({
  campaigns: [campaign({ lately: spent(usd, leads) })],
})

/** `on`, `keep`, or `off` when nothing is found. */
function sideOf(kind: AlertKind, numbers: Numbers): string {
  const judgement = judge(kind, numbers)
  return typeof judgement === 'string' ? judgement : (judgement[0]?.side ?? 'off')
}

describe('every kind', () => {
  it.each(ALERT_KINDS)('%s is not watched when it is switched off', (kind) => {
    const watch = watchSchema.parse({ targetCpl: '5', off: [kind] })
    expect(judge(kind, { ...quiet, watch })).toBe('unwatched')
  })

  it.each(['cpl', 'barren', 'no_spend'] as const)('%s stays as it was without numbers', (kind) => {
    expect(judge(kind, { ...quiet, ads: null })).toBe('unknown')
  })

  it.each(['cpl', 'barren', 'no_spend', 'account_stopped', 'account_unpaid'] as const)(
    '%s stays as it was while nobody knows how the account stands',
    (kind) => {
      expect(judge(kind, { ...quiet, account: null })).toBe('unknown')
    },
  )
})

describe('the cost of a lead', () => {
  it.each([
    ['dearer than the target', 30, 5, 'on'],
    ['exactly the target', 30, 6, 'keep'],
    ['a little below the target', 27.5, 5.6, 'keep'],
    ['well below the target', 30, 7, 'off'],
    ['dear, on too little to say', 14, 1, 'keep'],
    ['dear, on next to nothing', 7, 1, 'off'],
    ['without any lead, which is another matter', 100, 0, 'keep'],
  ])('%s', (_, usd, leads, side) => {
    expect(sideOf('cpl', withAds(lately(usd, leads)))).toBe(side)
  })

  it('is not watched without a target', () => {
    const watch = watchSchema.parse({})
    expect(sideOf('cpl', withAds(lately(100, 1), { watch }))).toBe('unwatched')
  })

  it('names the campaigns that waste most and still spend, three at most', () => {
    const one = (id: string, usd: number, leads: number, today = 1) =>
      campaign({ id, lately: spent(usd, leads), today: spent(today, 0) })
    const campaigns = [
      one('1', 20, 1),
      one('2', 50, 20),
      one('3', 40, 1),
      one('4', 90, 0, 0),
      one('5', 10, 0),
      one('6', 9, 1),
    ]
    const [found] = judge('cpl', withAds({ campaigns })) as never[]
    expect(found).toMatchObject({
      facts: { cpl: { amount: '9.52', currency: 'USD' }, target: { amount: '5.00' }, leads: 23 },
      campaigns: [{ id: '3' }, { id: '1' }, { id: '5' }],
    })
  })

  it('leaves out campaigns that run for something else', () => {
    const account = {
      name: 'Account',
      status: 1,
      campaigns: [
        { id: '2', name: 'Direct', objective: 'OUTCOME_ENGAGEMENT', startsAt: null, endsAt: null },
      ],
    }
    const campaigns = [...lately(30, 7).campaigns, campaign({ id: '2', lately: spent(500, 0) })]
    expect(sideOf('cpl', withAds({ campaigns }, { account }))).toBe('off')
    // Of one that runs no more nobody says what it was for.
    expect(sideOf('cpl', withAds({ campaigns }))).toBe('on')
  })

  it('is never at once dear enough to rise and cheap enough to fall', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 50 }), (usd, n) => {
        const before = sideOf('cpl', withAds(lately(usd, n)))
        // One lead more or less spending never goes from one side straight to the other.
        const after = sideOf('cpl', withAds(lately(usd * 0.95, n)))
        expect([before, after]).not.toEqual(['on', 'off'])
        expect([before, after]).not.toEqual(['off', 'on'])
      }),
    )
  })
})

describe('spending without leads', () => {
  const running = (objective = 'OUTCOME_LEADS') => ({
    name: 'Account',
    status: 1,
    campaigns: [{ id: '1', name: 'Leads', objective, startsAt: null, endsAt: null }],
  })
  it.each([
    ['enough for three leads', 15, 0, 'on'],
    ['not enough yet', 14.9, 0, 'keep'],
    ['a lead has come', 100, 1, 'off'],
    ['nothing is spent any more', 0, 0, 'off'],
  ])('%s', (_, usd, leads, side) => {
    const numbers = withAds(lately(usd, leads), { account: running() })
    expect(sideOf('barren', numbers)).toBe(side)
  })

  it('is told of the campaign it is about, which can be paused', () => {
    const numbers = withAds(lately(15, 0), { account: running() })
    expect(judge('barren', numbers)).toEqual([
      {
        subject: '1',
        side: 'on',
        facts: { campaign: 'Leads', spend: { amount: '15.00', currency: 'USD' } },
        campaigns: [{ id: '1', name: 'Leads' }],
      },
    ])
  })

  it.each([
    ['of a campaign that does not run', { ...running(), campaigns: [] }],
    ['of a campaign that is not for leads', running('OUTCOME_TRAFFIC')],
  ])('says nothing %s', (_, account) => {
    expect(sideOf('barren', withAds(lately(500, 0), { account }))).toBe('off')
  })

  it.each([
    ['the sum that was set', { spendWithoutLeads: '40', targetCpl: '5' }, 39, 'keep'],
    ['the sum that was set', { spendWithoutLeads: '40', targetCpl: '5' }, 40, 'on'],
    ['three times what a lead usually costs', {}, 59, 'keep'],
    ['three times what a lead usually costs', {}, 60, 'on'],
  ])('is measured by %s', (_, watch, usd, side) => {
    const ads = { campaigns: [campaign({ lately: spent(usd, 0), usual: spent(200, 10) })] }
    const rest = { account: running(), watch: watchSchema.parse(watch) }
    expect(sideOf('barren', withAds(ads, rest))).toBe(side)
  })

  it('is not watched when nobody knows what a lead costs', () => {
    const rest = { account: running(), watch: watchSchema.parse({}) }
    expect(sideOf('barren', withAds(lately(500, 0), rest))).toBe('unwatched')
  })
})

describe('no spending', () => {
  const running = (campaign: object = {}, status = 1) => ({
    name: 'Account',
    status,
    campaigns: [
      { id: '1', name: 'A', objective: 'OUTCOME_LEADS', startsAt: null, endsAt: null, ...campaign },
    ],
  })

  it.each([
    ['nothing was spent by ten', 10, 0, running(), 'on'],
    ['the day has just begun', 9, 0, running(), 'keep'],
    ['something was spent', 10, 0.01, running(), 'off'],
    ['no campaign runs', 10, 0, { ...running(), campaigns: [] }, 'off'],
    ['the campaign begins later', 10, 0, running({ startsAt: NOW + HOUR_MS }), 'off'],
    ['the campaign is being reviewed', 10, 0, running({ startsAt: NOW - HOUR_MS }), 'off'],
    ['the campaign began long ago', 10, 0, running({ startsAt: NOW - 2 * DAY_MS }), 'on'],
    ['the campaign has ended', 10, 0, running({ endsAt: NOW }), 'off'],
    ['the account is stopped, which is told by itself', 10, 0, running({}, 2), 'keep'],
    ['a bill is overdue, with which ads are shown all the same', 10, 0, running({}, 9), 'on'],
  ])('%s', (_, hour, usd, account, side) => {
    const campaigns = [campaign({ today: spent(usd, 0) })]
    expect(sideOf('no_spend', withAds({ hour, campaigns }, { account }))).toBe(side)
  })
})

describe('an account by its status', () => {
  it.each([
    [1, 'off', 'off'],
    [2, 'on', 'keep'],
    [3, 'on', 'keep'],
    [7, 'on', 'keep'],
    [8, 'off', 'keep'],
    [9, 'off', 'on'],
    [100, 'on', 'keep'],
    [101, 'on', 'keep'],
  ])('%i: stopped %s, unpaid %s', (status, stopped, unpaid) => {
    const numbers = { ...quiet, account: { name: 'Account', status, campaigns: [] } }
    expect(sideOf('account_stopped', numbers)).toBe(stopped)
    expect(sideOf('account_unpaid', numbers)).toBe(unpaid)
  })
})

describe('a token', () => {
  const alive = {
    name: 'Owner',
    state: 'alive' as const,
    problem: null,
    expiresAt: null,
    dataAccessExpiresAt: null,
  }

  it.each([
    ['never ends', {}, 'off'],
    ['ends in more than fourteen days', { expiresAt: NOW + 14.1 * DAY_MS }, 'off'],
    ['ends in fourteen days', { expiresAt: NOW + 14 * DAY_MS }, 'on'],
    ['opens no leads in a week', { dataAccessExpiresAt: NOW + 7 * DAY_MS }, 'on'],
    ['is dead', { state: 'dead' as const, problem: '190/463' }, 'on'],
  ])('%s', (_, changes, side) => {
    expect(sideOf('token', { ...quiet, connection: { ...alive, ...changes } })).toBe(side)
  })
})

describe('silence', () => {
  it.each([
    [10, 10, 'on'],
    [9.9, 10, 'keep'],
    [4.9, 10, 'off'],
  ])('of %d hours where %d are unusual', (lasts, usual, side) => {
    const silence = { lastsMs: lasts * HOUR_MS, lastAt: 'x', usualMs: usual * HOUR_MS }
    expect(sideOf('no_leads', { ...quiet, silence })).toBe(side)
  })

  it('says nothing where too few leads came to know', () => {
    const silence = { lastsMs: DAY_MS, lastAt: 'x', usualMs: null }
    expect(sideOf('no_leads', { ...quiet, silence })).toBe('unknown')
  })
})

describe('fewer leads than Meta counts', () => {
  it('are told with how many and of which days', () => {
    const shortReceipts = [
      { date: '2026-11-26', missing: 2 },
      { date: '2026-11-24', missing: 1 },
    ]
    expect(judge('short_receipt', { ...quiet, shortReceipts })).toMatchObject([
      { side: 'on', facts: { missing: 3, from: '2026-11-24', to: '2026-11-26' } },
    ])
  })

  it('are over when none is missing', () => {
    expect(sideOf('short_receipt', quiet)).toBe('off')
  })
})
