import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { signatureOf } from '../../../../dev/meta/webhooks/body.ts'
import {
  AD,
  APP_ID,
  APP_SECRET,
  APP_TOKEN,
  CALLBACK,
  CLINIC,
  CLINIC_FORM,
  connected,
  HOUR,
  NOW,
  SCHOOL,
  SCHOOL_FORM,
  standIn,
} from './stand-in.ts'

const id = z.union([z.string(), z.number()])
const notification = z.object({
  object: z.literal('page'),
  entry: z.array(
    z.object({
      id,
      time: z.number(),
      changes: z.array(z.object({ field: z.literal('leadgen'), value: z.unknown() })).optional(),
      changed_fields: z.array(z.string()).optional(),
    }),
  ),
})

function parse(body: string | undefined) {
  return notification.parse(JSON.parse(body ?? 'null'))
}

function leadIdsOf(body: string | undefined): unknown[] {
  const leadId = z.object({ leadgen_id: z.unknown() })
  return parse(body).entry.flatMap(({ changes = [] }) =>
    changes.map(({ value }) => leadId.safeParse(value).data?.leadgen_id),
  )
}

describe('a notification', () => {
  it('tells of a lead by ids and times, signed over its bytes', async () => {
    const stand = connected()
    const leadgen_id = stand.meta.leads.submit(SCHOOL_FORM, { adId: AD })
    await stand.meta.idle()
    const [{ body, signature } = { body: '', signature: '' }] = stand.received
    expect(parse(body)).toEqual({
      object: 'page',
      entry: [
        {
          id: SCHOOL,
          time: NOW / 1000,
          changes: [
            {
              field: 'leadgen',
              value: {
                leadgen_id,
                page_id: SCHOOL,
                form_id: SCHOOL_FORM,
                adgroup_id: AD,
                ad_id: AD,
                created_time: NOW / 1000,
              },
            },
          ],
        },
      ],
    })
    expect(signature).toBe(signatureOf(body, APP_SECRET))
  })

  it('holds no ad for an organic lead', async () => {
    const stand = connected()
    stand.meta.leads.submit(SCHOOL_FORM, { adId: null })
    await stand.meta.idle()
    expect(stand.received[0]?.body).not.toMatch(/ad_id|adgroup_id/)
  })

  it('gathers up to a thousand leads', async () => {
    const stand = connected()
    stand.meta.leads.submitMany(SCHOOL_FORM, 2001)
    await stand.meta.idle()
    const sizes = stand.received.map(({ body }) => leadIdsOf(body).length)
    expect(sizes.toSorted((a, b) => b - a)).toEqual([1000, 1000, 1])
    for (const { body } of stand.received) expect(parse(body).entry).toHaveLength(1)
  })

  it('puts the leads of two pages into two entries', async () => {
    const stand = connected()
    const school = stand.meta.leads.submit(SCHOOL_FORM)
    const clinic = stand.meta.leads.submit(CLINIC_FORM)
    await stand.meta.idle()
    stand.meta.webhooks.send({ leadIds: [school, clinic] })
    await stand.meta.idle()
    const { entry } = parse(stand.received.at(-1)?.body)
    expect(entry.map(({ id }) => id)).toEqual([SCHOOL, CLINIC])
  })

  it('can repeat itself, come backwards, and hold what is no lead', async () => {
    const stand = connected()
    const leadIds = stand.meta.leads.submitMany(SCHOOL_FORM, 3)
    await stand.meta.idle()
    stand.received.length = 0
    const malformed = [null, {}, { leadgen_id: true }, 'x']
    stand.meta.webhooks.send({ leadIds, copies: 2, order: 'reversed', malformed })
    await stand.meta.idle()
    expect(stand.received).toHaveLength(2)
    expect(stand.received[0]?.body).toBe(stand.received[1]?.body)
    const seen = leadIdsOf(stand.received[0]?.body)
    expect(seen.filter((leadId) => typeof leadId === 'string')).toEqual(leadIds.toReversed())
    expect(seen).toHaveLength(7)
  })

  it('can write ids as numbers, digit for digit', async () => {
    const stand = connected()
    const leadIds = [stand.meta.leads.submit(SCHOOL_FORM)]
    stand.meta.webhooks.send({ leadIds, ids: 'numbers' })
    await stand.meta.idle()
    const body = stand.received.at(-1)?.body
    expect(body).toContain(`"leadgen_id":${leadIds[0]},`)
    expect(body).toContain(`"id":${SCHOOL},`)
    expect(String(leadIdsOf(body)[0])).not.toBe(leadIds[0])
  })

  it('can carry a wrong signature, or none', async () => {
    const stand = connected()
    const leadIds = [stand.meta.leads.submit(SCHOOL_FORM)]
    await stand.meta.idle()
    stand.received.length = 0
    stand.meta.webhooks.send({ leadIds, signature: 'wrong' })
    stand.meta.webhooks.send({ leadIds, signature: 'missing' })
    await stand.meta.idle()
    const [wrong, missing] = stand.received
    expect(wrong?.signature).toMatch(/^sha256=[0-9a-f]{64}$/)
    expect(wrong?.signature).not.toBe(signatureOf(wrong?.body ?? '', APP_SECRET))
    expect(missing?.signature).toBeNull()
  })

  it('of the dashboard button leads nowhere', async () => {
    const stand = connected()
    stand.meta.webhooks.ping()
    await stand.meta.idle()
    const { entry } = parse(stand.received[0]?.body)
    expect(entry[0]?.id).toBe('0')
    expect(leadIdsOf(stand.received[0]?.body)).toEqual(['444444444444'])
    expect((await stand.get('444444444444', {}, stand.page)).error().error_subcode).toBe(33)
  })
})

