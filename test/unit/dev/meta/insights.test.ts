import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { addDays, daysBetween } from '../../../../dev/meta/dates.ts'
import { cut, presetRange } from '../../../../dev/meta/insights/date-ranges.ts'
import { knownShare } from '../../../../dev/meta/insights/insight-data.ts'
import {
  actionsOf,
  AD,
  CAMPAIGN,
  connected,
  DAY,
  HOUR,
  LOS_ANGELES,
  SCHOOL_FORM,
  TASHKENT,
  TOKYO,
} from './stand-in.ts'

const TODAY = '2026-11-22'
const YESTERDAY = '2026-11-21'
const METRICS =
  'campaign_id,campaign_name,spend,impressions,reach,clicks,ctr,cpc,cpm,actions,results,cost_per_result'
const day = (date: string) => ({ time_range: { since: date, until: date } })

type Stand = ReturnType<typeof connected>

async function campaigns(stand = connected(), params: Record<string, unknown> = {}) {
  const query = { level: 'campaign', fields: METRICS, limit: '100', ...params }
  return (await stand.get(`${TASHKENT}/insights`, query, stand.user)).rows()
}

async function leadsOn(stand: Stand, date: string, path = `${CAMPAIGN}/insights`) {
  const [row] = (await stand.get(path, { fields: 'actions', ...day(date) }, stand.user)).rows()
  return Number(actionsOf(row).lead ?? 0)
}

