import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { insightOf, progressOf } from '../../../../src/meta/insights.ts'
import {
  INSIGHT_FIELDS,
  insightRow,
  listReply,
  reportRun,
  reportStarted,
} from '../../../../src/meta/replies.ts'
import { moneyOf } from '../../../../src/money.ts'
import { CAMPAIGN, connected, TASHKENT } from '../../dev/meta/stand-in.ts'

type Values = Record<string, string>

const actionsOf = (values: Values) =>
  Object.entries(values).map(([action_type, value]) => ({ action_type, value }))

/** A row as Meta sends it. */
const row = (parts: object) => ({
  campaign_id: '120210000000000101',
  campaign_name: 'Leads Nov',
  account_currency: 'USD',
  date_start: '2026-11-21',
  date_stop: '2026-11-21',
  ...parts,
})

const read = (parts: object) => insightOf(insightRow.parse(row(parts)))

/** Whole rows, and what is counted in them. */
const GOLDEN: [string, object, object][] = [
  [
    'the row of Meta’s own hierarchy: the whole alone',
    {
      spend: '42.17',
      impressions: '18342',
      clicks: '512',
      actions: actionsOf({
        lead: '14',
        'onsite_conversion.lead_grouped': '12',
        leadgen_grouped: '12',
        'offsite_conversion.fb_pixel_lead': '2',
        link_click: '310',
        post_engagement: '355',
        page_engagement: '355',
      }),
      results: [
        {
          indicator: 'actions:onsite_conversion.lead_grouped',
          values: [{ value: '12', attribution_windows: ['default'] }],
        },
      ],
    },
    {
      spendMicros: 42_170_000,
      impressions: 18_342,
      clicks: 512,
      leads: 14,
      formLeads: 12,
      messages: 0,
      purchases: 0,
      results: 12,
      resultIndicator: 'actions:onsite_conversion.lead_grouped',
    },
  ],
  [
    'decoys before and after the real one, none of which is a lead',
    {
      actions: actionsOf({
        offsite_content_view_add_meta_leads: '1698',
        offsite_complete_registration_add_meta_leads: '40',
        offsite_search_add_meta_leads: '41',
        offsite_lead_add_20_s_calls: '9',
        'leadgen.other': '7',
        onsite_web_lead: '2',
        onsite_web_app_lead: '3',
        lead: '5',
        omni_lead: '6',
        cost_per_lead: '8',
      }),
    },
    { leads: 5, formLeads: 0 },
  ],
  [
    'decoys alone',
    { actions: actionsOf({ offsite_content_view_add_meta_leads: '1698', onsite_web_lead: '2' }) },
    { leads: 0, formLeads: 0 },
  ],
  [
    'two disjoint parts without their whole, whose sum is the whole',
    {
      actions: actionsOf({
        'onsite_conversion.lead_grouped': '12',
        leadgen_grouped: '11',
        'offsite_conversion.fb_pixel_lead': '2',
      }),
    },
    { leads: 14, formLeads: 11 },
  ],
  [
    'leads of a site alone',
    { actions: actionsOf({ 'offsite_conversion.fb_pixel_lead': '3' }) },
    { leads: 3, formLeads: 0 },
  ],
  [
    'a whole of nought, which is an answer',
    { actions: actionsOf({ lead: '0', 'onsite_conversion.lead_grouped': '4' }) },
    { leads: 0, formLeads: 4 },
  ],
  [
    'a row without any keys of numbers',
    {},
    { spendMicros: 0, impressions: 0, clicks: 0, leads: 0, formLeads: 0, results: null },
  ],
  [
    'modelled leads with decimals',
    { actions: actionsOf({ lead: '2.93', leadgen_grouped: '1.4' }) },
    { leads: 2.93, formLeads: 1.4 },
  ],
  [
    'windows beside the value, which is what counts',
    { actions: [{ action_type: 'lead', value: '3', '1d_click': '2', '7d_click': '3' }] },
    { leads: 3 },
  ],
  [
    'results that did not happen: an indicator and no values',
    { results: [{ indicator: 'actions:onsite_conversion.lead_grouped' }] },
    { results: 0, resultIndicator: 'actions:onsite_conversion.lead_grouped' },
  ],
  [
    'results that are no actions',
    { results: [{ indicator: 'reach', values: [{ value: '12007' }] }] },
    { results: 12_007, resultIndicator: 'reach' },
  ],
  [
    'a campaign of several aims, of which Meta gives no results',
    { actions: actionsOf({ lead: '1' }), results: [] },
    { leads: 1, results: null, resultIndicator: null },
  ],
  [
    'conversations in messengers, which are no leads',
    {
      actions: actionsOf({
        'onsite_conversion.messaging_conversation_started_7d': '31',
        'onsite_conversion.messaging_first_reply': '20',
        'onsite_conversion.total_messaging_connection': '44',
      }),
    },
    { messages: 31, leads: 0, formLeads: 0 },
  ],
  [
    'a purchase by its four names, once',
    {
      actions: actionsOf({
        'onsite_conversion.purchase': '1',
        'offsite_conversion.fb_pixel_purchase': '5',
        purchase: '6',
        omni_purchase: '7',
      }),
    },
    { purchases: 7 },
  ],
  [
    'a purchase of the pixel alone',
    { actions: actionsOf({ 'offsite_conversion.fb_pixel_purchase': '5', add_to_cart: '90' }) },
    { purchases: 5 },
  ],
  [
    'a currency without decimals',
    { account_currency: 'JPY', spend: '4217', actions: actionsOf({ lead: '3' }) },
    { currency: 'JPY', spendMicros: 4_217_000_000, leads: 3 },
  ],
  [
    'numbers that were sent as numbers',
    { spend: 42.17, impressions: 18_342, actions: [{ action_type: 'lead', value: 2 }] },
    { spendMicros: 42_170_000, impressions: 18_342, leads: 2 },
  ],
]