describe('a subscription', () => {
  it('is needed from the page', async () => {
    const stand = standIn({ callbackUrl: CALLBACK })
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(stand.received).toEqual([])
  })

  it('is made, seen and ended with the token of the page', async () => {
    const stand = standIn({ callbackUrl: CALLBACK })
    const token = stand.meta.tokens.page(stand.meta.tokens.user(), SCHOOL).value
    const path = `${SCHOOL}/subscribed_apps`
    expect((await stand.get(path, {}, token)).rows()).toEqual([])
    const fields = { subscribed_fields: 'leadgen' }
    expect((await stand.post(path, fields, token)).json()).toEqual({ success: true })
    expect((await stand.get(path, {}, token)).rows()).toMatchObject([
      { id: APP_ID, subscribed_fields: ['leadgen'] },
    ])
    stand.meta.leads.submit(SCHOOL_FORM)
    stand.meta.leads.submit(CLINIC_FORM)
    await stand.meta.idle()
    expect(stand.received).toHaveLength(1)
    await stand.remove(path, {}, token)
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(stand.received).toHaveLength(1)
  })

  it('is refused to a user token (210), a foreign page (190) and without the permission (200)', async () => {
    const stand = connected()
    const path = `${SCHOOL}/subscribed_apps`
    const fields = { subscribed_fields: 'leadgen' }
    expect((await stand.post(path, fields, stand.user)).error().code).toBe(210)
    expect((await stand.post(`${CLINIC}/subscribed_apps`, fields, stand.page)).error().code).toBe(
      190,
    )
    stand.meta.tokens.revoke('pages_manage_metadata')
    expect((await stand.post(path, fields, stand.page)).error().code).toBe(200)
  })

  it('of the app begins with a handshake', async () => {
    const stand = standIn()
    const path = `${APP_ID}/subscriptions`
    const wanted = {
      object: 'page',
      callback_url: CALLBACK,
      fields: 'leadgen',
      include_values: 'true',
    }
    const wrong = await stand.post(path, { ...wanted, verify_token: 'guess' }, APP_TOKEN)
    expect(wrong.error().code).toBe(2200)
    expect((await stand.get(path, {}, APP_TOKEN)).rows()).toEqual([])
    const right = await stand.post(path, { ...wanted, verify_token: 'verify-me' }, APP_TOKEN)
    expect(right.json()).toEqual({ success: true })
    expect((await stand.get(path, {}, APP_TOKEN)).rows()).toMatchObject([
      { object: 'page', callback_url: CALLBACK, active: true },
    ])
    await stand.remove(path, { object: 'page' }, APP_TOKEN)
    expect((await stand.get(path, {}, APP_TOKEN)).rows()).toEqual([])
  })

  it('of the app is not for a user to make', async () => {
    const stand = connected()
    expect((await stand.get(`${APP_ID}/subscriptions`, {}, stand.user)).error().code).toBe(15)
  })

  it('without values tells only which field changed', async () => {
    const stand = connected()
    await stand.meta.webhooks.subscribe({
      callbackUrl: CALLBACK,
      verifyToken: 'verify-me',
      fields: ['leadgen'],
      includeValues: false,
    })
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(parse(stand.received[0]?.body).entry).toEqual([
      { id: SCHOOL, time: NOW / 1000, changed_fields: ['leadgen'] },
    ])
  })
})