describe('a row of insights', () => {
  it('holds text everywhere, and adds up', async () => {
    const stand = connected()
    stand.meta.insights.setDay(CAMPAIGN, YESTERDAY, {
      spend: 42.17,
      impressions: 18_342,
      clicks: 512,
      linkClicks: 301,
      reach: 12_007,
      formLeads: 12,
      siteLeads: 2,
    })
    const fields = `${METRICS},inline_link_clicks,account_currency,objective,optimization_goal`
    const [row] = await campaigns(stand, { fields, ...day(YESTERDAY) })
    expect(row).toMatchObject({
      spend: '42.17',
      impressions: '18342',
      reach: '12007',
      clicks: '512',
      ctr: '2.791408',
      cpc: '0.082363',
      cpm: '2.299095',
      inline_link_clicks: '301',
      account_currency: 'USD',
      objective: 'OUTCOME_LEADS',
      optimization_goal: 'LEAD_GENERATION',
      date_start: YESTERDAY,
      date_stop: YESTERDAY,
      results: [
        {
          indicator: 'actions:onsite_conversion.lead_grouped',
          values: [{ value: '12', attribution_windows: ['default'] }],
        },
      ],
      cost_per_result: [{ values: [{ value: '3.514167' }] }],
    })
  })

  it('counts a lead in overlapping actions, beside actions that only look like leads', async () => {
    const stand = connected()
    stand.meta.insights.setDay(CAMPAIGN, YESTERDAY, {
      impressions: 1000,
      linkClicks: 100,
      formLeads: 12,
      siteLeads: 2,
    })
    const [row] = await campaigns(stand, day(YESTERDAY))
    expect(actionsOf(row)).toMatchObject({
      lead: '14',
      'onsite_conversion.lead_grouped': '12',
      leadgen_grouped: '12',
      'offsite_conversion.fb_pixel_lead': '2',
      offsite_content_view_add_meta_leads: '52',
    })
  })

  it('counts a purchase in overlapping actions, with what was paid beside them', async () => {
    const stand = connected()
    const numbers = { impressions: 1000, purchases: 11, purchaseValue: 550 }
    stand.meta.insights.setDay(CAMPAIGN, YESTERDAY, numbers)
    const [row] = await campaigns(stand, { fields: 'actions,action_values', ...day(YESTERDAY) })
    const counts = {
      omni_purchase: '11',
      purchase: '11',
      'offsite_conversion.fb_pixel_purchase': '9',
      'onsite_conversion.purchase': '2',
    }
    expect(actionsOf(row)).toMatchObject(counts)
    const values = Object.entries(counts).map(([action_type, count]) => {
      return { action_type, value: String(Number(count) * 50) }
    })
    expect(row?.['action_values']).toEqual(values)
  })

  it('is a campaign for sales whose Results are what the pixel saw', async () => {
    const stand = connected({ history: true })
    const query = { level: 'campaign', fields: 'objective,actions,results', date_preset: 'last_7d' }
    const rows = (await stand.get(`${LOS_ANGELES}/insights`, query, stand.user)).rows()
    const sales = rows.filter((row) => row['objective'] === 'OUTCOME_SALES')
    expect(sales).toHaveLength(1)
    const bought = Number(actionsOf(sales[0])['offsite_conversion.fb_pixel_purchase'])
    expect(bought).toBeGreaterThan(5)
    expect(sales[0]?.results).toMatchObject([
      {
        indicator: 'actions:offsite_conversion.fb_pixel_purchase',
        values: [{ value: String(bought) }],
      },
    ])
  })

  it('leaves out what is zero: actions, their key, values of results', async () => {
    const stand = connected()
    stand.meta.insights.setDay(CAMPAIGN, YESTERDAY, { spend: 3, impressions: 900 })
    const [row] = await campaigns(stand, day(YESTERDAY))
    expect(row).not.toHaveProperty('actions')
    expect(row).not.toHaveProperty('clicks')
    expect(row).not.toHaveProperty('cpc')
    expect(row?.results).toEqual([{ indicator: 'actions:onsite_conversion.lead_grouped' }])
  })

  it('is absent where nothing was delivered', async () => {
    const stand = connected()
    expect(await campaigns(stand)).toEqual([])
    const seeded = connected({ history: true })
    const names = (await campaigns(seeded)).map(({ campaign_name }) => campaign_name)
    expect(names).not.toContain('Новый год — готовится')
  })

  it('holds the account, the id of its level, impressions and spend when no fields are asked', async () => {
    const stand = connected({ history: true })
    const answer = await stand.get(`${TASHKENT}/insights`, { level: 'campaign' }, stand.user)
    expect(Object.keys(answer.rows()[0] ?? {})).toEqual([
      'account_id',
      'campaign_id',
      'impressions',
      'spend',
      'date_start',
      'date_stop',
    ])
  })

  it('can hold fractions of leads', async () => {
    const stand = connected({ history: true })
    stand.meta.insights.mode({ fractional: true })
    const rows = await campaigns(stand)
    const pixel = rows.map((row) => actionsOf(row)['offsite_conversion.fb_pixel_lead'] ?? '')
    expect(pixel.some((value) => value.includes('.'))).toBe(true)
  })

  it('splits actions by the asked windows, of which two have been dead since January 2026', async () => {
    const stand = connected()
    stand.meta.insights.setDay(CAMPAIGN, YESTERDAY, { impressions: 1, formLeads: 100 })
    const windows = '1d_click,7d_click,7d_view,28d_view,default'
    const [row] = await campaigns(stand, { action_attribution_windows: windows, ...day(YESTERDAY) })
    expect(row?.actions).toContainEqual({
      action_type: 'lead',
      value: '100',
      '1d_click': '72',
      '7d_click': '92',
    })
  })

  it('has whole yen and cents of dollars', async () => {
    const stand = connected({ history: true })
    const spend = async (account: string) =>
      (await stand.get(`${account}/insights`, day(YESTERDAY), stand.user)).rows()[0]?.spend
    expect(await spend(TOKYO)).toMatch(/^\d{4}$/)
    expect(await spend(LOS_ANGELES)).toMatch(/^\d+\.\d\d$/)
  })
})

