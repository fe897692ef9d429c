import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listAudit } from '../../../src/store/audit.ts'
import { findProject } from '../../../src/store/projects.ts'
import { watchOf } from '../../../src/stubs.ts'
import { isoTime } from '../../../src/time.ts'
import { alertSchema } from '../../../src/watch/alert.ts'
import { Advertised } from '../advertised.ts'
import { Outside } from '../outside.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

const page = z.object({ items: z.array(alertSchema), nextCursor: z.string().nullable() })
const DAY_MS = 86_400_000

let ads: Advertised
let key: string

beforeEach(async () => {
  ads = await new Advertised(new Outside()).begin()
  key = (await newKey('admin')).key
})

const list = async (query = '') =>
  read(page, await ask('GET', `/api/alerts?project=${ads.projectId}${query}`, { key }))

describe('GET /api/alerts', () => {
  it('lists what is open and what was, newest first, page by page', async () => {
    await ads.spend(20, 0)
    await ads.look()
    await ads.spend(30, 4)
    await ads.look()
    const { items } = await list()
    expect(items.map(({ kind, state }) => [kind, state])).toEqual([
      ['cpl', 'open'],
      ['barren', 'over'],
    ])
    expect((await list('&state=open')).items.map(({ kind }) => kind)).toEqual(['cpl'])
    const first = await list('&limit=1')
    expect(first.items.map(({ kind }) => kind)).toEqual(['cpl'])
    const second = await list(`&limit=1&cursor=${first.nextCursor ?? ''}`)
    expect(second.items.map(({ kind }) => kind)).toEqual(['barren'])
  })

  it('tells what it is about in numbers and names', async () => {
    await ads.spend(20, 0)
    await ads.look()
    const { items } = await list()
    expect(items).toEqual([
      {
        id: items[0]?.id,
        projectId: ads.projectId,
        kind: 'barren',
        subject: ads.campaignId,
        state: 'open',
        facts: { campaign: 'Leads Nov', spend: { amount: '20.00', currency: 'USD' } },
        campaigns: [{ id: ads.campaignId, name: 'Leads Nov' }],
        openedAt: items[0]?.openedAt,
        overAt: null,
        toldAt: items[0]?.openedAt,
        snoozedUntil: null,
      },
    ])
  })

  it('shows nothing of other projects, and all of them together', async () => {
    const other = await new Advertised(new Outside()).begin()
    await other.spend(20, 0)
    await other.look()
    expect((await list()).items).toEqual([])
    const all = await read(page, await ask('GET', '/api/alerts?state=open', { key }))
    expect(all.items.map(({ projectId }) => projectId)).toContain(other.projectId)
  })

  it.each(['state=lost', 'limit=0', 'limit=201', 'cursor=x'])('refuses %s', async (query) => {
    const response = await ask('GET', `/api/alerts?${query}`, { key })
    expect(response.status).toBe(400)
  })
})

describe('POST /api/alerts/:id/snooze', () => {
  const until = isoTime(Date.now() + DAY_MS)

  async function openAlert(): Promise<string> {
    await ads.spend(20, 0)
    await ads.look()
    return (await list()).items[0]?.id ?? ''
  }

  it('keeps it quiet until then, and writes down who asked, once for its key', async () => {
    const id = await openAlert()
    const headers = { 'idempotency-key': 'snooze-1' }
    for (let n = 0; n < 2; n++) {
      const path = `/api/alerts/${id}/snooze`
      const response = await ask('POST', path, { key, headers, body: { until } })
      expect(await read(alertSchema, response)).toMatchObject({ id, snoozedUntil: until })
    }
    await watchOf(env, ads.projectId).kick()
    expect((await list()).items).toMatchObject([{ id, snoozedUntil: until }])
    const audit = await listAudit(env.DB, { before: null, limit: 20 })
    expect(audit.filter(({ target }) => target === id)).toMatchObject([
      { action: 'alert.snooze', actorName: 'admin key', details: { until } },
    ])
  })

  it.each([
    [isoTime(Date.now() - 1_000)],
    [isoTime(Date.now() + 61 * DAY_MS)],
    ['2026-11-30'],
    ['soon'],
  ])('refuses %s', async (time) => {
    const id = await openAlert()
    const path = `/api/alerts/${id}/snooze`
    const response = await ask('POST', path, { key, body: { until: time } })
    expect(response.status).toBe(400)
    expect((await list()).items[0]?.snoozedUntil).toBeNull()
  })

  it('answers 404 to what is no alert, and 409 to what is over', async () => {
    const none = await ask('POST', '/api/alerts/x/snooze', { key, body: { until } })
    expect(none.status).toBe(404)
    const id = await openAlert()
    await ads.spend(20, 10)
    await ads.look()
    const over = await ask('POST', `/api/alerts/${id}/snooze`, { key, body: { until } })
    expect(over.status).toBe(409)
    expect(await errorOf(over)).toMatchObject({ code: 'CONFLICT' })
  })

  it('is the admins’: managers read', async () => {
    const id = await openAlert()
    const { key: managers } = await newKey('manager')
    const path = `/api/alerts/${id}/snooze`
    const refused = await ask('POST', path, { key: managers, body: { until } })
    expect(refused.status).toBe(403)
    expect((await ask('GET', '/api/alerts', { key: managers })).status).toBe(200)
  })
})

describe('PATCH /api/projects/:id { watch }', () => {
  const change = (watch: object) =>
    ask('PATCH', `/api/projects/${ads.projectId}`, { key, body: { watch } })

  it('changes what is given and leaves the rest as it is', async () => {
    expect((await change({ targetCpl: '7.5', off: ['no_leads'] })).status).toBe(200)
    expect((await change({ hours: { from: 9, to: 21 } })).status).toBe(200)
    expect((await findProject(env.DB, ads.projectId))?.watch).toEqual({
      targetCpl: '7.5',
      spendWithoutLeads: null,
      hours: { from: 9, to: 21 },
      off: ['no_leads'],
    })
  })

  it.each([
    [{ targetCpl: '0' }],
    [{ targetCpl: '-1' }],
    [{ targetCpl: 5 }],
    [{ targetCpl: '1e9' }],
    [{ hours: { from: 22, to: 8 } }],
    [{ off: ['weather'] }],
    [{ target: '5' }],
  ])('refuses %j', async (watch) => {
    expect((await change(watch)).status).toBe(400)
  })
})
