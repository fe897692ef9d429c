import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  AD,
  CLINIC_FORM,
  connected,
  DAY,
  MINUTE,
  NOW,
  SCHOOL,
  SCHOOL_FORM,
  standIn,
} from './stand-in.ts'

const LEADS = `${SCHOOL_FORM}/leads`
const answers = z.array(z.object({ name: z.string(), values: z.array(z.string()) }))

describe('a lead', () => {
  it('shows its times, its ad and what was answered, as far as it is asked', async () => {
    const stand = connected()
    const id = stand.meta.leads.submit(SCHOOL_FORM, {
      adId: AD,
      platform: 'fb',
      field_data: [{ name: 'full_name', values: ['Aziza Karimova'] }],
    })
    const fields =
      'id,created_time,ad_id,adset_id,campaign_id,campaign_name,form_id,is_organic,platform,field_data'
    expect((await stand.get(id, { fields }, stand.page)).json()).toEqual({
      id,
      created_time: '2026-11-22T09:00:00+0000',
      ad_id: AD,
      adset_id: '120210000000000201',
      campaign_id: '120210000000000101',
      campaign_name: 'Английский | Лиды | Ташкент',
      form_id: SCHOOL_FORM,
      is_organic: false,
      platform: 'fb',
      field_data: [{ name: 'full_name', values: ['Aziza Karimova'] }],
    })
  })

  it('has an id of 17 digits that a double cannot hold', () => {
    const stand = standIn()
    const ids = stand.meta.leads.submitMany(SCHOOL_FORM, 50)
    for (const id of ids) {
      expect(id).toMatch(/^\d{17}$/)
      expect(String(Number(id))).not.toBe(id)
    }
  })

  it('shows only its time and answers when no fields are asked for', async () => {
    const stand = connected()
    const id = stand.meta.leads.submit(SCHOOL_FORM)
    const lead = (await stand.get(id, {}, stand.page)).json()
    expect(Object.keys(lead).toSorted()).toEqual(['created_time', 'field_data', 'id'])
  })

  it('says nothing of an ad when it is organic, or when the token may not see ads', async () => {
    const stand = connected()
    const fields = 'ad_id,campaign_name,is_organic'
    const organic = stand.meta.leads.submit(SCHOOL_FORM, { adId: null })
    expect((await stand.get(organic, { fields }, stand.page)).json()).toEqual({
      id: organic,
      is_organic: true,
    })
    const paid = stand.meta.leads.submit(SCHOOL_FORM)
    stand.meta.tokens.revoke('ads_management')
    stand.meta.tokens.revoke('ads_read')
    const seen = (await stand.get(paid, { fields }, stand.page)).json()
    expect(seen).toEqual({ id: paid, is_organic: false })
  })

  it('answers a choice by the keys of its options', async () => {
    const stand = connected()
    stand.meta.leads.submitMany(CLINIC_FORM, 60)
    const path = `${CLINIC_FORM}/leads`
    const leads = (await stand.get(path, { limit: '60' }, stand.user)).rows()
    const given = leads.flatMap(({ field_data }) => answers.parse(field_data))
    const choices = given.filter(({ name }) => name === 'бўйин_оғриғи')
    const keys = new Set(choices.flatMap(({ values }) => values))
    expect([...keys].toSorted()).toEqual(['баъзан', 'йўқ', 'ҳа'])
  })

  it('is refused without leads_retrieval, and does not exist for Meta when it never did', async () => {
    const stand = connected()
    const id = stand.meta.leads.submit(SCHOOL_FORM)
    stand.meta.tokens.revoke('leads_retrieval')
    expect((await stand.get(id, {}, stand.page)).error().code).toBe(200)
    expect((await stand.get('444444444444', {}, stand.page)).error()).toMatchObject({
      code: 100,
      error_subcode: 33,
      type: 'GraphMethodException',
    })
  })

  it('vanishes after ninety days, from the list and by its id', async () => {
    const stand = connected()
    const id = stand.meta.leads.submit(SCHOOL_FORM)
    await stand.advance(90 * DAY)
    stand.meta.tokens.user()
    expect((await stand.get(LEADS, {}, stand.page)).rows()).toHaveLength(1)
    await stand.advance(1000)
    expect((await stand.get(LEADS, {}, stand.page)).rows()).toEqual([])
    expect((await stand.get(id, {}, stand.page)).error().error_subcode).toBe(33)
    const fields = 'leads_count,expired_leads_count'
    expect((await stand.get(SCHOOL_FORM, { fields }, stand.page)).json()).toMatchObject({
      leads_count: 0,
      expired_leads_count: 1,
    })
  })
})

