import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../../src/json.ts'
import { countFormLeads, countLeads } from '../../../../src/meta/lead-count.ts'
import { detailsOf } from '../../../../src/meta/lead-details.ts'
import { NO_VALUES, sortNotifications } from '../../../../src/meta/notifications.ts'
import {
  adAccount,
  batchReply,
  insightRow,
  listedLead,
  listReply,
  metaLead,
} from '../../../../src/meta/replies.ts'
import { isExchangeDue, warningDue } from '../../../../src/meta/token-life.ts'
import { troubleOf } from '../../../../src/meta/trouble.ts'
import { usageOf } from '../../../../src/meta/usage.ts'

const DAY = 86_400_000

function actions(values: Record<string, string>) {
  return Object.entries(values).map(([action_type, value]) => ({ action_type, value }))
}

describe('counting leads', () => {
  it.each([
    [
      'takes the whole and adds none of its parts',
      {
        lead: '14',
        'onsite_conversion.lead_grouped': '12',
        'offsite_conversion.fb_pixel_lead': '2',
      },
      14,
    ],
    [
      'takes nothing that merely looks like a lead',
      {
        offsite_content_view_add_meta_leads: '99',
        onsite_web_lead: '5',
        'leadgen.other': '7',
        link_click: '310',
      },
      0,
    ],
    [
      'adds the two parts that do not overlap when there is no whole',
      {
        'onsite_conversion.lead_grouped': '12',
        'offsite_conversion.fb_pixel_lead': '2',
        leadgen_grouped: '12',
      },
      14,
    ],
    ['takes the omni count before parts', { omni_lead: '9', leadgen_grouped: '4' }, 9],
    ['takes forms when there is nothing else', { leadgen_grouped: '4' }, 4],
    ['takes fractions of modelled leads as they are', { lead: '3.5' }, 3.5],
    ['finds none where there is none', {}, 0],
  ])('%s', (_, values, expected) => {
    expect(countLeads(actions(values))).toBe(expected)
  })

  it('counts those of forms apart, to compare them with our own', () => {
    expect(countFormLeads(actions({ lead: '14', leadgen_grouped: '11' }))).toBe(11)
    expect(countFormLeads(actions({ 'onsite_conversion.lead_grouped': '12' }))).toBe(12)
  })
})

const value = {
  leadgen_id: '1180123456789012',
  page_id: '102938475610293',
  form_id: '778812345678901',
  adgroup_id: '120210000000000301',
  ad_id: '120210000000000301',
  created_time: 1795341596,
}
const webhook = (...values: unknown[]) => ({
  object: 'page',
  entry: [
    {
      id: '102938475610293',
      time: 1,
      changes: values.map((one) => ({ field: 'leadgen', value: one })),
    },
  ],
})

describe("a webhook of Meta's", () => {
  it('is sorted by page', () => {
    const news = sortNotifications(webhook(value))
    expect(news?.get('102938475610293')).toEqual({
      leads: [
        {
          leadgenId: '1180123456789012',
          formId: '778812345678901',
          adId: '120210000000000301',
          createdAt: '2026-11-22T09:59:56.000Z',
        },
      ],
      malformed: [],
    })
  })

  it('keeps ids above 2^53 that were sent as numbers', () => {
    const raw = JSON.stringify(webhook(value)).replace(/"(\d{12,})"/g, '$1')
    expect(raw).toContain(':120210000000000301,')
    const news = sortNotifications(parseJson(raw))
    expect(news?.get('102938475610293')?.leads[0]).toMatchObject({ adId: '120210000000000301' })
  })

  it('takes 999 of a thousand when one makes no sense', () => {
    const values = Array.from({ length: 1_000 }, (_, n) => ({
      ...value,
      leadgen_id: String(10 ** 15 + n),
    }))
    const news = sortNotifications(
      webhook(...values.slice(0, 500), { form_id: 1 }, ...values.slice(501)),
    )
    const page = news?.get('102938475610293')
    expect(page?.leads).toHaveLength(999)
    expect(page?.malformed).toMatchObject([{ reason: expect.stringContaining('leadgen_id') }])
  })

  it.each([
    ['organic leads, whose ad is absent', { ...value, ad_id: undefined, adgroup_id: undefined }],
    ['leads whose ad is zero', { ...value, ad_id: 0, adgroup_id: '0' }],
    ['leads whose ad is null', { ...value, ad_id: null, adgroup_id: null }],
  ])('takes %s', (_, one) => {
    const [lead] = sortNotifications(webhook(one))?.get('102938475610293')?.leads ?? []
    expect(lead?.adId).toBeNull()
  })

  it('does not lose a lead for a wrong time', () => {
    const [lead] =
      sortNotifications(webhook({ ...value, created_time: 9e15 }))?.get('102938475610293')?.leads ??
      []
    expect(lead).toMatchObject({ leadgenId: '1180123456789012', createdAt: null })
  })

  it.each(['form_id', 'ad_id', 'adgroup_id', 'page_id'])(
    'does not lose a lead for a wrong %s',
    (name) => {
      const [lead] =
        sortNotifications(webhook({ ...value, [name]: 'x' }))?.get('102938475610293')?.leads ?? []
      expect(lead).toMatchObject({ leadgenId: '1180123456789012' })
    },
  )

  it.each([
    ['an entry', { id: '102938475610293', time: 1, changed_fields: ['leadgen'] }],
    ['a change', { id: '102938475610293', time: 1, changes: [{ field: 'leadgen' }] }],
  ])('is kept when %s of it has no values', (_, entry) => {
    const news = sortNotifications({ object: 'page', entry: [entry] })
    expect(news?.get('102938475610293')?.malformed).toMatchObject([{ reason: NO_VALUES }])
  })

  it("is a ping when Meta's dashboard tries it", () => {
    const ping = { ...value, leadgen_id: '444444444444', page_id: '444444444444' }
    expect(sortNotifications(webhook(ping))?.size).toBe(0)
  })

  it.each([null, 1, 'x', [], {}, { object: 'user', entry: [] }, { object: 'page' }])(
    'is none of ours when it is %j',
    (body) => {
      expect(sortNotifications(body)).toBeNull()
    },
  )

  it('never throws, whatever stands in it', () => {
    const entry = fc.array(fc.anything(), { maxLength: 5 })
    fc.assert(
      fc.property(entry, (entries) => {
        expect(sortNotifications({ object: 'page', entry: entries })).not.toBeNull()
        expect(sortNotifications(webhook(...entries))).not.toBeNull()
      }),
    )
  })
})

