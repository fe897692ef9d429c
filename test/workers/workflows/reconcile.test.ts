import { introspectWorkflowInstance } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Conversation } from '../../../objects/conversation/conversation.ts'
import { deleteConnection } from '../../../src/store/connections.ts'
import { dayOf } from '../../../src/period.ts'
import { startOnce } from '../../../src/start-once.ts'
import { putMetaRoute } from '../../../src/store/meta-routes.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { listReceipts, listShortReceipts } from '../../../src/store/receipts.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { FakeMeta } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { newId } from '../updates.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

// It is afternoon there, whenever this runs: an hour ago was today.
const OFFSET = 14 - new Date().getUTCHours()
const ZONE = `Etc/GMT${OFFSET > 0 ? '-' : '+'}${Math.abs(OFFSET)}`

interface MetaLead {
  id: string
  created_time: string
  [field: string]: unknown
}

let outside: Outside
let meta: FakeMeta
let chatId: string
let projectId: string
let forms: { id: string; status?: string; leads_count?: number }[]
/** What Meta has of each form. */
let leads: Map<string, MetaLead[]>
/** How many leads Meta lists at a time. */
let atOnce: number

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  const now = Date.now()
  // A workflow goes by its own clock: what was long ago has to have been then.
  vi.setSystemTime(now - 14 * DAY)
  outside = new Outside()
  meta = new FakeMeta(outside)
  chatId = String(-1_000_000_000_000 - newId())
  projectId = crypto.randomUUID()
  await insertProject(env.DB, projectId, 'Clinic')
  await updateProject(env.DB, projectId, { chatId, timezone: ZONE })
  await putMetaRoute(env.DB, { kind: 'page', metaId: meta.pageId, projectId })
  await connectionOf(env, meta.userId).adopt('token-1')
  await connectionOf(env, meta.userId).kick()
  vi.setSystemTime(now)
  forms = [{ id: String(newId()) }]
  leads = new Map()
  atOnce = 100
  outside.answer(({ name, params }) => {
    if (name.endsWith('/leadgen_forms')) return Response.json({ data: forms })
    const id = /\/(\d+)\/leads$/.exec(name)?.[1]
    return id ? listed(leads.get(id) ?? [], params) : undefined
  })
})

afterEach(async () => {
  vi.useRealTimers()
  // The admins hear of this test before the next one looks, and no later tick of the cron finds it.
  await connectionOf(env, meta.userId).kick()
  await conversationOf(env, '1001').kick()
  await deleteConnection(env.DB, meta.userId)
})

/** As Meta lists them: those after the time that was asked for, newest first, `atOnce` to a page. */
function listed(all: MetaLead[], params: Record<string, unknown>): Response {
  const [since] = z
    .array(z.object({ value: z.number() }))
    .parse(JSON.parse(String(params['filtering'])))
  const wanted = all.filter((lead) => Date.parse(lead.created_time) / 1000 > (since?.value ?? 0))
  const from = Number(params['after'] ?? 0)
  const next = from + atOnce < wanted.length ? { next: 'https://graph.test/next' } : {}
  const paging = { cursors: { after: String(from + atOnce) }, ...next }
  return Response.json({ data: wanted.slice(from, from + atOnce), paging })
}

const page = () => pageOf(env, meta.pageId)
const formId = () => forms[0]?.id ?? ''

/** A lead that Meta has of a form; no webhook tells of it. */
function left(form = formId(), at = Date.now() - 10 * MINUTE, fields: object = {}): string {
  const id = meta.newLead()
  const lead = { id, created_time: isoOfMeta(at), field_data: [], ...fields }
  leads.set(form, [lead, ...(leads.get(form) ?? [])])
  return id
}

function isoOfMeta(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, '+0000')
}

async function told(...ids: string[]): Promise<void> {
  const all = ids.map((leadgenId) => ({ leadgenId, formId: formId(), adId: '5', createdAt: null }))
  await page().receive({ leads: all, malformed: [] })
}

async function work(): Promise<void> {
  await page().kick()
  await conversationOf(env, chatId).kick()
}

async function made(id: string): Promise<boolean> {
  return (await leadOf(env, leadIdOf('facebook', id)).read()) !== null
}

async function run(
  params: { days?: number; receipts?: boolean } = {},
  status: 'complete' | 'errored' = 'complete',
): Promise<unknown> {
  const id = crypto.randomUUID()
  await using instance = await introspectWorkflowInstance(env.RECONCILE_LEADS, id)
  await instance.modify(async (m) => {
    await m.disableRetryDelays()
    await m.disableSleeps()
  })
  await startOnce(env.RECONCILE_LEADS, id, { pageId: meta.pageId, days: 1, ...params })
  await instance.waitForStatus(status)
  return status === 'complete' ? instance.getOutput() : instance.getError()
}

function sinceOf(form = formId()): number {
  const call = meta.calls(`${form}/leads`).at(-1)
  const filters = z.array(z.object({ value: z.number() }))
  return filters.parse(JSON.parse(String(call?.params['filtering'])))[0]?.value ?? 0
}