describe('the dates of insights', () => {
  it('are those of the calendar of the account', async () => {
    const stand = connected({ history: true })
    const today = async (account: string) =>
      (await stand.get(`${account}/insights`, { date_preset: 'today' }, stand.user)).rows()[0]
        ?.date_start
    await stand.advance(11 * HOUR)
    expect(new Date(stand.now()).toISOString()).toBe('2026-11-22T20:00:00.000Z')
    expect(await today(TASHKENT)).toBe('2026-11-23')
    expect(await today(LOS_ANGELES)).toBe('2026-11-22')
    expect(await today(TOKYO)).toBe('2026-11-23')
  })

  it('count a lead on the day the ad was seen, not on the day the form was sent', async () => {
    const stand = connected()
    stand.meta.leads.submit(SCHOOL_FORM, { adId: AD, impressionDate: YESTERDAY })
    expect(await leadsOn(stand, TODAY)).toBe(0)
    expect(await leadsOn(stand, YESTERDAY)).toBe(1)
  })

  it('are cut into days, months or nothing', async () => {
    const stand = connected({ history: true })
    const starts = async (time_increment: string) => {
      const time_range = { since: '2026-10-30', until: '2026-11-03' }
      const params = { level: 'account', time_range, time_increment }
      const rows = (await stand.get(`${TASHKENT}/insights`, params, stand.user)).rows()
      return rows.map(({ date_start, date_stop }) => `${String(date_start)}/${String(date_stop)}`)
    }
    expect(await starts('1')).toHaveLength(5)
    expect(await starts('3')).toEqual(['2026-10-30/2026-11-01', '2026-11-02/2026-11-03'])
    expect(await starts('monthly')).toEqual(['2026-10-30/2026-10-31', '2026-11-01/2026-11-03'])
    expect(await starts('all_days')).toEqual(['2026-10-30/2026-11-03'])
  })

  it('sum up to the same spend however they are cut', async () => {
    const stand = connected({ history: true })
    const total = async (time_increment: string) => {
      const params = { level: 'campaign', date_preset: 'last_14d', time_increment, limit: '500' }
      const rows = (await stand.get(`${TASHKENT}/insights`, params, stand.user)).rows()
      return rows.reduce((sum, { spend }) => sum + Number(spend), 0)
    }
    expect(await total('1')).toBeCloseTo(await total('all_days'), 0)
  })

  it.each([
    ['today', TODAY, TODAY],
    ['yesterday', YESTERDAY, YESTERDAY],
    ['last_7d', '2026-11-15', YESTERDAY],
    ['last_28d', '2026-10-25', YESTERDAY],
    ['this_month', '2026-11-01', TODAY],
    ['last_month', '2026-10-01', '2026-10-31'],
    ['this_week_mon_today', '2026-11-16', TODAY],
    ['this_week_sun_today', '2026-11-22', TODAY],
    ['last_week_mon_sun', '2026-11-09', '2026-11-15'],
    ['last_week_sun_sat', '2026-11-15', '2026-11-21'],
    ['last_quarter', '2026-07-01', '2026-09-30'],
    ['this_year', '2026-01-01', TODAY],
    ['maximum', '2023-10-22', TODAY],
  ])('of the preset %s are %s to %s', (preset, since, until) => {
    expect(presetRange(preset, TODAY)).toEqual({ since, until })
  })

  it('in periods follow one another without gap or overlap', () => {
    const increments = fc.oneof(fc.integer({ min: 1, max: 90 }), fc.constant('monthly' as const))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), increments, (length, increment) => {
        const since = '2025-12-30'
        const until = addDays(since, length)
        const periods = cut({ since, until }, increment)
        expect(periods[0]?.since).toBe(since)
        expect(periods.at(-1)?.until).toBe(until)
        for (const [index, { since: start, until: end }] of periods.entries()) {
          expect(daysBetween(start, end)).toBeGreaterThanOrEqual(0)
          expect(periods[index + 1]?.since ?? addDays(end, 1)).toBe(addDays(end, 1))
        }
      }),
    )
  })

  it('reach back 37 months, and no day further', async () => {
    const stand = connected()
    const from = (since: string) =>
      stand.get(`${TASHKENT}/insights`, { time_range: { since, until: TODAY } }, stand.user)
    expect((await from('2023-10-22')).status).toBe(200)
    expect((await from('2023-10-21')).error().code).toBe(3018)
  })
})

describe('what Meta says of a past date', () => {
  it('grows until day 28 and then stands', async () => {
    const stand = connected({ history: true })
    const read = () => leadsOn(stand, YESTERDAY, `${TASHKENT}/insights`)
    const seen = [await read()]
    for (let age = 0; age < 40; age += 1) {
      await stand.advance(DAY)
      seen.push(await read())
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b))
    expect(seen[27]).toBeGreaterThan(seen[0] ?? 0)
    expect(new Set(seen.slice(28)).size).toBe(1)
  })

  it('is known in a share that never shrinks and is whole from day 28 on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), (age) => {
        expect(knownShare(age + 1)).toBeGreaterThanOrEqual(knownShare(age))
        expect(knownShare(age) === 1).toBe(age >= 28)
      }),
    )
  })

  it('can be changed by a factor, for everybody or for one campaign', async () => {
    const stand = connected({ history: true })
    await stand.advance(40 * DAY)
    stand.meta.tokens.user()
    const before = await leadsOn(stand, YESTERDAY)
    expect(before).toBeGreaterThan(0)
    stand.meta.insights.restate({ date: YESTERDAY, factor: 3 })
    expect(await leadsOn(stand, YESTERDAY)).toBe(before * 3)
    stand.meta.insights.restate({ date: YESTERDAY, factor: 0, campaignId: CAMPAIGN })
    expect(await leadsOn(stand, YESTERDAY)).toBe(0)
  })

  it('shows a lead that was sent a moment ago', async () => {
    const stand = connected()
    stand.meta.leads.submit(SCHOOL_FORM, { adId: AD })
    expect(await leadsOn(stand, TODAY)).toBe(1)
  })
})