describe("Meta's refusal means", () => {
  it.each([
    [190, undefined, 'dead'],
    [190, 458, 'dead'],
    [190, 459, 'dead'],
    [190, 460, 'dead'],
    [190, 463, 'dead'],
    [190, 464, 'dead'],
    [190, 467, 'dead'],
    [190, 492, 'role'],
    [102, undefined, 'dead'],
    [10, undefined, 'permission'],
    [200, undefined, 'permission'],
    [294, undefined, 'permission'],
    [4, undefined, 'throttled'],
    [17, 2446079, 'throttled'],
    [613, 1487742, 'throttled'],
    [80000, 2446079, 'throttled'],
    [80005, undefined, 'throttled'],
    [368, undefined, 'throttled'],
    [4, 1504022, 'throttled'],
    [4, 1504039, 'throttled'],
    [17, 1885172, 'ours'],
    [2, 1504038, 'too_much'],
    [100, 1504018, 'too_much'],
    [2, 1504041, 'ours'],
    [2, 1504042, 'ours'],
    [2, 1504043, 'transient'],
    [2, 1504044, 'transient'],
    [3018, undefined, 'ours'],
    [1, undefined, 'transient'],
    [2, undefined, 'transient'],
    [100, 33, 'gone'],
    [100, 3191001, 'permission'],
    [100, 1487534, 'too_much'],
    [100, undefined, 'ours'],
    [104, undefined, 'ours'],
    [2635, undefined, 'ours'],
  ])('%i/%s: %s', (code, subcode, kind) => {
    const error = {
      message: 'text that changes',
      type: 'OAuthException',
      code,
      error_subcode: subcode,
    }
    expect(troubleOf(400, { error }).kind).toBe(kind)
  })

  it('to ask for less, by the only text that tells it', () => {
    const message = "Please reduce the amount of data you're asking for, then retry your request"
    expect(troubleOf(500, { error: { code: 1, message } }).kind).toBe('too_much')
  })

  it('a broken answer when it is no error of Meta', () => {
    expect(troubleOf(502, undefined)).toEqual({ kind: 'transient', code: 'http_502' })
  })
})

