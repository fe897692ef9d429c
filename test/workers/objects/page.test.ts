import { evictDurableObject, introspectWorkflow, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deleteConnection } from '../../../src/store/connections.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { NO_VALUES } from '../../../src/meta/notifications.ts'
import { listParked } from '../../../src/store/parked.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { toldOfFacebook } from '../chats.ts'
import { FakeMeta, phoneOf } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { newId } from '../updates.ts'

let outside: Outside
let meta: FakeMeta
let chatId: string

beforeEach(async () => {
  outside = new Outside()
  meta = new FakeMeta(outside)
  chatId = String(-1_000_000_000_000 - newId())
  await updateProject(env.DB, 'main', { chatId, threadId: null })
})

afterEach(async () => {
  vi.useRealTimers()
  // The admins hear of this test before the next one looks, and no later tick of the cron finds it.
  await connectionOf(env, meta.userId).kick()
  await conversationOf(env, '1001').kick()
  await deleteConnection(env.DB, meta.userId)
})

/** A page whose connection can be asked about it. */
async function servedPage(): Promise<void> {
  await connectionOf(env, meta.userId).adopt('token-1')
  await connectionOf(env, meta.userId).kick()
}

function notification(leadgenId: string) {
  return { leadgenId, formId: '77', adId: null, createdAt: '2026-11-22T09:00:00.000Z' }
}

async function receive(...leadgenIds: string[]): Promise<void> {
  await pageOf(env, meta.pageId).receive({ leads: leadgenIds.map(notification), malformed: [] })
}

async function work(): Promise<void> {
  await pageOf(env, meta.pageId).kick()
  await conversationOf(env, chatId).kick()
}

async function leadOfMeta(leadgenId: string) {
  return (await leadOf(env, leadIdOf('facebook', leadgenId)).read())?.lead
}

function cards(): string[] {
  const sent = outside.sent('sendMessage', chatId).filter(({ params }) => params['reply_markup'])
  return sent.map(({ params }) => String(params['text']))
}

describe('a page that is served', () => {
  it('reads many leads in one call, makes them and shows each once', async () => {
    await servedPage()
    const ids = Array.from({ length: 15 }, () => meta.newLead())
    await receive(...ids)
    await work()
    expect(meta.calls('batch')).toHaveLength(1)
    expect(cards()).toHaveLength(15)
    expect(await leadOfMeta(ids[7] ?? '')).toMatchObject({
      name: `Aziza ${ids[7]}`,
      phone: phoneOf(ids[7] ?? ''),
      details: 'complete',
      source: 'facebook',
      createdAt: '2026-11-22T09:00:00.000Z',
    })
  })

  it('makes one lead and one card of the same webhook delivered ten times at once', async () => {
    await servedPage()
    const id = meta.newLead()
    await Promise.all(Array.from({ length: 10 }, () => receive(id)))
    await work()
    await receive(id)
    await work()
    expect(cards()).toHaveLength(1)
  })

  it('makes the lead from the notification when Meta is slow, and fills it in later', async () => {
    await servedPage()
    const id = meta.newLead()
    const answer = meta.holdReading()
    const shown = outside.next('sendMessage', chatId)
    await receive(id)
    expect((await shown).params['text']).toContain('читаются')
    expect(await leadOfMeta(id)).toMatchObject({ details: 'pending', name: null })
    answer()
    await work()
    expect(await leadOfMeta(id)).toMatchObject({ details: 'complete', name: `Aziza ${id}` })
    expect(cards()).toHaveLength(1)
  })

  it('fills in a lead that an earlier life made and did not get to note', async () => {
    await servedPage()
    const id = meta.newLead()
    const leadId = leadIdOf('facebook', id)
    const lead = {
      projectId: 'main',
      source: 'facebook',
      sourceRef: id,
      details: 'pending',
    } as const
    await leadOf(env, leadId).carryOut({ id: leadId, type: 'receive', lead, by: null })
    await leadOf(env, leadId).show()
    await receive(id)
    await work()
    await work()
    expect(await leadOfMeta(id)).toMatchObject({ details: 'complete', name: `Aziza ${id}` })
  })

  it('makes the lead although its connection is broken', async () => {
    await servedPage()
    await runInDurableObject(connectionOf(env, meta.userId), (_, { storage }) =>
      storage.sql.exec('ALTER TABLE pause RENAME TO pause_away'),
    )
    const id = meta.newLead()
    await receive(id)
    await work()
    expect(await leadOfMeta(id)).toMatchObject({ details: 'pending' })
  })

  it('does not wait for quiet for ever while the clock stands still', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await servedPage()
    const shown = outside.next('sendMessage', chatId)
    const begun = performance.now()
    await receive(meta.newLead())
    expect((await shown).params['text']).toContain('Aziza')
    // Long before the alarm that would come to the help of a life that hangs.
    expect(performance.now() - begun).toBeLessThan(5_000)
  })

  it('shows each lead once although everything dies and begins again in the middle', async () => {
    await servedPage()
    const ids = Array.from({ length: 12 }, () => meta.newLead())
    await receive(...ids)
    await Promise.all([crash(pageOf(env, meta.pageId)), crash(conversationOf(env, chatId))])
    await outside.arrived()
    await work()
    await Promise.all([crash(pageOf(env, meta.pageId)), crash(conversationOf(env, chatId))])
    await outside.arrived()
    await receive(...ids)
    await work()
    await evictDurableObject(pageOf(env, meta.pageId))
    await work()
    // A lead of an earlier test may still come to its card.
    const shown = cards().filter((card) => ids.some((id) => card.includes(id)))
    expect(new Set(shown).size).toBe(12)
    expect(shown).toHaveLength(12)
  })
})

