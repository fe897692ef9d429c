import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Connection } from '../../../objects/connection/connection.ts'
import type { Actor, LeadCommand, NewLead } from '../../../src/lead.ts'
import { sendConversions } from '../../../src/meta/send-conversions.ts'
import { conversionsOf } from '../../../src/store/conversions.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { connectionOf, conversationOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { FakeMeta } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { command, newLead, newTeam, type Team } from '../team.ts'

const OLIM: Actor = { id: '7', name: 'Olim', role: 'manager' }
const MINUTE = 60_000
const DAY = 86_400_000

let outside: Outside
let meta: FakeMeta
let team: Team

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  meta = new FakeMeta(outside)
  team = await newTeam()
  const { datasetId, userId } = meta
  await connection().adopt('token-1')
  await connection().kick()
  await updateProject(env.DB, team.projectId, { connectionId: userId, datasetId })
})

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const connection = () => connectionOf(env, meta.userId)

/** A lead of a form, with its id at Meta. */
async function newFormLead(lead: Partial<NewLead> = {}): Promise<{ id: string; ref: string }> {
  const ref = meta.newLead()
  const createdAt = new Date().toISOString()
  const facts = { source: 'facebook', sourceRef: ref, createdAt, ...lead } as const
  return { id: await newLead(team.projectId, facts), ref }
}

let moves = 0

/** Moves a lead, a minute after whatever came before. */
async function move(id: string, one: { type: 'claim' | 'reopen' } | { outcome: string }) {
  vi.setSystemTime(Date.now() + MINUTE)
  const named = 'outcome' in one ? { type: 'close', ...one } : one
  await command(id, { id: `move-${moves++}`, by: OLIM, ...named } as LeadCommand)
}

/** What was collected is sent; `after` ms. */
async function later(after = 11_000) {
  vi.setSystemTime(Date.now() + after)
  await connection().kick()
}

const calls = () => meta.calls('/events')

async function statesOf(id: string): Promise<string[]> {
  return (await conversionsOf(env.DB, id)).map(({ stage, state }) => `${stage} ${state}`)
}

const idsOf = (ref: string, ...stages: string[]) => stages.map((stage) => `tb-${ref}-${stage}`)

describe('the stages of a lead', () => {
  it('are told to Meta in their order and in one call, each as what it was', async () => {
    const { id, ref } = await newFormLead({ name: 'Азиза Каримова', phone: '+998901234567' })
    await move(id, { type: 'claim' })
    await move(id, { outcome: 'won' })
    expect(calls()).toEqual([])
    await later()
    expect(calls()).toHaveLength(1)
    expect(meta.events).toEqual(idsOf(ref, 'lead', 'contacted', 'won'))
    expect(await statesOf(id)).toEqual(['lead sent', 'contacted sent', 'won sent'])
    const [event] = JSON.parse(String(calls()[0]?.params['data']))
    expect(event).toMatchObject({
      event_name: 'Lead',
      action_source: 'system_generated',
      user_data: {
        lead_id: ref,
        ph: ['172443bcef1ac1d3905d3ff30a9b7c1d188a583c54f24ab8327a91f82054f2d3'],
      },
    })
    expect(calls()[0]?.params).not.toHaveProperty('test_event_code')
    expect(JSON.stringify(calls()[0]?.params)).not.toContain('998901234567')
  })

  it('are told one by one as they are reached, and none of them twice', async () => {
    const { id, ref } = await newFormLead()
    await later()
    await move(id, { type: 'claim' })
    await later()
    await move(id, { outcome: 'lost' })
    await later()
    await move(id, { type: 'reopen' })
    await move(id, { outcome: 'lost' })
    await later()
    await move(id, { type: 'reopen' })
    await move(id, { outcome: 'won' })
    await later()
    await leadOf(env, id).show()
    await later()
    expect(meta.events).toEqual(idsOf(ref, 'lead', 'contacted', 'lost', 'won'))
  })

  it('of many leads go out together', async () => {
    const leads = await Promise.all(Array.from({ length: 12 }, () => newFormLead()))
    await later()
    expect(calls()).toHaveLength(1)
    expect(meta.events.toSorted()).toEqual(
      leads.flatMap(({ ref }) => idsOf(ref, 'lead')).toSorted(),
    )
  })

  it('are told of leads that a page has brought', async () => {
    const { chatId, projectId } = team
    await updateProject(env.DB, 'main', {
      chatId,
      connectionId: meta.userId,
      datasetId: meta.datasetId,
    })
    const ids = [meta.newLead(), meta.newLead()]
    const createdAt = new Date().toISOString()
    const leads = ids.map((leadgenId) => ({ leadgenId, formId: '77', adId: null, createdAt }))
    await pageOf(env, meta.pageId).receive({ leads, malformed: [] })
    await pageOf(env, meta.pageId).kick()
    await later()
    await updateProject(env.DB, 'main', { datasetId: null, connectionId: null })
    expect(projectId).not.toBe('main')
    expect(meta.events.toSorted()).toEqual(ids.flatMap((ref) => idsOf(ref, 'lead')).toSorted())
  })

  it('that were reached before there was a dataset are told with the next', async () => {
    await updateProject(env.DB, team.projectId, { datasetId: null })
    const { id, ref } = await newFormLead()
    await move(id, { type: 'claim' })
    await updateProject(env.DB, team.projectId, { datasetId: meta.datasetId })
    await move(id, { outcome: 'won' })
    await later()
    expect(meta.events).toEqual(idsOf(ref, 'lead', 'contacted', 'won'))
  })

  it('that are too old are written down as such and spoil nothing', async () => {
    const createdAt = new Date(Date.now() - 8 * DAY).toISOString()
    const { id, ref } = await newFormLead({ createdAt })
    await move(id, { type: 'claim' })
    await later()
    expect(await statesOf(id)).toEqual(['lead too_old', 'contacted sent'])
    expect(meta.events).toEqual(idsOf(ref, 'contacted'))
    expect(calls()).toHaveLength(1)
  })
})

