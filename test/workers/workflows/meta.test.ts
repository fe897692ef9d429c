import { evictDurableObject, introspectWorkflowInstance } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { snapshotKey } from '../../../src/meta/aggregate.ts'
import { dayOf, lastDays } from '../../../src/period.ts'
import { startOnce } from '../../../src/start-once.ts'
import { findConnection } from '../../../src/store/connections.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { toldOfFacebook } from '../chats.ts'
import { FakeMeta, tokenReply } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { ask, newKey } from '../worker.ts'

const DAY_S = 86_400
const ZONE = 'Asia/Tashkent'

let outside: Outside
let meta: FakeMeta

beforeEach(async () => {
  outside = new Outside()
  meta = new FakeMeta(outside)
})

afterEach(() => {
  vi.useRealTimers()
})

async function connect(): Promise<void> {
  await connectionOf(env, meta.userId).adopt('token-1')
  await connectionOf(env, meta.userId).kick()
}

/** Runs a workflow to its end and gives its output. */
async function finished<Params>(
  workflow: Workflow<Params>,
  params: Params,
  status: 'complete' | 'errored' = 'complete',
): Promise<unknown> {
  const id = crypto.randomUUID()
  await using instance = await introspectWorkflowInstance(workflow, id)
  await instance.modify(async (m) => m.disableRetryDelays())
  await startOnce(workflow, id, params)
  await instance.waitForStatus(status)
  return status === 'complete' ? instance.getOutput() : instance.getError()
}

describe('renewing a token', () => {
  const renew = () => finished(env.RENEW_META_TOKEN, { connectionId: meta.userId })
  const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * DAY_S

  async function told(): Promise<string[]> {
    await connectionOf(env, meta.userId).kick()
    return toldOfFacebook(outside)
  }

  it('leaves one alone that has long to live', async () => {
    await connect()
    await renew()
    expect(meta.calls('oauth/access_token')).toHaveLength(0)
    expect(await told()).toEqual([])
  })

  it('exchanges one in its last month and believes what Meta then says of it', async () => {
    meta.expiresAt = inDays(20)
    await connect()
    meta.exchange = () => {
      meta.expiresAt = inDays(60)
      return tokenReply('token-2')
    }
    await renew()
    await connectionOf(env, meta.userId).kick()
    const connection = await findConnection(env.DB, meta.userId)
    expect(Date.parse(connection?.expiresAt ?? '') / 1000).toBe(meta.expiresAt)
    const [asked] = meta.calls('debug_token').slice(-1)
    expect(asked?.params['input_token']).toBe('token-2')
    expect(await told()).toEqual([])
  })

  it('tells the admins once when Meta refuses, and goes on with the token it has', async () => {
    meta.expiresAt = inDays(20)
    await connect()
    meta.exchange = () => metaError(190, 463)
    await renew()
    await renew()
    const messages = await told()
    expect(messages).toHaveLength(1)
    expect(messages[0]).toContain('не продлил')
    expect(messages[0]).toContain('190/463')
    expect((await findConnection(env.DB, meta.userId))?.state).toBe('alive')
  })

  it.each([14, 7, 1])('warns once when %i days are left', async (days) => {
    await connect()
    meta.expiresAt = inDays(days)
    await renew()
    await renew()
    const messages = await told()
    expect(messages).toEqual([expect.stringContaining('скоро закончится')])
  })

  it('warns although Meta is down when it was to be exchanged', async () => {
    await connect()
    meta.expiresAt = inDays(1)
    meta.exchange = () => new Response('<html>', { status: 502 })
    await finished(env.RENEW_META_TOKEN, { connectionId: meta.userId }, 'errored')
    expect(await told()).toEqual([expect.stringContaining('скоро закончится')])
  })

  it('tells the admins once when the app itself is refused, and again after it was well', async () => {
    await connect()
    let isRefused = true
    outside.answer(({ name }) =>
      isRefused && name.endsWith('debug_token') ? metaError(190) : undefined,
    )
    await finished(env.RENEW_META_TOKEN, { connectionId: meta.userId }, 'errored')
    await finished(env.RENEW_META_TOKEN, { connectionId: meta.userId }, 'errored')
    expect(await told()).toEqual([expect.stringContaining('META_APP_SECRET')])
    isRefused = false
    await renew()
    isRefused = true
    await finished(env.RENEW_META_TOKEN, { connectionId: meta.userId }, 'errored')
    expect(await told()).toHaveLength(2)
  })

  it('tells of a refusal once for an end of life, however many days it lasts', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    meta.expiresAt = inDays(29)
    await connect()
    for (let day = 0; day < 9; day++) {
      await connectionOf(env, meta.userId).tellRefused('190/463')
      await told()
      vi.setSystemTime(Date.now() + DAY_S * 1_000)
      await evictDurableObject(conversationOf(env, '1001'))
    }
    const messages = (await told()).filter((message) => message.includes('не продлил'))
    expect(messages).toHaveLength(1)
  })

  it('tells the admins once that the token is dead', async () => {
    await connect()
    meta.killToken(190, 460)
    await renew()
    await renew()
    const messages = await told()
    expect(messages).toEqual([expect.stringContaining('190/460')])
    expect((await findConnection(env.DB, meta.userId))?.problem).toBe('190/460')
  })

  it('returns no token from any step, and keeps none unsealed', async () => {
    meta.expiresAt = inDays(20)
    await connect()
    const id = crypto.randomUUID()
    await using instance = await introspectWorkflowInstance(env.RENEW_META_TOKEN, id)
    await startOnce(env.RENEW_META_TOKEN, id, { connectionId: meta.userId })
    await instance.waitForStatus('complete')
    const results = await Promise.all(
      ['ask Meta about the token', 'exchange the token'].map((name) =>
        instance.waitForStepResult({ name }),
      ),
    )
    expect(JSON.stringify([results, await instance.getOutput()])).not.toMatch(/token-\d/)
    const { results: rows } = await env.DB.prepare('SELECT * FROM connections').all()
    expect(JSON.stringify(rows)).not.toMatch(/token-\d/)
  })
})