describe('leads that Meta does not give', () => {
  const MINUTE = 60_000

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await servedPage()
  })

  async function later(ms: number): Promise<void> {
    vi.setSystemTime(Date.now() + ms)
    await work()
  }

  async function complete(ids: string[]): Promise<number> {
    const leads = await Promise.all(ids.map(leadOfMeta))
    return leads.filter((lead) => lead?.details === 'complete').length
  }

  /** Parts of a batch, each answered by the place of its lead. */
  function answerParts(answer: (index: number, id: string) => Response | undefined): void {
    outside.answer(async ({ params }) => {
      if (!('batch' in params)) return undefined
      const parts = JSON.parse(String(params['batch'])) as { relative_url: string }[]
      const answers = parts.map(({ relative_url: url }, index) => {
        const id = /\/(\d+)\?/.exec(url)?.[1] ?? ''
        return answer(index, id) ?? meta.lead(id)
      })
      return Response.json(
        await Promise.all(
          answers.map(async (one) => ({ code: one.status, headers: [], body: await one.text() })),
        ),
      )
    })
  }

  it('hold up no other, and are given up only after a day', async () => {
    const [gone, good] = [String(newId()), meta.newLead()]
    await receive(gone, good)
    await work()
    expect(await leadOfMeta(good)).toMatchObject({ details: 'complete' })
    for (let hour = 0; hour < 23; hour++) await later(60 * MINUTE)
    expect(await leadOfMeta(gone)).toMatchObject({ details: 'pending' })
    await later(60 * MINUTE)
    await later(60 * MINUTE)
    expect(await leadOfMeta(gone)).toMatchObject({ details: 'unavailable' })
    const parked = await listParked(env.DB, { reason: 'LEAD_UNREADABLE: 100/33', limit: 200 })
    expect(parked.filter(({ name }) => name === meta.pageId)).toHaveLength(1)
  })

  it('are read after all when somebody connects again', async () => {
    const gone = String(newId())
    await receive(gone)
    for (let hour = 0; hour < 26; hour++) await later(60 * MINUTE)
    expect((await pageOf(env, meta.pageId).owed()).parked).toBe(1)
    meta.know(gone)
    await servedPage()
    await work()
    expect(await leadOfMeta(gone)).toMatchObject({ details: 'complete' })
    expect((await pageOf(env, meta.pageId).owed()).parked).toBe(0)
  })

  it('are never given up for what is our mistake', async () => {
    const id = meta.newLead()
    let isWrong = true
    outside.answer(({ name }) => (isWrong && name.endsWith(`/${id}`) ? metaError(104) : undefined))
    await receive(id)
    for (let hour = 0; hour < 30; hour++) await later(60 * MINUTE)
    expect(await leadOfMeta(id)).toMatchObject({ details: 'pending' })
    isWrong = false
    await later(60 * MINUTE)
    expect(await leadOfMeta(id)).toMatchObject({ details: 'complete' })
  })

  it('wait together, with nothing asked of each, while a permission is missing', async () => {
    const ids = Array.from({ length: 60 }, () => meta.newLead())
    let isMissing = true
    answerParts(() => (isMissing ? metaError(10) : undefined))
    await receive(...ids)
    await work()
    await later(11 * MINUTE)
    expect((await pageOf(env, meta.pageId).owed()).waiting).toBeLessThan(5)
    expect(meta.calls('batch').length).toBeLessThan(10)
    expect(ids.flatMap((id) => meta.calls(`/${id}`))).toEqual([])
    await connectionOf(env, meta.userId).kick()
    expect(await toldOfFacebook(outside)).toEqual([
      expect.stringContaining('не отдаёт данные заявок'),
    ])
    isMissing = false
    await later(11 * MINUTE)
    expect(await complete(ids)).toBe(60)
  })

  it('go again together when only some may be read', async () => {
    const ids = Array.from({ length: 20 }, () => meta.newLead())
    let isMissing = true
    answerParts((_, id) => (isMissing && ids.indexOf(id) >= 10 ? metaError(200) : undefined))
    await receive(...ids)
    await work()
    expect(await complete(ids)).toBe(10)
    expect((await pageOf(env, meta.pageId).owed()).waiting).toBe(1)
    isMissing = false
    await later(11 * MINUTE)
    expect(await complete(ids)).toBe(20)
    expect(ids.flatMap((id) => meta.calls(`/${id}`))).toEqual([])
  })

  it('keep nothing back that was read before a limit was met', async () => {
    const ids = Array.from({ length: 50 }, () => meta.newLead())
    let isFull = true
    answerParts((index) => (isFull && index >= 40 ? metaError(80005) : undefined))
    await receive(...ids)
    await work()
    expect(await complete(ids)).toBe(40)
    isFull = false
    await later(6 * MINUTE)
    expect(await complete(ids)).toBe(50)
    const last = String(meta.calls('batch').at(-1)?.params['batch'])
    expect(JSON.parse(last)).toHaveLength(10)
  })
})