describe('the question', () => {
  it('hides deleted campaigns unless their status is asked for', async () => {
    const stand = connected({ history: true })
    const wide = { time_range: { since: '2026-08-01', until: TODAY } }
    const names = async (params: object) =>
      (await campaigns(stand, { ...wide, ...params })).map(({ campaign_name }) => campaign_name)
    expect(await names({})).not.toContain('Летний лагерь 2026')
    const statuses = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED']
    const field = 'campaign.effective_status'
    const all = { filtering: [{ field, operator: 'IN', value: statuses }] }
    expect(await names(all)).toContain('Летний лагерь 2026')
    const paused = { filtering: [{ field, operator: 'EQUAL', value: 'PAUSED' }] }
    expect(await names(paused)).toEqual(['IELTS интенсив | Осень'])
  })

  it('filters by ids, names and metrics, and refuses what it does not know', async () => {
    const stand = connected({ history: true })
    const filtered = (field: string, operator: string, value: unknown) =>
      campaigns(stand, { filtering: [{ field, operator, value }] })
    expect(await filtered('campaign.id', 'IN', [CAMPAIGN])).toMatchObject([
      { campaign_id: CAMPAIGN },
    ])
    expect(await filtered('campaign.name', 'CONTAIN', 'Direct')).toHaveLength(1)
    const large = await filtered('campaign.spend', 'GREATER_THAN', 400)
    expect(large.every(({ spend }) => Number(spend) > 400)).toBe(true)
    expect(large.length).toBeGreaterThan(0)
    const wrong = [{ field: 'campaign.colour', operator: 'EQUAL', value: 'red' }]
    const params = { filtering: wrong }
    const answer = await stand.get(`${TASHKENT}/insights`, params, stand.user)
    expect(answer.error().code).toBe(100)
  })

  it.each([
    [{ fields: 'spend,speed' }],
    [{ level: 'galaxy' }],
    [{ date_preset: 'lifetime' }],
    [{ time_increment: '91' }],
    [{ time_range: { since: TODAY, until: YESTERDAY } }],
    [{ time_range: 'yesterday' }],
    [{ breakdowns: 'age' }],
  ])('is refused with 100 when it is %j', async (params) => {
    const stand = connected()
    expect((await stand.get(`${TASHKENT}/insights`, params, stand.user)).error().code).toBe(100)
  })

  it('can be put to a campaign, an ad set or an ad, and be sorted', async () => {
    const stand = connected({ history: true })
    const rows = async (path: string, params = {}) =>
      (await stand.get(`${path}/insights`, params, stand.user)).rows()
    expect(await rows(CAMPAIGN)).toMatchObject([{ campaign_id: CAMPAIGN }])
    expect(await rows(AD)).toMatchObject([{ ad_id: AD }])
    expect(await rows(CAMPAIGN, { level: 'ad' })).toHaveLength(3)
    const spends = (await campaigns(stand, { sort: ['spend_ascending'] })).map(({ spend }) =>
      Number(spend),
    )
    expect(spends).toEqual(spends.toSorted((a, b) => a - b))
  })

  it('needs ads_read or ads_management', async () => {
    const stand = connected()
    stand.meta.tokens.revoke('ads_management')
    expect((await stand.get(`${TASHKENT}/insights`, {}, stand.user)).status).toBe(200)
    stand.meta.tokens.revoke('ads_read')
    expect((await stand.get(`${TASHKENT}/insights`, {}, stand.user)).error().code).toBe(200)
  })

  it('can be too much for its limit', async () => {
    const stand = connected({ history: true })
    stand.meta.insights.mode({ maxLimit: 50 })
    const ask = (limit: string) => stand.get(`${TASHKENT}/insights`, { limit }, stand.user)
    expect((await ask('50')).status).toBe(200)
    expect((await ask('51')).error()).toMatchObject({ code: 1 })
  })

  it('can be too much at once', async () => {
    const stand = connected()
    stand.meta.insights.mode({ maxDays: 7 })
    const since = (date: string) =>
      stand.get(`${TASHKENT}/insights`, { time_range: { since: date, until: TODAY } }, stand.user)
    expect((await since('2026-11-16')).status).toBe(200)
    const refused = await since('2026-11-15')
    expect(refused.status).toBe(500)
    expect(refused.error()).toMatchObject({
      code: 1,
      message: "Please reduce the amount of data you're asking for, then retry your request",
    })
  })
})