describe('aggregating insights', () => {
  const row = (date: string, campaign: string, numbers: object) => ({
    date_start: date,
    date_stop: date,
    campaign_id: campaign,
    campaign_name: `Campaign ${campaign}`,
    account_currency: 'USD',
    ...numbers,
  })
  const lead = (value: string) => [{ action_type: 'lead', value }]
  let projectId: string
  let rows: object[]

  beforeEach(async () => {
    projectId = crypto.randomUUID()
    await insertProject(env.DB, projectId, 'Clinic')
    await connect()
    await updateProject(env.DB, projectId, {
      connectionId: meta.userId,
      adAccountId: meta.accountId,
      currency: 'USD',
      accountTimezone: ZONE,
    })
    const [today, yesterday] = [dayOf(Date.now(), ZONE), lastDays(2, ZONE, Date.now()).from]
    rows = [
      row(yesterday, '11', {
        spend: '10.10',
        impressions: '1000',
        clicks: '30',
        actions: lead('4'),
      }),
      row(today, '11', { spend: '5.05', impressions: '500', clicks: '10', actions: lead('1') }),
      // Nobody left a lead and nobody clicked: Meta leaves the keys out.
      row(today, '12', { spend: '4.85', impressions: '500' }),
    ]
    outside.answer((call) => {
      if (!call.name.endsWith('/insights')) return undefined
      // Two pages, the second of which has an empty one before it.
      const after = Number(call.params['after'] ?? 0)
      const data = after === 0 ? rows.slice(0, 2) : after === 1 ? [] : rows.slice(2)
      const next = after < 2 ? { next: 'https://graph.test/next' } : {}
      return Response.json({ data, paging: { cursors: { after: String(after + 1) }, ...next } })
    })
  })

  it('gives sums, and CPL and CTR from the sums', async () => {
    expect(await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 })).toEqual({ written: 3 })
    const { key } = await newKey('service')
    const stats = await ask('GET', `/api/stats?project=${projectId}&compare=true`, { key })
    expect(await stats.json()).toMatchObject({
      totals: {
        spend: { amount: '20.00', currency: 'USD' },
        impressions: 2000,
        clicks: 40,
        leads: 5,
        cpl: { amount: '4.00', currency: 'USD' },
        ctr: 2,
      },
      before: { spend: { amount: '0.00' }, cpl: null, ctr: null },
      byCampaign: [
        { campaignId: '11', name: 'Campaign 11', leads: 5 },
        { campaignId: '12', leads: 0, cpl: null, ctr: 0 },
      ],
      byDay: [{ leads: 4 }, { leads: 1 }],
      source: { accountId: meta.accountId, currency: 'USD', timezone: ZONE },
    })
    const last = await (await ask('GET', `/api/stats/last?project=${projectId}`, { key })).json()
    expect(last).toMatchObject({ totals: { leads: 5, cpl: { amount: '4.00' } } })
    expect(await env.KV_META.get(snapshotKey(), 'json')).toMatchObject({
      totals: { ctr: expect.any(Number) },
    })
  })

  it('writes no row the second time, and only what was restated', async () => {
    await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 })
    expect(await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 })).toEqual({ written: 0 })
    rows[1] = { ...rows[1], actions: lead('2') }
    expect(await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 })).toEqual({ written: 1 })
  })

  it('says when Meta was last asked, although nothing had changed', async () => {
    const { key } = await newKey('service')
    const readAt = async (): Promise<string> => {
      await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 })
      const stats = await ask('GET', `/api/stats?project=${projectId}`, { key })
      const schema = z.object({ source: z.object({ updatedAt: z.string() }) })
      return schema.parse(await stats.json()).source.updatedAt
    }
    const first = await readAt()
    expect((await readAt()) > first).toBe(true)
  })

  it('fails without noise when the token is dead, and leaves the numbers as they were', async () => {
    await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 })
    outside.answer((call) => (call.name.endsWith('/insights') ? metaError(190, 463) : undefined))
    const error = await finished(env.AGGREGATE_INSIGHTS, { projectId, days: 28 }, 'errored')
    expect(JSON.stringify(error)).toContain('NonRetryableError')
    const { key } = await newKey('service')
    const stats = await ask('GET', `/api/stats?project=${projectId}`, { key })
    expect(await stats.json()).toMatchObject({ totals: { leads: 5 } })
  })
})

