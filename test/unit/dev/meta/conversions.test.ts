import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { connected, DAY, MINUTE, NOW, SCHOOL_FORM } from './stand-in.ts'

const DATASET = '665544332211009'
const EVENTS = `${DATASET}/events`
const LEAD_ID = '1180123456789012'

const hashes = z
  .object({ capi_hash: z.array(z.object({ field: z.string(), sha256: z.string() })) })
  .parse(JSON.parse(readFileSync('test/fixtures/meta/vectors.json', 'utf8'))).capi_hash

function event(change: Record<string, unknown> = {}) {
  return {
    event_name: 'Qualified',
    event_time: NOW / 1000,
    event_id: `tb-${LEAD_ID}-qualified`,
    action_source: 'system_generated',
    user_data: { lead_id: LEAD_ID },
    custom_data: { event_source: 'crm', lead_event_source: 'TargetBot' },
    ...change,
  }
}

const many = (count: number) => Array.from({ length: count }, () => event())

type Stand = ReturnType<typeof connected>
const send = (stand: Stand, data: unknown, extra = {}) =>
  stand.post(EVENTS, { data, ...extra }, stand.user)

describe('events for the Conversions API', () => {
  it('are taken, counted and kept', async () => {
    const stand = connected()
    const answer = await send(stand, [event(), event({ event_name: 'Won' })])
    expect(answer.json()).toMatchObject({ events_received: 2, messages: [] })
    expect(stand.meta.events).toMatchObject([
      { event_name: 'Qualified', discarded: false },
      { event_name: 'Won' },
    ])
  })

  it('may come as a JSON body', async () => {
    const stand = connected()
    const proof = stand.meta.tokens.proof(stand.user)
    const response = await stand.meta.app.request(`http://meta.test/v26.0/${EVENTS}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${stand.user}` },
      body: JSON.stringify({ data: [event()], appsecret_proof: proof }),
    })
    expect(await response.json()).toMatchObject({ events_received: 1 })
  })

  it.each([
    ['a lead_id of 14 digits', { user_data: { lead_id: '12345678901234' } }],
    ['a lead_id of 18 digits', { user_data: { lead_id: '123456789012345678' } }],
    ['a hashed lead_id', { user_data: { lead_id: hashes[0]?.sha256 } }],
    ['nobody', { user_data: {} }],
    ['an unhashed phone', { user_data: { ph: ['998901234567'] } }],
    ['another source', { action_source: 'website' }],
    ['no CRM', { custom_data: { event_source: 'crm' } }],
    ['no time', { event_time: undefined }],
  ])('are all refused for one with %s', async (_case, change) => {
    const stand = connected()
    const answer = await send(stand, [event(), event(change), event()])
    expect(answer.error().code).toBe(100)
    expect(stand.meta.events).toEqual([])
  })

  it.each(hashes)('take the hashed $field of the vector', async ({ field, sha256 }) => {
    const stand = connected()
    const user_data = { lead_id: LEAD_ID, [field]: [sha256] }
    expect((await send(stand, [event({ user_data })])).status).toBe(200)
  })

  it('are all refused for one that is more than seven days old', async () => {
    const stand = connected()
    const old = (ms: number) => event({ event_time: (NOW - ms) / 1000 })
    expect((await send(stand, [event(), old(7 * DAY)])).status).toBe(200)
    const refused = await send(stand, [event(), old(7 * DAY + 1000)])
    expect(refused.error()).toMatchObject({ code: 100, error_subcode: 2804003 })
    expect(stand.meta.events).toHaveLength(2)
  })

  it('are at most a thousand, and at least one', async () => {
    const stand = connected()
    expect((await send(stand, many(1000))).json()).toMatchObject({ events_received: 1000 })
    expect((await send(stand, many(1001))).error().code).toBe(100)
    expect((await send(stand, [])).error().code).toBe(100)
  })

  it('from before their lead are received and discarded', async () => {
    const stand = connected()
    const lead_id = stand.meta.leads.submit(SCHOOL_FORM)
    const at = (ms: number) => event({ event_time: (NOW + ms) / 1000, user_data: { lead_id } })
    const answer = await send(stand, [at(-MINUTE), at(MINUTE)])
    expect(answer.json()).toMatchObject({ events_received: 2 })
    expect(stand.meta.events.map(({ discarded }) => discarded)).toEqual([true, false])
  })

  it('with a test code count all the same', async () => {
    const stand = connected()
    await send(stand, [event()], { test_event_code: 'TEST12345' })
    expect(stand.meta.events).toMatchObject([{ testCode: 'TEST12345', discarded: false }])
  })

  it('need the permission', async () => {
    const stand = connected()
    stand.meta.tokens.revoke('ads_management')
    expect((await send(stand, [event()])).error().code).toBe(200)
  })
})