describe('the leads of a form', () => {
  it('come 25 at a time, newest first, until there is no next page', async () => {
    const stand = connected()
    const ids: string[] = []
    for (let count = 0; count < 60; count += 1) {
      ids.push(stand.meta.leads.submit(SCHOOL_FORM))
      await stand.advance(MINUTE)
    }
    const seen: unknown[] = []
    let answer = await stand.get(LEADS, {}, stand.page)
    const sizes = [answer.rows().length]
    seen.push(...answer.rows())
    for (let next = answer.next(); next !== undefined; next = answer.next()) {
      answer = await stand.get(signed(stand, next))
      sizes.push(answer.rows().length)
      seen.push(...answer.rows())
    }
    expect(sizes).toEqual([25, 25, 10])
    expect(seen.map((lead) => z.object({ id: z.string() }).parse(lead).id)).toEqual(
      ids.toReversed(),
    )
  })

  it('do not shift when new leads arrive between two pages', async () => {
    const stand = connected()
    const ids = stand.meta.leads.submitMany(SCHOOL_FORM, 30)
    const first = await stand.get(LEADS, { limit: '20' }, stand.page)
    await stand.advance(MINUTE)
    stand.meta.leads.submitMany(SCHOOL_FORM, 5)
    const second = await stand.get(signed(stand, first.next() ?? ''))
    const seen = new Set([...first.rows(), ...second.rows()].map(({ id }) => id))
    expect(seen).toEqual(new Set(ids))
  })

  it('are filtered by the time of their creation', async () => {
    const stand = connected()
    const at = NOW / 1000
    for (const createdAt of [at - 2, at - 1, at]) {
      stand.meta.leads.submit(SCHOOL_FORM, { createdAt })
    }
    const count = async (...filters: [operator: string, value: number][]) => {
      const filtering = filters.map(([operator, value]) => ({
        field: 'time_created',
        operator,
        value,
      }))
      return (await stand.get(LEADS, { filtering }, stand.page)).rows().length
    }
    expect(await count(['GREATER_THAN', at - 1])).toBe(1)
    expect(await count(['GREATER_THAN_OR_EQUAL', at - 1])).toBe(2)
    expect(await count(['LESS_THAN', at - 1])).toBe(1)
    expect(await count(['GREATER_THAN', at - 2], ['LESS_THAN', at])).toBe(1)
    const wrong = [{ field: 'time_created', operator: 'AROUND', value: 1 }]
    expect((await stand.get(LEADS, { filtering: wrong }, stand.page)).error().code).toBe(100)
  })

  it('break Meta when too many are asked for at once', async () => {
    const stand = connected()
    expect((await stand.get(LEADS, { limit: '5000' }, stand.page)).status).toBe(200)
    const answer = await stand.get(LEADS, { limit: '5001' }, stand.page)
    expect(answer.status).toBe(500)
    expect(answer.error().code).toBe(1)
  })

  it('can be read by ad as well', async () => {
    const stand = connected()
    const id = stand.meta.leads.submit(SCHOOL_FORM, { adId: AD })
    stand.meta.leads.submit(SCHOOL_FORM, { adId: null })
    const leads = (await stand.get(`${AD}/leads`, {}, stand.page)).rows()
    expect(leads.map((lead) => lead.id)).toEqual([id])
  })

  it('sometimes come as an empty page that has a next one', async () => {
    const stand = connected()
    const ids = stand.meta.leads.submitMany(SCHOOL_FORM, 3)
    stand.meta.faults.add({ path: LEADS, times: 1, kind: { is: 'empty_page' } })
    const empty = await stand.get(LEADS, {}, stand.page)
    expect(empty.rows()).toEqual([])
    const full = await stand.get(signed(stand, empty.next() ?? ''))
    expect(full.rows().map(({ id }) => id)).toEqual(ids.toReversed())
    expect(full.next()).toBeUndefined()
  })
})

