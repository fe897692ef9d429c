import { introspectWorkflowInstance } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { decide } from '../../../objects/lead/decide.ts'
import type { LeadData } from '../../../src/lead.ts'
import { snapshotKey, startAggregation } from '../../../src/meta/aggregate.ts'
import { dayOf, lastDays, lengthOf, type Period, slicesOf } from '../../../src/period.ts'
import { startOnce } from '../../../src/start-once.ts'
import { markRead } from '../../../src/store/insights.ts'
import { projectLeads } from '../../../src/store/leads.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { connectionOf } from '../../../src/stubs.ts'
import { STEPS } from '../../../workflows/aggregate-insights.ts'
import { FakeMeta } from '../fake-meta.ts'
import { metaError, type OutgoingCall, Outside } from '../outside.ts'
import { ask, errorOf, newKey } from '../worker.ts'

const ZONE = 'Asia/Tashkent'

let outside: Outside
let meta: FakeMeta
let projectId: string
let key: string

async function newProject(): Promise<string> {
  const id = crypto.randomUUID()
  await insertProject(env.DB, id, 'Clinic')
  await updateProject(env.DB, id, {
    connectionId: meta.userId,
    adAccountId: meta.accountId,
    currency: 'USD',
    accountTimezone: ZONE,
  })
  return id
}

beforeEach(async () => {
  outside = new Outside()
  meta = new FakeMeta(outside)
  await connectionOf(env, meta.userId).adopt('token-1')
  projectId = await newProject()
  key = (await newKey('admin')).key
})

afterEach(() => {
  vi.useRealTimers()
})

type Modify = Parameters<Awaited<ReturnType<typeof introspectWorkflowInstance>>['modify']>[0]

/** Reads insights to the end and gives what that came to; nothing is slept. */
async function read(
  wanted: { days: number } | { period: Period },
  { status = 'complete', modify }: { status?: 'complete' | 'errored'; modify?: Modify } = {},
): Promise<unknown> {
  const id = crypto.randomUUID()
  await using instance = await introspectWorkflowInstance(env.AGGREGATE_INSIGHTS, id)
  await instance.modify(async (m) => {
    await m.disableRetryDelays()
    await m.disableSleeps()
    await modify?.(m)
  })
  await startOnce(env.AGGREGATE_INSIGHTS, id, { projectId, ...wanted })
  await instance.waitForStatus(status)
  return status === 'complete' ? instance.getOutput() : instance.getError()
}

const row = (date: string, campaign: string, numbers: object = {}) => ({
  date_start: date,
  campaign_id: campaign,
  campaign_name: `Campaign ${campaign}`,
  account_currency: 'USD',
  spend: '10',
  impressions: '1000',
  ...numbers,
})

const actions = (values: Record<string, string>) =>
  Object.entries(values).map(([action_type, value]) => ({ action_type, value }))

const page = (data: object[]) => Response.json({ data })

const calls = (end: string, method?: 'POST') =>
  meta.calls(end).filter(({ headers }) => isPost(headers) === (method === 'POST'))

const isPost = (headers: Headers) => headers.get('content-type')?.includes('form') === true

const rangeOf = ({ params }: OutgoingCall): Period => {
  const { since, until } = JSON.parse(String(params['time_range']))
  return { from: since, to: until }
}

const statsSchema = z.looseObject({})
const stats = async (query = '') =>
  statsSchema.parse(
    await (await ask('GET', `/api/stats?project=${projectId}${query}`, { key })).json(),
  )