describe('the usage headers', () => {
  it('say when to stop, and for how long', () => {
    const headers = new Headers({
      'x-business-use-case-usage': JSON.stringify({
        '998': [
          {
            type: 'ads_insights',
            call_count: 96,
            total_cputime: 20,
            total_time: 20,
            estimated_time_to_regain_access: 7,
          },
        ],
      }),
    })
    expect(usageOf(headers)).toMatchObject({ isFull: true, isOfApp: false, minutes: 7 })
    expect(usageOf(new Headers({ 'x-app-usage': 'garbage' }))).toEqual({
      isFull: false,
      isOfApp: false,
      minutes: null,
      tier: null,
    })
  })

  it.each([
    ['x-ad-account-usage', { acc_id_util_pct: 96, reset_time_duration: 100 }, 2],
    ['x-fb-ads-insights-throttle', { app_id_util_pct: 3, acc_id_util_pct: 95 }, null],
    // Nothing is full, and yet Meta says when it opens again.
    ['x-business-use-case-usage', { 9: [{ estimated_time_to_regain_access: 4 }] }, 4],
  ])('say so in %s as well', (name, usage, minutes) => {
    const headers = new Headers({ [name]: JSON.stringify(usage) })
    expect(usageOf(headers)).toMatchObject({ isFull: true, isOfApp: false, minutes })
  })

  it.each([
    ['x-ad-account-usage', { ads_api_access_tier: 'standard_access' }, 'full'],
    ['x-fb-ads-insights-throttle', { ads_api_access_tier: 'development_access' }, 'limited'],
    ['x-business-use-case-usage', { 9: [{ ads_api_access_tier: 'standard_access' }] }, 'full'],
  ])('say in %s how far Meta trusts the app', (name, usage, tier) => {
    expect(usageOf(new Headers({ [name]: JSON.stringify(usage) }))).toMatchObject({
      isFull: false,
      tier,
    })
  })

  it('tell when the whole app is what is full, be it for insights alone', () => {
    const usage = { app_id_util_pct: 95, acc_id_util_pct: 1 }
    const headers = new Headers({ 'x-fb-ads-insights-throttle': JSON.stringify(usage) })
    expect(usageOf(headers)).toMatchObject({ isFull: true, isOfApp: true })
  })

  it('tell when the whole app is what is full', () => {
    const headers = new Headers({ 'x-app-usage': JSON.stringify({ call_count: 96 }) })
    expect(usageOf(headers)).toMatchObject({ isFull: true, isOfApp: true })
  })
})

describe('a reply of Meta’s', () => {
  it('goes on where `next` says when there are no cursors', () => {
    const next = 'https://graph.test/v26.0/77/leads?limit=100&after=ABC'
    expect(listReply(metaLead).parse({ data: [], paging: { next } }).after).toBe('ABC')
  })

  it('is read item by item', () => {
    const good = { id: 'act_2', currency: 'USD', timezone_name: 'Asia/Tashkent' }
    const { items } = listReply(adAccount).parse({ data: [{ id: 'act_1' }, good, null] })
    expect(items).toMatchObject([good])
  })

  it('keeps an insight one of whose actions has no value', () => {
    const row = {
      date_start: '2026-11-22',
      campaign_id: '1',
      account_currency: 'USD',
      actions: [
        { action_type: 'lead', value: '2' },
        { action_type: 'link_click', '1d_click': '1' },
      ],
    }
    expect(insightRow.parse(row).actions).toEqual([{ action_type: 'lead', value: '2' }])
  })

  it('keeps a listed lead by its id, to be read alone when its fields make no sense', () => {
    const odd = { id: '1', form_id: 'x', created_time: 5, field_data: [{ name: null }] }
    expect(listedLead.parse(odd)).toEqual({ id: '1', field_data: null })
  })

  it('to a batch keeps the parts beside one that makes no sense', () => {
    const part = { code: 200, body: '{}' }
    expect(batchReply.parse([null, part, { code: 'x' }])).toMatchObject([null, part, null])
  })
})

describe('the life of a token', () => {
  it('is made longer in its last month', () => {
    expect(isExchangeDue(31 * DAY, 0)).toBe(false)
    expect(isExchangeDue(29 * DAY, 0)).toBe(true)
    expect(isExchangeDue(null, 0)).toBe(false)
  })

  it.each([
    [15, null, null],
    [14, null, 14],
    [7.5, { expiresAt: 1, days: 14 }, 14],
    [7, null, 7],
    [0.5, null, 1],
  ])('with %d days left, warned %j: %s', (days, given, due) => {
    expect(warningDue(days * DAY, 0, given)).toBe(due)
  })

  it('is warned of once for each of the days', () => {
    const expiresAt = 5 * DAY
    expect(warningDue(expiresAt, 0, { expiresAt, days: 7 })).toBeNull()
    expect(warningDue(expiresAt, 4.5 * DAY, { expiresAt, days: 7 })).toBe(1)
  })
})

describe("a lead's form", () => {
  it('is understood by its standard fields, and the rest are answers', () => {
    const lead = metaLead.parse({
      id: '1180123456789012',
      campaign_id: '120210000000000101',
      campaign_name: 'Leads Nov',
      field_data: [
        { name: 'first_name', values: ['Aziza'] },
        { name: 'last_name', values: ['Karimova'] },
        { name: 'phone_number', values: ['p:+998901234567'] },
        { name: 'email', values: [] },
        { name: 'qaysi_kurs?', values: ['ingliz_tili', 'rus_tili'] },
        { name: 'бўйин_оғриғи', values: [] },
      ],
    })
    expect(detailsOf(lead, 'UZ', null)).toEqual({
      details: 'complete',
      name: 'Aziza Karimova',
      contact: 'p:+998901234567',
      phone: '+998901234567',
      email: null,
      answers: { 'qaysi kurs?': 'ingliz_tili, rus_tili' },
      campaignId: '120210000000000101',
      campaignName: 'Leads Nov',
    })
  })
})