describe('the forms of a page', () => {
  it('are listed once an hour, and a new one is read from then on', async () => {
    await run()
    const late = String(newId())
    forms = [...forms, { id: late }]
    const missed = left(late)
    await run()
    expect(meta.calls('/leadgen_forms')).toHaveLength(1)
    expect(meta.calls(`${late}/leads`)).toHaveLength(0)
    vi.setSystemTime(Date.now() + 61 * MINUTE)
    await run()
    await work()
    expect(meta.calls('/leadgen_forms')).toHaveLength(2)
    expect(await made(missed)).toBe(true)
  })

  it('are read at once when a webhook has named one, listed or not', async () => {
    await run()
    const late = String(newId())
    outside.answer(({ name }) =>
      name.endsWith(`/${late}`) ? Response.json({ id: late, questions: [] }) : undefined,
    )
    const notification = { leadgenId: meta.newLead(), formId: late, adId: '5', createdAt: null }
    outside.answer(({ name }) =>
      name.endsWith(`/${notification.leadgenId}`)
        ? Response.json({ id: notification.leadgenId, form_id: late })
        : undefined,
    )
    await page().receive({ leads: [notification], malformed: [] })
    await work()
    const missed = left(late)
    await run()
    await work()
    expect(await made(missed)).toBe(true)
  })

  it('are read as they are known while Meta does not list them', async () => {
    await run()
    vi.setSystemTime(Date.now() + 61 * MINUTE)
    outside.answer(({ name }) => (name.endsWith('/leadgen_forms') ? metaError(200) : undefined))
    const missed = left()
    expect(await run()).toEqual({ missing: 1 })
    await work()
    expect(await made(missed)).toBe(true)
  })

  it('are read for a week after they were closed, and those closed before us never', async () => {
    const closed = String(newId())
    forms = [...forms, { id: closed, status: 'ARCHIVED' }]
    await run()
    vi.setSystemTime(Date.now() + 61 * MINUTE)
    forms = forms.map((form) => ({ ...form, status: 'ARCHIVED' }))
    await run()
    const count = meta.calls(`${formId()}/leads`).length
    expect(count).toBe(2)
    expect(meta.calls(`${closed}/leads`)).toHaveLength(0)
    vi.setSystemTime(Date.now() + 9 * DAY)
    await run()
    expect(meta.calls(`${formId()}/leads`)).toHaveLength(count)
  })
})

describe('a list of leads', () => {
  it('is read to its last page, and every lead of it is taken in once', async () => {
    atOnce = 2
    const all = Array.from({ length: 7 }, (_, n) => left(formId(), Date.now() - n * MINUTE))
    // Some of them a webhook tells of, twice and in another order.
    await told(...all.slice(0, 4).toReversed())
    const [output] = await Promise.all([run(), told(...all.slice(2, 6))])
    await work()
    expect(output).toMatchObject({ missing: expect.any(Number) })
    expect(await Promise.all(all.map(made))).toEqual(all.map(() => true))
    const cards = outside.sent('sendMessage', chatId).map(({ params }) => String(params['text']))
    expect(cards).toHaveLength(7)
    expect(await run()).toEqual({ missing: 0 })
  })

  it('that breaks off leaves what was read, and is read from its beginning the next time', async () => {
    atOnce = 2
    const all = Array.from({ length: 5 }, (_, n) => left(formId(), Date.now() - n * MINUTE))
    let isBroken = true
    outside.answer(({ name, params }) =>
      isBroken && name.endsWith('/leads') && params['after'] === '2' ? metaError(190) : undefined,
    )
    await run({}, 'errored')
    expect(await page().readTo(formId())).toBe(0)
    await work()
    // The newest stand first in Meta's list.
    const listed = leads.get(formId())?.map(({ id }) => id) ?? []
    expect(await Promise.all(listed.map(made))).toEqual([true, true, false, false, false])
    isBroken = false
    await connectionOf(env, meta.userId).adopt('token-2')
    await connectionOf(env, meta.userId).kick()
    expect(await run()).toEqual({ missing: 3 })
    await work()
    expect(await Promise.all(all.map(made))).toEqual(all.map(() => true))
    expect(await page().readTo(formId())).toBeGreaterThan(0)
  })

  it('is lost by nobody who dies after it was kept and before that was noted', async () => {
    const id = left()
    const query = { formId: formId(), since: 0, after: null }
    expect(await page().reconcile(query)).toMatchObject({ ok: true, value: { missing: 1 } })
    await crash(page())
    expect(await page().readTo(formId())).toBe(0)
    await page().reconcile(query)
    await crash(page())
    await work()
    expect(await made(id)).toBe(true)
    expect(await page().reconcile(query)).toMatchObject({ value: { found: 1, missing: 0 } })
    expect(outside.sent('sendMessage', chatId)).toHaveLength(1)
  })
})

describe('after an outage', () => {
  it('leads are taken in from where it began', async () => {
    const now = Math.floor(Date.now() / 1000)
    const begun = now - 3 * 86_400
    await page().setReadTo(formId(), begun)
    const missed = left(formId(), (begun + 3_600) * 1000)
    left(formId(), (begun - 3_600) * 1000)
    expect(await run()).toEqual({ missing: 1 })
    expect(sinceOf()).toBe(begun)
    await work()
    expect(await made(missed)).toBe(true)
    // The next one reads its day again, and no more.
    await run()
    expect(Math.abs(sinceOf() - (now - 86_400))).toBeLessThan(60)
  })
})