describe('a question that is too much at once', () => {
  const period = { from: '2026-10-01', to: '2026-10-28' }

  /** Insights of a row a day, of up to so many days at once; a report begun gets this state. */
  function answerUpTo(days: number, states: (run: number, look: number) => object) {
    let runs = 0
    let looks = 0
    outside.answer((call) => {
      const end = call.name.split('/').slice(1).join('/')
      if (end === `act_${meta.accountId}/insights`) {
        if (isPost(call.headers)) {
          looks = 0
          return Response.json({ report_run_id: String(6_000 + ++runs) })
        }
        const range = rangeOf(call)
        if (lengthOf(range) > days) return metaError(100, 1504018)
        return page(slicesOf(range, 1).map((day) => row(day.from, '11')))
      }
      if (end === String(6_000 + runs)) {
        const state = states(runs, ++looks)
        return 'code' in state ? metaError(100, 33) : Response.json(state)
      }
      if (end !== `${6_000 + runs}/insights`) return undefined
      return page(slicesOf(period, 1).map((day) => row(day.from, '11')))
    })
  }

  const job = (status: string, percent = 0, more = {}) => ({
    async_status: `Job ${status}`,
    async_percent_completion: percent,
    ...more,
  })

  it('is asked for as a report, begun once and read when it is wholly done', async () => {
    const states = [
      { code: 33 },
      job('Not Started'),
      job('Running', 70),
      job('Completed', 99),
      job('Completed', 100),
    ]
    answerUpTo(0, (_, look) => states[look - 1] ?? {})
    expect(await read({ period })).toEqual({ written: 28 })
    expect(calls('/insights', 'POST')).toHaveLength(1)
    expect(calls('/6001')).toHaveLength(5)
    expect(calls('6001/insights')).toHaveLength(1)
    const [begun] = calls('/insights', 'POST')
    expect(begun?.params).toMatchObject({ level: 'campaign', time_increment: '1' })
    expect(String(begun?.params['filtering'])).toContain('DELETED')
  })

  it('is asked for in halves when its report is too large', async () => {
    answerUpTo(14, () => job('Failed', 70, { error_code: -3, error_subcode: 1504045 }))
    expect(await read({ period })).toEqual({ written: 28 })
    expect(calls('/insights', 'POST')).toHaveLength(1)
    expect(calls('/insights').map(rangeOf)).toEqual([
      period,
      { from: '2026-10-01', to: '2026-10-14' },
      { from: '2026-10-15', to: '2026-10-28' },
    ])
  })

  it('is asked for in halves when its report hangs for an hour, which is not begun again', async () => {
    answerUpTo(14, () => job('Running'))
    expect(await read({ period })).toEqual({ written: 28 })
    expect(calls('/insights', 'POST')).toHaveLength(1)
    expect(calls('/6001')).toHaveLength(16)
  })

  it.each([
    ['failed', 'Failed'],
    ['was not kept', 'Skipped'],
  ])('is begun once more when its report %s', async (_, status) => {
    answerUpTo(0, (run) => (run === 1 ? job(status, 70) : job('Completed', 100)))
    expect(await read({ period })).toEqual({ written: 28 })
    expect(calls('/insights', 'POST')).toHaveLength(2)
  })

  it('fails in the end when not even a day can be had', async () => {
    answerUpTo(0, () => job('Failed', 70))
    const day = { from: '2026-10-01', to: '2026-10-01' }
    expect(await read({ period: day }, { status: 'errored' })).toMatchObject({
      message: expect.stringContaining('2026-10-01'),
    })
    expect(calls('/insights', 'POST')).toHaveLength(2)
  })

  it('is asked for in smaller pages, and the page after it in full ones again', async () => {
    outside.answer(({ name, params }) => {
      if (!name.endsWith('/insights')) return undefined
      if (params['after'] === undefined && Number(params['limit']) > 50) {
        return metaError(100, 1487534)
      }
      const isFirst = params['after'] === undefined
      const next = isFirst ? { next: 'https://graph.test/next' } : {}
      const data = [row('2026-10-01', isFirst ? '11' : '12')]
      return Response.json({ data, paging: { cursors: { after: 'x' }, ...next } })
    })
    expect(await read({ period })).toEqual({ written: 2 })
    expect(calls('/insights').map(({ params }) => params['limit'])).toEqual(['200', '50', '200'])
  })
})

describe('a long time', () => {
  it('is asked for in parts of ninety days', async () => {
    outside.answer(({ name }) => (name.endsWith('/insights') ? page([]) : undefined))
    await read({ period: { from: '2025-01-01', to: '2025-12-31' } })
    expect(calls('/insights').map(rangeOf)).toEqual([
      { from: '2025-01-01', to: '2025-03-31' },
      { from: '2025-04-01', to: '2025-06-29' },
      { from: '2025-06-30', to: '2025-09-27' },
      { from: '2025-09-28', to: '2025-12-26' },
      { from: '2025-12-27', to: '2025-12-31' },
    ])
  })
})

