import { evictDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { updateProject } from '../../../src/store/projects.ts'
import { listParked } from '../../../src/store/parked.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { FakeMeta, phoneOf } from '../fake-meta.ts'
import { Outside } from '../outside.ts'
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

  it('keeps a lead that Meta does not give apart, and gives it up only after several tries', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await servedPage()
    const [gone, good] = [String(newId()), meta.newLead()]
    await receive(gone, good)
    await work()
    expect(await leadOfMeta(good)).toMatchObject({ details: 'complete' })
    for (let day = 0; day < 8; day++) {
      vi.setSystemTime(Date.now() + 600_000)
      await pageOf(env, meta.pageId).kick()
    }
    vi.useRealTimers()
    expect(await leadOfMeta(gone)).toMatchObject({ details: 'unavailable' })
    const parked = await listParked(env.DB, { reason: 'LEAD_UNREADABLE: 100/33', limit: 200 })
    expect(parked.some(({ name }) => name === meta.pageId)).toBe(true)
  })

  it('shows each lead once although everything dies and begins again in the middle', async () => {
    await servedPage()
    const ids = Array.from({ length: 12 }, () => meta.newLead())
    await receive(...ids)
    await Promise.all([crash(pageOf(env, meta.pageId)), crash(conversationOf(env, chatId))])
    await work()
    await Promise.all([crash(pageOf(env, meta.pageId)), crash(conversationOf(env, chatId))])
    await receive(...ids)
    await work()
    await evictDurableObject(pageOf(env, meta.pageId))
    await work()
    expect(new Set(cards()).size).toBe(12)
    expect(cards()).toHaveLength(12)
  })
})

describe('a page whose token has died', () => {
  it('shows leads with details pending, tells the admins once, and fills in after reconnecting', async () => {
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
        .filter(({ params }) => /потеряна/.test(String(params['text'])))
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