describe('ten weeks of numbers', () => {
  it('are the same for the same seed and clock', async () => {
    const [one, same, other] = [7, 7, 8].map((seed) => connected({ history: true, seed }))
    expect(await campaigns(same)).toEqual(await campaigns(one))
    expect(await campaigns(other)).not.toEqual(await campaigns(one))
  })

  it('hold at least six campaigns, of which some have no leads', async () => {
    const stand = connected({ history: true })
    const rows = await campaigns(stand)
    expect(rows.length).toBeGreaterThanOrEqual(6)
    expect(rows.filter((row) => !('lead' in actionsOf(row))).length).toBeGreaterThanOrEqual(2)
  })

  it('reach back to September, are weaker on Sundays, and end today, which is not over', async () => {
    const stand = connected({ history: true })
    const params = {
      level: 'account',
      time_increment: '1',
      limit: '100',
      time_range: { since: '2026-09-14', until: TODAY },
    }
    const rows = (await stand.get(`${TASHKENT}/insights`, params, stand.user)).rows()
    expect(rows).toHaveLength(70)
    const spendOn = (weekday: number) =>
      rows
        .slice(0, -1)
        .filter(({ date_start }) => new Date(String(date_start)).getUTCDay() === weekday)
        .reduce((sum, { spend }) => sum + Number(spend), 0)
    expect(spendOn(0)).toBeLessThan(spendOn(3))
    expect(Number(rows.at(-1)?.spend)).toBeLessThan(Number(rows.at(-8)?.spend))
  })

  it('count as many leads as the forms hold, once they are final', async () => {
    const stand = connected({ history: true })
    const leads = await stand.get(`${AD}/leads`, { limit: '2000' }, stand.user)
    await stand.advance(60 * DAY)
    const fields = 'actions'
    const time_range = { since: '2026-08-01', until: TODAY }
    stand.meta.tokens.user()
    const token = stand.meta.tokens.user().value
    const [row] = (await stand.get(`${AD}/insights`, { fields, time_range }, token)).rows()
    expect(actionsOf(row).leadgen_grouped).toBe(String(leads.rows().length))
  })

  it('stop for a campaign that is paused, and go on when it is resumed', async () => {
    const stand = connected({ history: true })
    const spent = async (date: string) => {
      const answer = await stand.get(`${CAMPAIGN}/insights`, day(date), stand.user)
      return Number(answer.rows()[0]?.spend ?? 0)
    }
    await stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    const before = await spent(TODAY)
    await stand.advance(2 * DAY)
    expect(await spent(TODAY)).toBe(before)
    expect(await spent('2026-11-23')).toBe(0)
    await stand.post(CAMPAIGN, { status: 'ACTIVE' }, stand.user)
    await stand.advance(DAY)
    expect(await spent('2026-11-25')).toBeGreaterThan(0)
  })
})

describe('the pages of insights', () => {
  it('are followed by their cursors to the end', async () => {
    const stand = connected({ history: true })
    const params = { level: 'campaign', time_increment: '1', date_preset: 'last_7d' }
    const all = (
      await stand.get(`${TASHKENT}/insights`, { ...params, limit: '500' }, stand.user)
    ).rows()
    const seen: unknown[] = []
    let after: string | undefined
    do {
      const cursor = after === undefined ? {} : { after }
      const answer = await stand.get(
        `${TASHKENT}/insights`,
        { ...params, ...cursor, limit: '10' },
        stand.user,
      )
      seen.push(...answer.rows())
      after = answer.next() === undefined ? undefined : cursorsOf(answer.body)
    } while (after !== undefined)
    expect(seen).toEqual(all)
    expect(all.length).toBeGreaterThan(25)
  })

  it('refuse a cursor that is none of theirs', async () => {
    const stand = connected({ history: true })
    const answer = await stand.get(`${TASHKENT}/insights`, { after: 'MAZDZD' }, stand.user)
    expect(answer.error().code).toBe(100)
  })
})

function cursorsOf(body: unknown): string {
  const shape = z.object({ paging: z.object({ cursors: z.object({ after: z.string() }) }) })
  return shape.parse(body).paging.cursors.after
}