describe('being told to wait', () => {
  const today = () => dayOf(Date.now(), ZONE)
  const slice = () => ({ from: lastDays(2, ZONE, Date.now()).from, to: today() })
  const first = () => ({ name: STEPS.read(slice(), 1) })

  it('is waited for, and the same page is asked for again', async () => {
    outside.answer(({ name }) =>
      name.endsWith('/insights') ? page([row(today(), '11')]) : undefined,
    )
    const wait = { is: 'wait', ms: 60_000, code: '80000/2446079' }
    const modify: Modify = (m) => m.mockStepResult(first(), wait)
    expect(await read({ days: 2 }, { modify })).toEqual({ written: 1 })
    expect(calls('/insights')).toHaveLength(1)
  })

  it('is given up when the next hour’s reading comes first', async () => {
    const wait = { is: 'wait', ms: 46 * 60_000, code: '80000/2446079' }
    const modify: Modify = (m) => m.mockStepResult(first(), wait)
    const error = await read({ days: 2 }, { status: 'errored', modify })
    expect(error).toMatchObject({ message: expect.stringContaining('80000/2446079') })
  })
})

describe('a row that Meta changes', () => {
  const before = () => lastDays(3, ZONE, Date.now()).from
  const yesterday = () => lastDays(2, ZONE, Date.now()).from
  let rows: object[]

  beforeEach(async () => {
    rows = [row(before(), '11'), row(before(), '12'), row(yesterday(), '11')]
    outside.answer(({ name }) => (name.endsWith('/insights') ? page(rows) : undefined))
    await read({ days: 28 })
  })

  const restated = async () => {
    const { byDay } = await stats()
    const days = z.array(z.object({ date: z.string(), restatedAt: z.string().nullable() }))
    return days.parse(byDay).map(({ date, restatedAt }) => [date, restatedAt !== null])
  }

  it('is marked when its day was over, and not while it is still counted', async () => {
    expect(await restated()).toEqual([
      [before(), false],
      [yesterday(), false],
    ])
    rows[0] = row(before(), '11', { actions: actions({ lead: '2' }) })
    rows[2] = row(yesterday(), '11', { spend: '11' })
    expect(await read({ days: 28 })).toEqual({ written: 2 })
    expect(await restated()).toEqual([
      [before(), true],
      [yesterday(), false],
    ])
  })

  it('is written and not marked when nothing but its Results are known now', async () => {
    const values = [{ value: '1' }]
    rows[0] = row(before(), '11', { results: [{ indicator: 'reach', values }] })
    expect(await read({ days: 28 })).toEqual({ written: 1 })
    expect((await restated())[0]).toEqual([before(), false])
  })
})

describe('a row that Meta takes back', () => {
  const day = '2026-10-01'
  const campaigns = Array.from({ length: 20 }, (_, n) => String(100 + n))
  const period = { from: day, to: day }
  let rows: object[]

  beforeEach(async () => {
    rows = campaigns.map((campaign) => row(day, campaign))
    outside.answer(({ name }) => (name.endsWith('/insights') ? page(rows) : undefined))
    await read({ period })
  })

  const shown = async () => {
    const { byCampaign } = await stats(`&from=${day}&to=${day}`)
    return z.array(z.object({ campaignId: z.string() })).parse(byCampaign).length
  }

  it('is taken out, and nothing is asked twice while none is', async () => {
    expect(calls('/insights')).toHaveLength(1)
    rows.pop()
    await read({ period })
    expect(await shown()).toBe(19)
    expect(calls('/insights')).toHaveLength(3)
    await read({ period })
    expect(calls('/insights')).toHaveLength(4)
  })

  it('stays when so many are missing that it is the answer that lacks something', async () => {
    rows.length = 0
    await read({ period })
    expect(await shown()).toBe(20)
  })
})

describe('an ad account that several projects share', () => {
  it('gives each project what was not given to another, and is read for all of them', async () => {
    const other = await newProject()
    const now = '2026-11-22T09:00:00.000Z'
    const [own, given] = [`1${meta.accountId}`, `2${meta.accountId}`]
    await env.DB.prepare(`INSERT INTO meta_routes VALUES ('campaign', ?1, ?2, ?3, ?3)`)
      .bind(given, other, now)
      .run()
    const today = dayOf(Date.now(), ZONE)
    outside.answer(({ name }) =>
      name.endsWith('/insights') ? page([row(today, own), row(today, given)]) : undefined,
    )
    await read({ days: 28 })
    expect(await stats()).toMatchObject({
      totals: { spend: { amount: '10.00' } },
      byCampaign: [{ campaignId: own }],
      byDay: [{ spend: { amount: '10.00' } }],
    })
    const spent = async (id: string) =>
      z
        .object({ totals: z.object({ spend: z.object({ amount: z.string() }) }) })
        .parse(await env.KV_META.get(snapshotKey(id), 'json')).totals.spend.amount
    expect(await spent(projectId)).toBe('10.00')
    expect(await spent(other)).toBe('20.00')
  })
})

