import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  APP_ID,
  CAMPAIGN,
  connected,
  LOS_ANGELES,
  MINUTE,
  SCHOOL_FORM,
  TASHKENT,
} from './stand-in.ts'

type Stand = ReturnType<typeof connected>

const ACCOUNT = '998877665544332'
const INSIGHTS = `${TASHKENT}/insights`

const usage = z.record(
  z.string(),
  z.tuple([
    z.object({
      type: z.string(),
      call_count: z.number(),
      estimated_time_to_regain_access: z.number(),
      ads_api_access_tier: z.string().optional(),
    }),
  ]),
)

function businessUsage(headers: Headers) {
  const parsed = usage.parse(JSON.parse(headers.get('x-business-use-case-usage') ?? '{}'))
  return Object.entries(parsed).map(([id, [numbers]]) => ({ id, ...numbers }))[0]
}

function read(headers: Headers, name: string): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(headers.get(name) ?? '{}'))
}

const insights = (stand: Stand) => stand.get(INSIGHTS, { date_preset: 'today' }, stand.user)

describe('usage headers', () => {
  it('come with every answer, refusals included', async () => {
    const stand = connected()
    const good = await insights(stand)
    expect(read(good.headers, 'x-app-usage')).toHaveProperty('call_count')
    expect(businessUsage(good.headers)).toMatchObject({
      id: ACCOUNT,
      type: 'ads_insights',
      ads_api_access_tier: 'standard_access',
    })
    expect(read(good.headers, 'x-ad-account-usage')).toHaveProperty('acc_id_util_pct')
    expect(read(good.headers, 'x-fb-ads-insights-throttle')).toHaveProperty('acc_id_util_pct')
    const bad = await stand.get(INSIGHTS, { fields: 'speed' }, stand.user)
    expect(businessUsage(bad.headers)).toMatchObject({ type: 'ads_insights' })
    expect(bad.headers.get('x-fb-trace-id')).not.toBeNull()
  })

  it.each([
    [TASHKENT, 'ads_management', ACCOUNT],
    [CAMPAIGN, 'ads_management', ACCOUNT],
    [`${SCHOOL_FORM}/leads`, 'leadgen', '102938475610293'],
    ['102938475610293', 'pages', '102938475610293'],
  ])('of %s are about %s', async (path, type, id) => {
    const stand = connected()
    const { headers } = await stand.get(path, {}, stand.page)
    expect(businessUsage(headers)).toMatchObject({ type, id })
  })
})

describe('a throttle on demand', () => {
  it.each([
    [80000, 2446079, INSIGHTS],
    [80004, 2446079, TASHKENT],
    [80005, undefined, `${SCHOOL_FORM}/leads`],
    [17, 2446079, TASHKENT],
    [613, 1487742, INSIGHTS],
    [4, undefined, 'me'],
  ])('refuses with %s/%s for its minutes', async (code, subcode, path) => {
    const stand = connected()
    stand.meta.usage.throttle({ code, minutes: 7, ...(subcode ? { subcode } : {}) })
    const refused = await stand.get(path, {}, stand.user)
    expect(refused.status).toBe(400)
    expect(refused.headers.get('retry-after')).toBeNull()
    expect(refused.error()).toMatchObject({ code })
    expect(refused.error().error_subcode).toBe(subcode)
    await stand.advance(7 * MINUTE - 1)
    expect((await stand.get(path, {}, stand.user)).error().code).toBe(code)
    await stand.advance(1)
    expect((await stand.get(path, {}, stand.user)).status).toBe(200)
  })

  it('climbs to 100 first, and then says how many minutes are left', async () => {
    const stand = connected()
    stand.meta.usage.throttle({ code: 80000, subcode: 2446079, minutes: 10, after: 4 })
    const counts: unknown[] = []
    for (let call = 0; call < 4; call += 1) {
      const { headers, status } = await insights(stand)
      expect(status).toBe(200)
      counts.push(businessUsage(headers)?.call_count)
    }
    expect(counts).toEqual([20, 40, 60, 80])
    const refused = await insights(stand)
    expect(refused.error().code).toBe(80000)
    expect(businessUsage(refused.headers)).toMatchObject({
      call_count: 100,
      estimated_time_to_regain_access: 10,
    })
    await stand.advance(8.5 * MINUTE)
    expect(businessUsage((await insights(stand)).headers)?.estimated_time_to_regain_access).toBe(2)
  })

  it('can hit one account and spare the others', async () => {
    const stand = connected()
    stand.meta.usage.throttle({ code: 80000, subcode: 2446079, minutes: 5, id: ACCOUNT })
    expect((await insights(stand)).error().code).toBe(80000)
    expect((await stand.get(`${LOS_ANGELES}/insights`, {}, stand.user)).status).toBe(200)
    stand.meta.usage.clear()
    expect((await insights(stand)).status).toBe(200)
  })
})

describe('the score of an ad account', () => {
  it('lets sixty reads through in the limited tier, then blocks for five minutes', async () => {
    const stand = connected({ accessTier: 'limited' })
    for (let call = 0; call < 60; call += 1) expect((await insights(stand)).status).toBe(200)
    expect(stand.meta.scoreOf(ACCOUNT)).toBe(60)
    const refused = await insights(stand)
    expect(refused.error()).toMatchObject({ code: 17, error_subcode: 2446079 })
    expect(read(refused.headers, 'x-ad-account-usage')).toMatchObject({
      acc_id_util_pct: 100,
      reset_time_duration: 300,
      ads_api_access_tier: 'development_access',
    })
    await stand.advance(5 * MINUTE - 1)
    expect((await insights(stand)).error().code).toBe(17)
    await stand.advance(1)
    expect((await insights(stand)).status).toBe(200)
  })

  it('counts a write as three', async () => {
    const stand = connected({ accessTier: 'limited' })
    await stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    await stand.get(CAMPAIGN, {}, stand.user)
    expect(stand.meta.scoreOf(ACCOUNT)).toBe(4)
  })

  it('forgets what is five minutes old', async () => {
    const stand = connected({ accessTier: 'limited' })
    for (let call = 0; call < 40; call += 1) await insights(stand)
    await stand.advance(5 * MINUTE)
    for (let call = 0; call < 60; call += 1) expect((await insights(stand)).status).toBe(200)
  })

  it('is out of reach in the full tier', async () => {
    const stand = connected()
    for (let call = 0; call < 200; call += 1) await insights(stand)
    expect((await insights(stand)).status).toBe(200)
  })
})

describe('changes', () => {
  it('of more than a hundred a second are refused with 613/5044001', async () => {
    const stand = connected()
    const change = () => stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    for (let call = 0; call < 100; call += 1) expect((await change()).status).toBe(200)
    expect((await change()).error()).toMatchObject({ code: 613, error_subcode: 5044001 })
    await stand.advance(1000)
    expect((await change()).status).toBe(200)
  })
})

describe('the lead reads of a page', () => {
  it('are 4800 a day for every lead', async () => {
    const stand = connected()
    stand.meta.leads.submitMany(SCHOOL_FORM, 2)
    const { headers } = await stand.get(`${SCHOOL_FORM}/leads`, {}, stand.page)
    expect(businessUsage(headers)?.call_count).toBe(0.01)
  })
})

it('counts calls about nobody in particular for the app', async () => {
  const stand = connected()
  const { headers } = await stand.get('me', {}, stand.user)
  expect(headers.get('x-business-use-case-usage')).toBeNull()
  expect(
    stand.meta.usage.used({ type: 'app', id: APP_ID, quota: { max: 1, windowMs: 1000, code: 4 } }),
  ).toBe(1)
})