describe('reconciling leads', () => {
  it('takes in what no webhook told of, once, and remembers how far it has read', async () => {
    await connect()
    const [told, missed] = [meta.newLead(), meta.newLead()]
    const page = pageOf(env, meta.pageId)
    await page.receive({
      leads: [{ leadgenId: told, formId: '77', adId: null, createdAt: null }],
      malformed: [],
    })
    await page.kick()
    const field_data = [{ name: 'full_name', values: ['Missed'] }]
    const lists = [told, missed].map((id) => ({
      id,
      created_time: '2026-11-22T09:00:00+0000',
      field_data,
    }))
    outside.answer(({ name }) => {
      if (name.endsWith('/leadgen_forms')) {
        return Response.json({
          data: [
            { id: '77', name: 'Form', status: 'ACTIVE' },
            { id: '78', status: 'ARCHIVED' },
          ],
        })
      }
      return name.endsWith('77/leads') ? Response.json({ data: lists }) : undefined
    })
    const params = { pageId: meta.pageId, days: 1 }
    expect(await finished(env.RECONCILE_LEADS, params)).toEqual({ missing: 1 })
    await page.kick()
    const found = await leadOf(env, leadIdOf('facebook', missed)).read()
    expect(found?.lead).toMatchObject({ name: 'Missed', details: 'complete', formId: '77' })
    expect(await finished(env.RECONCILE_LEADS, params)).toEqual({ missing: 0 })
    expect(await page.readTo('77')).toBeGreaterThan(0)
    expect(meta.calls('78/leads')).toHaveLength(0)
  })

  const forms = (...ids: string[]) => Response.json({ data: ids.map((id) => ({ id })) })
  const leads = (...data: object[]) => Response.json({ data })

  it('reads the other forms when one cannot be read, and fails at the end naming it', async () => {
    await connect()
    const missed = meta.newLead()
    outside.answer(({ name }) => {
      if (name.endsWith('/leadgen_forms')) return forms('76', '77')
      if (name.endsWith('76/leads')) return metaError(100, 33)
      return name.endsWith('77/leads') ? leads({ id: missed, field_data: [] }) : undefined
    })
    const params = { pageId: meta.pageId, days: 1 }
    const error = await finished(env.RECONCILE_LEADS, params, 'errored')
    expect(JSON.stringify(error)).toContain('76 (')
    expect(JSON.stringify(error)).not.toContain('77 (')
    await pageOf(env, meta.pageId).kick()
    expect(await leadOf(env, leadIdOf('facebook', missed)).read()).not.toBeNull()
    expect(await pageOf(env, meta.pageId).readTo('76')).toBe(0)
  })

  it('takes in every lead of a list with an id, however odd the rest of it', async () => {
    await connect()
    const [odd, timeless, good] = [meta.newLead(), meta.newLead(), meta.newLead()]
    outside.answer(({ name }) => {
      if (name.endsWith('/leadgen_forms')) return forms('77')
      if (!name.endsWith('77/leads')) return undefined
      return leads(
        { id: odd, field_data: [{ name: null }] },
        { id: timeless, created_time: 'yesterday', field_data: [] },
        { field_data: [] },
        { id: good, field_data: [] },
      )
    })
    const params = { pageId: meta.pageId, days: 1 }
    expect(await finished(env.RECONCILE_LEADS, params)).toEqual({ missing: 3 })
    await pageOf(env, meta.pageId).kick()
    const made = await Promise.all(
      [odd, timeless, good].map((id) => leadOf(env, leadIdOf('facebook', id)).read()),
    )
    expect(made.map((one) => one?.lead.details)).toEqual(['complete', 'complete', 'complete'])
    // Read alone, for the list could not be understood.
    expect(made[0]?.lead.name).toBe(`Aziza ${odd}`)
  })

  it('reads a form that it never read since the page was connected', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime(Date.now() - 10 * DAY_S * 1_000)
    await connect()
    const servedAt = Math.floor(Date.now() / 1_000)
    vi.useRealTimers()
    outside.answer(({ name }) => {
      if (name.endsWith('/leadgen_forms')) return forms('79')
      return name.endsWith('79/leads') ? leads() : undefined
    })
    await finished(env.RECONCILE_LEADS, { pageId: meta.pageId, days: 1 })
    const filter = z.array(z.object({ value: z.number() }))
    const [call] = meta.calls('79/leads')
    const [since] = filter.parse(JSON.parse(String(call?.params['filtering'])))
    expect(Math.abs((since?.value ?? 0) - (servedAt - DAY_S))).toBeLessThan(60)
  })
})