describe('the numbers of a project', () => {
  const today = () => dayOf(Date.now(), ZONE)
  const CAMPAIGN = '120210000000000101'

  async function lead(change: Partial<LeadData>): Promise<void> {
    const id = crypto.randomUUID()
    const decision = decide(
      null,
      {
        id,
        type: 'receive',
        by: null,
        lead: { projectId, source: 'facebook', sourceRef: id, name: 'Aziza' },
      },
      new Date().toISOString(),
    )
    if (!decision.ok) throw new Error(decision.code)
    await projectLeads(env.DB, [{ ...decision.lead, campaignId: CAMPAIGN, adId: '301', ...change }])
  }

  beforeEach(async () => {
    const data = [
      row(today(), CAMPAIGN, {
        spend: '60',
        actions: actions({
          lead: '5',
          leadgen_grouped: '4',
          'onsite_conversion.messaging_conversation_started_7d': '7',
          omni_purchase: '1.5',
        }),
        results: [{ indicator: 'actions:lead', values: [{ value: '5' }] }],
      }),
      row(today(), '12', { spend: '6' }),
    ]
    outside.answer(({ name }) => (name.endsWith('/insights') ? page(data) : undefined))
    await read({ days: 2 })
    const firstResponseAt = new Date().toISOString()
    const taken = { status: 'in_progress', firstResponseAt } as const
    const closed = { status: 'closed', firstResponseAt } as const
    await lead({})
    await lead(taken)
    await lead({ ...closed, outcome: 'won', adId: '302' })
    await lead({ status: 'closed', outcome: 'spam', adId: null })
    // Neither tests nor repeats that were merged are counted.
    await lead({ isTest: true })
    await lead({ ...closed, outcome: null })
    await lead({ campaignId: null, adId: null })
    await lead({ campaignId: '99', adId: null })
    await lead({ source: 'telegram', campaignId: null, adId: null })
  })

  it('say what a lead, a taken and a won one cost, by campaign, and count by ad', async () => {
    const { byOutcome, outcomeCosts } = await stats()
    expect(byOutcome).toEqual({
      received: 7,
      waiting: 4,
      inProgress: 1,
      won: 1,
      lost: 0,
      spam: 1,
      taken: 2,
    })
    const usd = (amount: string) => ({ amount, currency: 'USD' })
    expect(outcomeCosts).toMatchObject({
      total: { received: 5, spend: usd('66.00'), costPerLead: usd('13.20'), noCost: null },
      byCampaign: [
        {
          campaignId: CAMPAIGN,
          name: `Campaign ${CAMPAIGN}`,
          received: 4,
          taken: 2,
          won: 1,
          spam: 1,
          spend: usd('60.00'),
          costPerLead: usd('15.00'),
          costPerTaken: usd('30.00'),
          costPerWon: usd('60.00'),
        },
        { campaignId: '12', received: 0, spend: usd('6.00'), costPerLead: null, noCost: null },
        { campaignId: '99', received: 1, spend: null, costPerLead: null, noCost: 'no_insights' },
      ],
      withoutCampaign: { received: 1, costPerLead: null, noCost: 'no_campaign' },
    })
    const { byAd } = z.object({ byAd: z.array(z.unknown()) }).parse(outcomeCosts)
    expect(byAd).toHaveLength(2)
    expect(byAd).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ adId: '301', campaignId: CAMPAIGN, received: 2, taken: 1 }),
        expect.objectContaining({ adId: '302', won: 1, noCost: 'spend_is_by_campaign' }),
      ]),
    )
  })

  it('keep what Meta calls Results, conversations and purchases beside leads', async () => {
    expect(await stats()).toMatchObject({
      totals: { leads: 5, formLeads: 4, messages: 7, purchases: 1.5 },
      byCampaign: [
        { results: { count: 5, indicator: 'actions:lead' } },
        { campaignId: '12', results: null },
      ],
    })
  })

  it('stand beside our own count, with what may make the two differ', async () => {
    const { comparison } = await stats(`&from=${today()}&to=${today()}`)
    expect(comparison).toMatchObject({ meta: 4, own: 6 })
    const { reasons } = z
      .object({ reasons: z.array(z.object({ code: z.string(), text: z.string().min(20) })) })
      .parse(comparison)
    expect(reasons.map(({ code }) => code)).toEqual([
      'day_of_impression',
      'short_period',
      'still_changing',
      'without_campaign',
      'merged',
    ])
  })

  it('say where they are from, and which days were never read', async () => {
    const [from, to] = [lastDays(28, ZONE, Date.now()).from, today()]
    const { provenance } = await stats('&compare=true')
    expect(provenance).toMatchObject({
      meta: {
        source: 'meta',
        accountId: meta.accountId,
        currency: 'USD',
        timezone: ZONE,
        attribution: expect.stringContaining('ad set'),
        from,
        to,
        unreadDays: 26,
        fetchedAt: expect.stringMatching(/^20.*Z$/),
      },
      before: { to: lastDays(29, ZONE, Date.now()).from, unreadDays: 28, fetchedAt: null },
      own: { source: 'targetbot', projectId, timezone: 'Asia/Tashkent' },
    })
    await read({ days: 28 })
    expect(await stats()).toMatchObject({ provenance: { meta: { unreadDays: 0 } } })
  })
})