describe('a page whose token has died', () => {
  it('shows leads with details pending, tells the admins once, and fills in after reconnecting', async () => {
    meta.userName = `Owner ${meta.userId}`
    await servedPage()
    meta.killToken(190, 460)
    const ids = [meta.newLead(), meta.newLead()]
    await receive(...ids)
    await work()
    expect(await leadOfMeta(ids[0] ?? '')).toMatchObject({ details: 'pending' })
    expect(cards()).toEqual([
      expect.stringContaining('читаются'),
      expect.stringContaining('читаются'),
    ])
    await connectionOf(env, meta.userId).kick()
    await conversationOf(env, '1001').kick()
    const told = () =>
      outside
        .sent('sendMessage', '1001')
        .filter(({ params }) => String(params['text']).includes(`потеряна</b> (${meta.userName})`))
    expect(told()).toHaveLength(1)
    meta.revive()
    await servedPage()
    await work()
    expect(await leadOfMeta(ids[1] ?? '')).toMatchObject({ details: 'complete' })
    expect(told()).toHaveLength(1)
  })
})

describe('a page nobody connected', () => {
  it('makes and shows leads at once, and waits with their details', async () => {
    const id = meta.newLead()
    await receive(id)
    await work()
    expect(await leadOfMeta(id)).toMatchObject({ details: 'pending', status: 'new' })
    expect(cards()).toHaveLength(1)
    await servedPage()
    await work()
    expect(await leadOfMeta(id)).toMatchObject({ details: 'complete' })
  })
})

describe('what waited for long', () => {
  it('is given up only when it has failed for hours, not at the first failure', async () => {
    const HOUR = 3_600_000
    vi.useFakeTimers({ toFake: ['Date'] })
    const id = meta.newLead()
    await receive(id)
    await work()
    vi.setSystemTime(Date.now() + 24 * HOUR)
    const release = meta.holdReading()
    await servedPage()
    await env.DB.prepare('ALTER TABLE projects RENAME TO projects_away').run()
    release()
    await pageOf(env, meta.pageId).kick()
    const failing = await pageOf(env, meta.pageId).owed()
    vi.setSystemTime(Date.now() + 7 * HOUR)
    await pageOf(env, meta.pageId).kick()
    const failed = await pageOf(env, meta.pageId).owed()
    await env.DB.prepare('ALTER TABLE projects_away RENAME TO projects').run()
    expect(failing).toMatchObject({ waiting: 1, parked: 0 })
    expect(failed.parked).toBe(1)
  })
})

describe('what makes no sense', () => {
  it('is parked with its reason, and holds up nothing', async () => {
    await servedPage()
    const id = meta.newLead()
    const malformed = [{ reason: 'MALFORMED: value.leadgen_id', entry: {} }]
    await pageOf(env, meta.pageId).receive({ leads: [notification(id)], malformed })
    await work()
    expect(await leadOfMeta(id)).toBeDefined()
    const { parked } = await pageOf(env, meta.pageId).owed()
    expect(parked).toBe(1)
  })
})

describe('news without values', () => {
  it('are kept once, and what they were about is looked for', async () => {
    await servedPage()
    const id = meta.newLead()
    outside.answer(({ name }) => {
      if (name.endsWith('/leadgen_forms')) return Response.json({ data: [{ id: '77' }] })
      return name.endsWith('77/leads') ? Response.json({ data: [{ id }] }) : undefined
    })
    const malformed = [{ reason: NO_VALUES, entry: { changed_fields: ['leadgen'] } }]
    await using reconciling = await introspectWorkflow(env.RECONCILE_LEADS)
    for (let n = 0; n < 3; n++) await pageOf(env, meta.pageId).receive({ leads: [], malformed })
    await work()
    const [instance] = await reconciling.get()
    await instance?.waitForStatus('complete')
    await work()
    expect(await leadOfMeta(id)).toBeDefined()
    expect(await pageOf(env, meta.pageId).owed()).toMatchObject({ parked: 1, waiting: 0 })
  })
})