describe('nothing is told', () => {
  it('and no row is written while there is no dataset', async () => {
    await updateProject(env.DB, team.projectId, { datasetId: null })
    const prepared = vi.spyOn(env.DB, 'prepare')
    const { id } = await newFormLead()
    await move(id, { type: 'claim' })
    await move(id, { outcome: 'won' })
    await later()
    expect(prepared.mock.calls.filter(([sql]) => /conversions/.test(sql))).toEqual([])
    expect(await statesOf(id)).toEqual([])
    expect(calls()).toEqual([])
  })

  it.each(['telegram', 'manual', 'api'] as const)('of a lead from %s', async (source) => {
    const { id } = await newFormLead({ source })
    await move(id, { type: 'claim' })
    await later()
    expect(await statesOf(id)).toEqual([])
    expect(calls()).toEqual([])
  })

  it('of a test lead, even when it is known for one only later', async () => {
    const test = await newFormLead({ isTest: true })
    const late = await newFormLead({ details: 'pending' })
    vi.setSystemTime(Date.now() + 3_000)
    expect(await statesOf(late.id)).toEqual(['lead waiting'])
    await command(late.id, {
      id: 'enrich:test',
      type: 'enrich',
      details: { details: 'complete', isTest: true },
    })
    await later()
    expect([await statesOf(test.id), await statesOf(late.id)]).toEqual([[], []])
    expect(calls()).toEqual([])
  })
})

describe('a stage that Meta refuses', () => {
  it('is set aside with the reason, and all others are taken', async () => {
    const leads = await Promise.all(Array.from({ length: 7 }, () => newFormLead()))
    const [bad, ...good] = leads
    meta.badLeads.add(bad?.ref ?? '')
    await later()
    expect(meta.events.toSorted()).toEqual(good.flatMap(({ ref }) => idsOf(ref, 'lead')).toSorted())
    expect(await conversionsOf(env.DB, bad?.id ?? '')).toMatchObject([
      { stage: 'lead', state: 'failed', reason: '100/2804008' },
    ])
    await later(DAY)
    expect(meta.events).toHaveLength(6)
  })

  it('leaves every other taken once and in order, whichever they are', async () => {
    const leads = await Promise.all(Array.from({ length: 6 }, () => newFormLead()))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(5)), async (positions) => {
        meta.events.length = 0
        meta.badLeads.clear()
        for (const n of positions) meta.badLeads.add(leads[n]?.ref ?? '')
        await env.DB.prepare(
          `UPDATE conversions SET state = 'waiting', reason = NULL WHERE project_id = ?`,
        )
          .bind(team.projectId)
          .run()
        await connection().sendConversions(meta.datasetId)
        await later()
        const good = leads.filter((_, n) => !positions.includes(n))
        const expected = good.flatMap(({ ref }) => idsOf(ref, 'lead', 'contacted', 'won'))
        const ids = (ref: string) => meta.events.filter((one) => one.includes(`-${ref}-`))
        for (const { ref } of good) expect(ids(ref)).toEqual(idsOf(ref, 'lead'))
        expect(meta.events).toHaveLength(expected.length / 3)
      }),
      { numRuns: 12 },
    )
  })
})