describe('a row of insights is counted so:', () => {
  it.each(GOLDEN)('%s', (_, parts, expected) => {
    expect(read(parts)).toMatchObject(expected)
  })

  it('the same whatever the order its actions come in, down to the text that is kept', () => {
    const values: Values = {
      lead: '14',
      'onsite_conversion.lead_grouped': '12',
      leadgen_grouped: '12',
      'offsite_conversion.fb_pixel_lead': '2',
      offsite_content_view_add_meta_leads: '99',
      omni_purchase: '2',
    }
    const expected = JSON.stringify(read({ actions: actionsOf(values) }))
    const shuffled = fc.shuffledSubarray(actionsOf(values), { minLength: 6, maxLength: 6 })
    fc.assert(
      fc.property(shuffled, (actions) => {
        expect(JSON.stringify(read({ actions }))).toBe(expected)
      }),
    )
  })

  it('never more leads than the widest name says, whatever else stands beside it', () => {
    const name = fc.oneof(
      fc.constantFrom('onsite_conversion.lead_grouped', 'leadgen_grouped', 'omni_lead'),
      fc.string().map((text) => `${text}lead`),
    )
    const others = fc.uniqueArray(fc.tuple(name, fc.nat().map(String)), {
      selector: ([type]) => type,
    })
    fc.assert(
      fc.property(fc.nat(), others, (count, pairs) => {
        const values = { ...Object.fromEntries(pairs), lead: String(count) }
        expect(read({ actions: actionsOf(values) }).leads).toBe(count)
      }),
    )
  })
})

describe('what the stand-in of Meta says', () => {
  it('is counted as it happened, asked at once and as a report', async () => {
    const stand = connected()
    const day = '2026-11-21'
    const happened = { spend: 42.17, impressions: 1_000, clicks: 50, formLeads: 12, siteLeads: 2 }
    stand.meta.insights.setDay(CAMPAIGN, day, { ...happened, messages: 7 })
    const expected = {
      spendMicros: 42_170_000,
      leads: 14,
      formLeads: 12,
      messages: 7,
      results: 12,
      resultIndicator: 'actions:onsite_conversion.lead_grouped',
    }
    const question = {
      level: 'campaign',
      time_increment: '1',
      time_range: { since: day, until: day },
      fields: INSIGHT_FIELDS,
    }
    const counted = (body: unknown) =>
      listReply(insightRow)
        .parse(body)
        .items.map(insightOf)
        .find(({ campaignId }) => campaignId === CAMPAIGN)
    const { body } = await stand.get(`${TASHKENT}/insights`, question, stand.user)
    expect(counted(body)).toMatchObject(expected)
    const begun = await stand.post(`${TASHKENT}/insights`, question, stand.user)
    const { report_run_id: id } = reportStarted.parse(begun.body)
    const look = async () => progressOf(reportRun.parse((await stand.get(id, {}, stand.user)).body))
    expect(await look()).toBe('running')
    await stand.advance(60_000)
    expect(await look()).toBe('done')
    const report = await stand.get(`${id}/insights`, {}, stand.user)
    expect(counted(report.body)).toMatchObject(expected)
  })
})

describe('a currency without decimals', () => {
  it('costs whole yen', () => {
    const { spendMicros, leads, currency } = read({
      account_currency: 'JPY',
      spend: '4217',
      actions: actionsOf({ lead: '3' }),
    })
    expect(moneyOf(spendMicros, currency)).toEqual({ amount: '4217', currency: 'JPY' })
    expect(moneyOf(spendMicros / leads, currency)).toEqual({ amount: '1406', currency: 'JPY' })
  })
})

describe('a row that makes no sense', () => {
  it.each([
    ['spend', { spend: 'much' }],
    ['impressions', { impressions: '' }],
    ['the day', { date_start: 'yesterday' }],
  ])('by %s is left out, and the others are kept', (_, parts) => {
    const { items } = listReply(insightRow).parse({ data: [row(parts), row({ spend: '1' })] })
    expect(items).toMatchObject([{ spend: '1' }])
  })

  it('by one action keeps the rest of it', () => {
    const actions = [
      { action_type: 'lead', value: 'x' },
      { action_type: 'leadgen_grouped', value: '2' },
    ]
    expect(read({ actions })).toMatchObject({ leads: 2, formLeads: 2 })
  })
})

describe('a report that Meta makes in its own time', () => {
  it.each([
    ['Job Not Started', 0, undefined, 'running'],
    ['Job Started', 0, undefined, 'running'],
    ['Job Running', 70, undefined, 'running'],
    ['Job Completed', 99, undefined, 'running'],
    ['Job Completed', 100, undefined, 'done'],
    ['Job Failed', 70, 2490547, 'failed'],
    ['Job Failed', 70, undefined, 'failed'],
    ['Job Failed', 70, 1504045, 'too_large'],
    ['Job Skipped', 0, undefined, 'failed'],
    ['Job Of A Kind To Come', 100, undefined, 'running'],
  ])('that is «%s» at %i percent, subcode %s, is %s', (status, percent, subcode, progress) => {
    const run = reportRun.parse({
      async_status: status,
      async_percent_completion: percent,
      ...(subcode === undefined ? {} : { error_subcode: subcode }),
    })
    expect(progressOf(run)).toBe(progress)
  })
})