describe('the forms of a page', () => {
  it('are listed for the page token alone', async () => {
    const stand = connected()
    const fields = 'name,status,questions{key,label,type,options}'
    const forms = (await stand.get(`${SCHOOL}/leadgen_forms`, { fields }, stand.page)).rows()
    expect(forms.map(({ status }) => status)).toEqual(['ACTIVE', 'ACTIVE', 'ARCHIVED'])
    const refused = await stand.get(`${SCHOOL}/leadgen_forms`, {}, stand.user)
    expect(refused.error().code).toBe(190)
  })

  it('tell their questions with keys, labels, types and options', async () => {
    const stand = connected()
    const fields = 'locale,questions{key,type,options}'
    const form = (await stand.get(CLINIC_FORM, { fields }, stand.user)).json()
    expect(form).toMatchObject({ locale: 'ru_RU', id: CLINIC_FORM })
    expect(form.questions).toContainEqual({ key: 'phone_number', type: 'PHONE' })
    expect(form.questions).toContainEqual({
      key: 'бўйин_оғриғи',
      type: 'CUSTOM',
      options: [
        { key: 'ҳа', value: 'Ҳа' },
        { key: 'йўқ', value: 'Йўқ' },
        { key: 'баъзан', value: 'Баъзан' },
      ],
    })
  })

  it('refuse fields that do not exist', async () => {
    const stand = connected()
    const answer = await stand.get(SCHOOL_FORM, { fields: 'id,nmae' }, stand.user)
    expect(answer.error().message).toContain('(nmae)')
  })
})

describe('a test lead', () => {
  const TEST = `${SCHOOL_FORM}/test_leads`

  it('is made once per form, tells the callback, and can be deleted', async () => {
    const stand = connected()
    const { id } = (await stand.post(TEST, {}, stand.page)).json()
    await stand.meta.idle()
    expect(stand.received).toHaveLength(1)
    expect(stand.received[0]?.body).not.toContain('ad_id')
    expect((await stand.post(TEST, {}, stand.page)).error().code).toBe(100)
    expect((await stand.get(TEST, {}, stand.page)).rows()).toMatchObject([{ id }])
    expect((await stand.remove(String(id), {}, stand.page)).json()).toEqual({ success: true })
    expect((await stand.post(TEST, {}, stand.page)).status).toBe(200)
  })

  it('is filled with dummy words, or with what it is given', async () => {
    const stand = connected()
    const dummy = (await stand.post(TEST, {}, stand.page)).json()
    const lead = (await stand.get(String(dummy.id), {}, stand.page)).json()
    expect(answers.parse(lead.field_data)).toContainEqual({
      name: 'phone_number',
      values: ['<test lead: dummy data for phone_number>'],
    })
    await stand.remove(String(dummy.id), {}, stand.page)
    const field_data = [{ name: 'email', values: ['a@b.uz'] }]
    const { id } = (await stand.post(TEST, { field_data }, stand.page)).json()
    expect((await stand.get(String(id), {}, stand.page)).json()).toMatchObject({ field_data })
  })
})

describe('the leads that were there before', () => {
  it('are the same for the same seed and clock, and others for another seed', async () => {
    const [one, same, other] = [await seeded(1), await seeded(1), await seeded(2)]
    expect(one).toEqual(same)
    expect(one).not.toEqual(other)
    expect(one).toHaveLength(200)
  })

  it('hold people of here, skipped answers, several answers and organic leads', async () => {
    const stand = connected({ history: true })
    const fields = 'field_data,is_organic'
    const leads = (await stand.get(LEADS, { fields, limit: '1000' }, stand.page)).rows()
    const given = leads.flatMap(({ field_data }) => answers.parse(field_data))
    const phones = given.filter(({ name }) => name === 'phone_number')
    for (const { values } of phones) expect(values[0]).toMatch(/^\+998\d{2}00\d{5}$/)
    expect(given.some(({ values }) => values.length === 0)).toBe(true)
    expect(given.some(({ values }) => values.length > 1)).toBe(true)
    expect(leads.some(({ is_organic }) => is_organic === true)).toBe(true)
  })

  it('include phones typed freely, and leads that are past reading', async () => {
    const stand = connected({ history: true })
    const clinic = (await stand.get('889923456789012/leads', { limit: '200' }, stand.user)).rows()
    expect(JSON.stringify(clinic)).toContain('"901234567"')
    const fields = 'expired_leads_count'
    const camp = (await stand.get('778812345678903', { fields }, stand.user)).json()
    expect(camp.expired_leads_count).toBeGreaterThan(0)
  })
})

async function seeded(seed: number) {
  const stand = connected({ history: true, seed })
  const fields = 'id,created_time,field_data,ad_id'
  return (await stand.get(LEADS, { fields, limit: '200' }, stand.page)).rows()
}

function signed(stand: ReturnType<typeof connected>, next: string): string {
  const url = new URL(next)
  expect(url.searchParams.has('appsecret_proof')).toBe(false)
  const token = url.searchParams.get('access_token') ?? ''
  url.searchParams.set('appsecret_proof', stand.meta.tokens.proof(token))
  return url.href
}