describe('whatever Meta answers', () => {
  const tooMany = () => metaError(80_004)
  const html = (status: number) => () =>
    new Response('<html>Sorry</html>', { status, headers: { 'content-type': 'text/html' } })

  it.each<[string, () => Response, number]>([
    ['that it is too much', tooMany, 6 * MINUTE],
    ['a status of 429 alone', html(429), MINUTE],
    ['500 and a page', html(500), MINUTE],
    ['503 and nothing', () => new Response(null, { status: 503 }), MINUTE],
    ['that it passes', () => metaError(2), MINUTE],
    ['200 and a page', html(200), MINUTE],
    ['200 and something else', () => Response.json({ hello: 1 }), 61 * MINUTE],
    ['that our signature is wrong', () => metaError(104), 61 * MINUTE],
    ['that a permission is missing', () => metaError(200), 61 * MINUTE],
    ['that there is no such dataset', () => metaError(100, 33), 61 * MINUTE],
    ['nothing', () => Response.error(), MINUTE],
  ])('%s: it is told again and once', async (_, answer, wait) => {
    let isBad = true
    outside.answer(({ name }) => {
      if (!isBad || !name.endsWith('/events')) return undefined
      const response = answer()
      if (response.type === 'error') throw new TypeError('cut off')
      return response
    })
    const { id, ref } = await newFormLead()
    await later()
    expect(await statesOf(id)).toEqual(['lead waiting'])
    isBad = false
    await later(wait)
    expect(meta.events).toEqual(idsOf(ref, 'lead'))
    expect(await statesOf(id)).toEqual(['lead sent'])
  })

  it('the admins hear once of what a person has to mend', async () => {
    outside.answer(({ name }) => (name.endsWith('/events') ? metaError(200) : undefined))
    const told = () =>
      outside
        .sent('sendMessage', '1001')
        .filter(({ params }) => String(params['text']).includes(meta.datasetId))
    await newFormLead()
    for (const wait of [11_000, 61 * MINUTE, 61 * MINUTE]) {
      await later(wait)
      await connection().kick()
      await conversationOf(env, '1001').kick()
    }
    expect(told()).toHaveLength(1)
  })

  it('a dead token waits for another, and everything goes out at once', async () => {
    const { id, ref } = await newFormLead()
    meta.killToken(190, 460)
    await later()
    await move(id, { type: 'claim' })
    await later()
    expect(await statesOf(id)).toEqual(['lead waiting', 'contacted waiting'])
    meta.revive()
    await connection().adopt('token-2')
    await connection().kick()
    expect(meta.events).toEqual(idsOf(ref, 'lead', 'contacted'))
  })
})

describe('dying', () => {
  it('between sending and writing it down, the same event goes again', async () => {
    const { id, ref } = await newFormLead()
    outside.answer(async (call) => {
      if (meta.events.length > 0 || !call.name.endsWith('/events')) return undefined
      meta.take(String(call.params['data']))
      await crash(connection())
      return metaError(2)
    })
    await later().catch(() => undefined)
    expect(await statesOf(id)).toEqual(['lead waiting'])
    // Whoever calls as it dies is told so, and calls again.
    await later(MINUTE).catch(() => later())
    expect(meta.events).toEqual([...idsOf(ref, 'lead'), ...idsOf(ref, 'lead')])
    expect(calls()[0]?.params['data']).toEqual(calls()[1]?.params['data'])
    expect(await statesOf(id)).toEqual(['lead sent'])
  })

  it('before the connection was told, the next tick of the cron finds what waits', async () => {
    const told = vi
      .spyOn(Connection.prototype, 'sendConversions')
      .mockRejectedValue(new Error('the connection is being reset'))
    const { id, ref } = await newFormLead()
    await later()
    expect(told).toHaveBeenCalled()
    expect(await statesOf(id)).toEqual(['lead waiting'])
    told.mockRestore()
    await sendConversions(env)
    await later()
    expect(meta.events).toEqual(idsOf(ref, 'lead'))
  })

  it('with nobody connected, what has waited for seven days is given up', async () => {
    await updateProject(env.DB, team.projectId, { connectionId: null })
    const { id } = await newFormLead()
    vi.setSystemTime(Date.now() + 6 * DAY)
    await sendConversions(env)
    expect(await statesOf(id)).toEqual(['lead waiting'])
    vi.setSystemTime(Date.now() + DAY)
    await sendConversions(env)
    expect(await statesOf(id)).toEqual(['lead too_old'])
  })
})
