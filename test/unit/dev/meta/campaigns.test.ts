import { describe, expect, it } from 'vitest'
import { CAMPAIGN, connected, DAY, TASHKENT, TOKYO } from './stand-in.ts'

const ENGLISH_REGIONS = '120210000000001101'

describe('an ad account', () => {
  it('tells its money in minor units, its currency and its zone', async () => {
    const stand = connected()
    const yesterday = '2026-11-21'
    stand.meta.insights.setDay(CAMPAIGN, yesterday, { spend: 42.17, impressions: 1 })
    const fields =
      'account_status,disable_reason,currency,timezone_name,timezone_offset_hours_utc,amount_spent,spend_cap,funding_source_details'
    expect((await stand.get(TASHKENT, { fields }, stand.user)).json()).toEqual({
      id: TASHKENT,
      account_status: 1,
      disable_reason: 0,
      currency: 'USD',
      timezone_name: 'Asia/Tashkent',
      timezone_offset_hours_utc: 5,
      amount_spent: '4217',
      spend_cap: '0',
      funding_source_details: { id: '6001', display_string: 'Visa *4242', type: 1 },
    })
  })

  it('has no smaller unit than the yen', async () => {
    const stand = connected()
    const [campaign] = (await stand.get(`${TOKYO}/campaigns`, {}, stand.user)).rows()
    stand.meta.insights.setDay(String(campaign?.id), '2026-11-21', { spend: 4217, impressions: 1 })
    const fields = { fields: 'amount_spent' }
    expect((await stand.get(TOKYO, fields, stand.user)).json()).toMatchObject({
      amount_spent: '4217',
    })
  })

  it('can be disabled, and can lose its card without any other sign', async () => {
    const stand = connected()
    const fields = { fields: 'account_status,disable_reason,funding_source_details' }
    stand.meta.insights.setAccount('998877665544332', { paymentMethod: false })
    expect((await stand.get(TASHKENT, fields, stand.user)).json()).toEqual({
      id: TASHKENT,
      account_status: 1,
      disable_reason: 0,
    })
    stand.meta.insights.setAccount('998877665544332', { account_status: 2, disable_reason: 3 })
    expect((await stand.get(TASHKENT, fields, stand.user)).json()).toMatchObject({
      account_status: 2,
      disable_reason: 3,
    })
  })

  it('needs its act_ before the number', async () => {
    const stand = connected()
    expect((await stand.get('998877665544332', {}, stand.user)).error()).toMatchObject({
      code: 100,
      error_subcode: 33,
    })
  })

  it('is one of three that the person sees', async () => {
    const stand = connected()
    const fields = { fields: 'currency,timezone_name' }
    const accounts = (await stand.get('me/adaccounts', fields, stand.user)).rows()
    expect(accounts.map(({ timezone_name }) => timezone_name)).toEqual([
      'Asia/Tashkent',
      'America/Los_Angeles',
      'Asia/Tokyo',
    ])
  })
})

describe('the campaigns of an account', () => {
  it('are shown without the deleted ones, unless they are asked for', async () => {
    const stand = connected()
    const names = async (params = {}) =>
      (await stand.get(`${TASHKENT}/campaigns`, { fields: 'name', ...params }, stand.user))
        .rows()
        .map(({ name }) => name)
    expect(await names()).not.toContain('Летний лагерь 2026')
    expect(await names({ effective_status: ['DELETED'] })).toEqual(['Летний лагерь 2026'])
    expect(await names({ effective_status: ['PAUSED'] })).toEqual(['IELTS интенсив | Осень'])
  })

  it('have their budget, or leave it to their ad sets and say nothing', async () => {
    const stand = connected()
    const fields = { fields: 'daily_budget,budget_remaining,objective,start_time' }
    expect((await stand.get(CAMPAIGN, fields, stand.user)).json()).toEqual({
      id: CAMPAIGN,
      daily_budget: '2200',
      budget_remaining: '2200',
      objective: 'OUTCOME_LEADS',
      start_time: '2026-09-13T14:00:00+0500',
    })
    const other = (await stand.get(ENGLISH_REGIONS, fields, stand.user)).json()
    expect(other).not.toHaveProperty('daily_budget')
  })
})

describe('pausing a campaign', () => {
  it('is answered with success and seen at once, below the campaign as well', async () => {
    const stand = connected()
    const answer = await stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    expect(answer.json()).toEqual({ success: true })
    const fields = { fields: 'status,effective_status,updated_time' }
    expect((await stand.get(CAMPAIGN, fields, stand.user)).json()).toMatchObject({
      status: 'PAUSED',
      effective_status: 'PAUSED',
      updated_time: '2026-11-22T14:00:00+0500',
    })
    const [set] = (await stand.get(`${CAMPAIGN}/adsets`, fields, stand.user)).rows()
    expect(set).toMatchObject({ status: 'ACTIVE', effective_status: 'CAMPAIGN_PAUSED' })
    const [ad] = (await stand.get(`${String(set?.id)}/ads`, fields, stand.user)).rows()
    expect(ad).toMatchObject({ effective_status: 'CAMPAIGN_PAUSED' })
  })

  it('twice is the same as once', async () => {
    const stand = connected()
    await stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    await stand.advance(DAY)
    await stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    const { updated_time } = (
      await stand.get(CAMPAIGN, { fields: 'updated_time' }, stand.user)
    ).json()
    expect(updated_time).toBe('2026-11-22T14:00:00+0500')
  })

  it('is also done by a person in Ads Manager', async () => {
    const stand = connected()
    stand.meta.insights.setCampaign(CAMPAIGN, 'PAUSED')
    const fields = { fields: 'account_id,name,effective_status' }
    expect((await stand.get(CAMPAIGN, fields, stand.user)).json()).toEqual({
      id: CAMPAIGN,
      account_id: TASHKENT.slice('act_'.length),
      name: 'Английский | Лиды | Ташкент',
      effective_status: 'PAUSED',
    })
    const running = { fields: 'name,start_time,stop_time', effective_status: ['ACTIVE'] }
    const ids = async () =>
      (await stand.get(`${TASHKENT}/campaigns`, running, stand.user)).rows().map(({ id }) => id)
    expect(await ids()).not.toContain(CAMPAIGN)
    stand.meta.insights.setCampaign(CAMPAIGN, 'ACTIVE')
    expect(await ids()).toContain(CAMPAIGN)
  })

  it('changes nothing when it is only tried', async () => {
    const stand = connected()
    const trial = { status: 'PAUSED', execution_options: ['validate_only'] }
    expect((await stand.post(CAMPAIGN, trial, stand.user)).json()).toEqual({ success: true })
    const fields = { fields: 'status' }
    expect((await stand.get(CAMPAIGN, fields, stand.user)).json()).toMatchObject({
      status: 'ACTIVE',
    })
  })

  it('needs ads_management, and a status that exists', async () => {
    const stand = connected()
    const sleep = await stand.post(CAMPAIGN, { status: 'ASLEEP' }, stand.user)
    expect(sleep.error().code).toBe(100)
    stand.meta.tokens.revoke('ads_management')
    const refused = await stand.post(CAMPAIGN, { status: 'PAUSED' }, stand.user)
    expect(refused.error().code).toBe(200)
    expect((await stand.get(CAMPAIGN, {}, stand.user)).status).toBe(200)
  })
})