describe('a notification that is not answered with 200', () => {
  it('is sent again at once, then less and less often, the same bytes, for 36 hours', async () => {
    const stand = connected()
    stand.callback.status = 503
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(stand.received).toHaveLength(2)
    const attempts = [0, 0]
    for (let hour = 0; hour < 48 * 12; hour += 1) {
      await stand.advance(HOUR / 12)
      while (attempts.length < stand.received.length) attempts.push(stand.now() - NOW)
    }
    const gaps = attempts.slice(1).map((at, index) => at - (attempts[index] ?? 0))
    expect(gaps).toEqual(gaps.toSorted((a, b) => a - b))
    expect(attempts.at(-1)).toBeGreaterThan(24 * HOUR)
    expect(attempts.at(-1)).toBeLessThanOrEqual(36 * HOUR)
    expect(new Set(stand.received.map(({ body }) => body)).size).toBe(1)
    expect(stand.meta.webhooks.deliveries).toMatchObject([{ status: 'dropped' }])
  })

  it('rests once it is accepted', async () => {
    const stand = connected()
    stand.callback.status = 500
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    stand.callback.status = 200
    await stand.advance(HOUR)
    await stand.advance(HOUR)
    expect(stand.meta.webhooks.deliveries).toMatchObject([{ status: 'accepted', attempts: 3 }])
  })

  it.each([201, 204, 301, 404])('counts %s as a failure too', async (status) => {
    const stand = connected({ retryDelays: [] })
    stand.callback.status = status
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(stand.meta.webhooks.deliveries).toMatchObject([
      { status: 'dropped', lastAnswer: String(status) },
    ])
  })

  it('can be given up sooner, for tests', async () => {
    const stand = connected({ retryDelays: [0, 0] })
    stand.callback.status = 500
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(stand.meta.webhooks.deliveries).toMatchObject([{ status: 'dropped', attempts: 3 }])
  })

  it('is given up after 36 hours, whatever attempts are left', async () => {
    const stand = connected({ retryDelays: [35 * HOUR, 1 * HOUR, 1] })
    stand.callback.status = 500
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    await stand.advance(35 * HOUR)
    await stand.advance(HOUR)
    expect(stand.meta.webhooks.deliveries).toMatchObject([{ status: 'dropped', attempts: 3 }])
  })

  it('does not hold up the others', async () => {
    const stand = connected()
    stand.callback.status = 500
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    stand.callback.status = 200
    stand.meta.leads.submit(SCHOOL_FORM)
    await stand.meta.idle()
    expect(stand.meta.webhooks.deliveries.map(({ status }) => status)).toEqual([
      'pending',
      'accepted',
    ])
  })
})

describe('waiting', () => {
  it('ends with the event that was waited for, not with the clock', async () => {
    const stand = connected()
    const seen = stand.meta.when(() => stand.meta.webhooks.deliveries.some((d) => d.attempts > 0))
    stand.meta.leads.submit(SCHOOL_FORM)
    await seen
    expect(stand.received).toHaveLength(1)
  })

  it('gives up after the time it was given', async () => {
    const stand = connected()
    await expect(stand.meta.when(() => false, { timeoutMs: 1 })).rejects.toThrow('in 1 ms')
  })
})