describe('the quota of a page', () => {
  it('with many forms and no leads stretches the time between two comparings', async () => {
    forms = Array.from({ length: 60 }, () => ({ id: String(newId()) }))
    const read = () => meta.calls('/leads').length
    await run()
    expect(read()).toBe(60)
    vi.setSystemTime(Date.now() + 15 * MINUTE)
    expect(await run()).toEqual({ missing: 0 })
    expect(read()).toBe(60)
    vi.setSystemTime(Date.now() + 25 * MINUTE)
    await run()
    expect(read()).toBe(120)
  })

  it('holds back nobody who has leads enough', async () => {
    forms = Array.from({ length: 20 }, () => ({ id: String(newId()), leads_count: 40 }))
    await run()
    vi.setSystemTime(Date.now() + 15 * MINUTE)
    await run()
    expect(meta.calls('/leads')).toHaveLength(40)
  })
})

describe('a receipt', () => {
  const today = () => dayOf(Date.now(), ZONE)
  const yesterday = () => dayOf(Date.now() - DAY, ZONE)
  const receipts = () => listReceipts(env.DB, { projectId, from: '2000-01-01', to: '2100-01-01' })

  it('says what Meta has, what we hold and what was shown, day by day', async () => {
    left(formId(), Date.now() - DAY)
    left(formId(), Date.now() - 2 * HOUR)
    left(formId(), Date.now() - HOUR)
    await run()
    await work()
    await run({ days: 7, receipts: true })
    const all = await receipts()
    expect(all).toHaveLength(7)
    expect(all[0]).toMatchObject({ date: today(), meta: 2, held: 2, shown: 2, state: 'complete' })
    expect(all[0]?.slowestSeconds).toBeGreaterThanOrEqual(7_200)
    expect(all[0]?.slowestSeconds).toBeLessThan(7_300)
    expect(all[1]).toMatchObject({ date: yesterday(), meta: 1, held: 1, shown: 1 })
    expect(all[2]).toMatchObject({ meta: 0, held: 0, shown: 0, slowestSeconds: null })
    expect(await listShortReceipts(env.DB, projectId, '2000-01-01')).toEqual([])
  })

  it('is short while managers cannot be shown what is held, and complete once they are', async () => {
    outside.answer(({ name }) =>
      name === 'sendMessage' ? new Response('x', { status: 502 }) : undefined,
    )
    const id = left(formId(), Date.now() - HOUR)
    await run()
    await work()
    await run({ days: 7, receipts: true })
    expect(await listShortReceipts(env.DB, projectId, today())).toMatchObject([
      { date: today(), meta: 1, held: 1, shown: 0, slowestSeconds: null, state: 'short' },
    ])
    // Somebody has taken it where it stands in a list: it was seen.
    const by = { id: '1002', name: 'Olim', role: 'manager' } as const
    await leadOf(env, leadIdOf('facebook', id)).carryOut({ id: 'c', type: 'claim', by })
    await leadOf(env, leadIdOf('facebook', id)).kick()
    await run({ days: 7, receipts: true })
    expect(await listShortReceipts(env.DB, projectId, today())).toEqual([])
  })

  it('is given when the cards that wait for the group’s pace are sent', async () => {
    left(formId(), Date.now() - HOUR)
    const asked = vi.spyOn(Conversation.prototype, 'cardsWaiting').mockResolvedValueOnce(7)
    await run({ days: 7, receipts: true })
    expect(asked.mock.settledResults.map(({ value }) => value)).toEqual([7, 0])
    expect(await listShortReceipts(env.DB, projectId, today())).toEqual([])
  })

  it('counts what was missing after it was taken in, and no test leads', async () => {
    left(formId(), Date.now() - HOUR)
    const dummy = [{ name: 'full_name', values: ['<test lead: dummy data for full_name>'] }]
    left(formId(), Date.now() - HOUR, { field_data: dummy })
    expect(await run({ days: 7, receipts: true })).toEqual({ missing: 2 })
    const [first] = await receipts()
    expect(first).toMatchObject({ meta: 1, held: 1 })
  })

  it('is short of a lead that Meta has and we do not', async () => {
    left(formId(), Date.now() - HOUR)
    const since = Math.floor(Date.now() / 1000) - 7 * 86_400
    const until = Math.floor(Date.now() / 1000)
    const counted = await page().count({ formId: formId(), since, until, after: null })
    if (!counted.ok) throw new Error(counted.code)
    await page().giveReceipts(counted.value.tallies, since, until)
    expect((await receipts())[0]).toMatchObject({ meta: 1, held: 0, shown: 0, state: 'short' })
  })

  it('is not given when a form could not be read', async () => {
    outside.answer(({ name }) => (name.endsWith('/leads') ? metaError(100, 33) : undefined))
    await run({ days: 7, receipts: true }, 'errored')
    expect(await receipts()).toEqual([])
  })
})