describe('asking for days to be read', () => {
  const refresh = (body?: object) =>
    ask('POST', `/api/stats/refresh?project=${projectId}`, { key, ...(body ? { body } : {}) })

  async function asked(body?: object): Promise<Period[]> {
    outside.answer(({ name }) => (name.endsWith('/insights') ? page([]) : undefined))
    const answer = await refresh(body)
    expect(answer.status).toBe(202)
    const { id } = z.object({ id: z.string().max(64) }).parse(await answer.json())
    await using instance = await introspectWorkflowInstance(env.AGGREGATE_INSIGHTS, id)
    await instance.waitForStatus('complete')
    return calls('/insights').map(rangeOf)
  }

  it('reads these', async () => {
    const days = { from: '2026-09-01', to: '2026-09-30' }
    expect(await asked(days)).toEqual([days])
  })

  it('reads the last 28 when it names none', async () => {
    expect(await asked()).toEqual([lastDays(28, ZONE, Date.now())])
  })

  it('reads with the last 28 what was not read since Meta has stopped changing it', async () => {
    const day = (ago: number) => lastDays(ago + 1, ZONE, Date.now()).from
    const at = (date: string, days: number) =>
      new Date(Date.parse(date) + days * 86_400_000).toISOString()
    const readAt = async (date: string, time: string) =>
      markRead(env.DB, { accountId: meta.accountId, from: date, to: date }, time)
    await readAt(day(60), at(day(60), 30))
    await readAt(day(40), at(day(40), 28))
    await readAt(day(35), at(day(35), 30))
    expect(await asked()).toEqual([{ from: day(40), to: day(0) }])
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 })
    // What was settled by that is asked for no more; which day is the next depends on the hour.
    expect([day(28), day(29)]).toContain((await asked()).at(-1)?.from)
  })

  it('reads as far as the days have come', async () => {
    const { from, to } = lastDays(3, ZONE, Date.now())
    expect(await asked({ from, to: '2999-01-01' })).toEqual([{ from, to }])
  })

  it.each([
    [{ from: '2020-01-01', to: '2020-02-01' }, '37 months'],
    [{ from: '2026-09-02', to: '2026-09-01' }, 'after'],
    [{ from: '2999-01-01' }, 'still to come'],
    [{ from: 'yesterday' }, 'from'],
  ])('refuses %j', async (body, words) => {
    const answer = await refresh(body)
    expect(answer.status).toBe(400)
    expect((await errorOf(answer)).message).toContain(words)
  })

  it('is one reading, however often it is asked for within a minute', async () => {
    const now = Date.now()
    outside.answer(({ name }) => (name.endsWith('/insights') ? page([]) : undefined))
    const period = { from: '2026-09-01', to: '2026-09-30' }
    const ids = await Promise.all(
      [1, 2].map(() => startAggregation(env, projectId, { period }, now)),
    )
    expect(new Set(ids).size).toBe(1)
    expect(ids[0]).not.toBe(
      await startAggregation(env, projectId, { period: { ...period, to: '2026-10-01' } }, now),
    )
  })
})
