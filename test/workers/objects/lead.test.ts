import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { Conversation } from '../../../objects/conversation/conversation.ts'
import { Lead } from '../../../objects/lead/lead.ts'
import { type Actor, type LeadData, leadSchema } from '../../../src/lead.ts'
import { projectRulesSchema } from '../../../src/project-rules.ts'
import { listLeads } from '../../../src/store/leads.ts'
import { listParked } from '../../../src/store/parked.ts'
import { FIRST_PROJECT_ID, updateProject } from '../../../src/store/projects.ts'
import { connectionOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { FakeMeta } from '../fake-meta.ts'
import { Outside } from '../outside.ts'
import { command, instead, newLead, newTeam, pass, read as readLead, type Team } from '../team.ts'
import { newId } from '../updates.ts'
import { ask, newKey, read } from '../worker.ts'

const OLIM: Actor = { id: '7', name: 'Olim', role: 'manager' }
const NODIR: Actor = { id: '8', name: 'Nodir', role: 'manager' }

let outside: Outside
let team: Team

beforeEach(async () => {
  outside = new Outside()
  team = await newTeam()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const newPhone = () => `+99890${String(newId()).slice(-7).padStart(7, '0')}`

describe('a lead', () => {
  it('is taken by exactly one of a hundred who press at once, and the others are told who has it', async () => {
    const id = await newLead(team.projectId)
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        leadOf(env, id).carryOut({
          id: `claim-${n}`,
          type: 'claim',
          by: { id: `manager-${n}`, name: `Manager ${n}`, role: 'manager' },
        }),
      ),
    )
    const winners = answers.filter((answer) => answer.ok)
    expect(winners).toHaveLength(1)
    const holder = winners[0]?.ok ? winners[0].lead.assignee : null
    for (const answer of answers) {
      if (!answer.ok) expect(answer).toEqual({ ok: false, code: 'HELD_BY_OTHER', holder })
    }
  })

  it('keeps its alarm when that goes off before what is owed is due', async () => {
    team = await newTeam({ responseMinutes: null, returnMinutes: null })
    const id = crypto.randomUUID()
    const { projectId } = team
    const lead = { projectId, source: 'facebook', sourceRef: id, details: 'pending' } as const
    await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
    // Its card waits a little for the details, and nothing else is to be done.
    await runDurableObjectAlarm(leadOf(env, id))
    const armedAt = await runInDurableObject(leadOf(env, id), (_, { storage }) =>
      storage.getAlarm(),
    )
    expect(armedAt).toBeGreaterThan(Date.now())
  })

  it('takes nothing for armed that was undone: what it owes next has its alarm', async () => {
    const id = await newLead(team.projectId)
    const alarmAt = () =>
      runInDurableObject(leadOf(env, id), (_, state) => state.storage.getAlarm())
    const before = await alarmAt()
    const rules = {
      ...projectRulesSchema.parse({ returnMinutes: 60 }),
      timezone: 'Nowhere/Land',
      isGivenOut: true,
    }
    const claim = { id: 'claim', type: 'claim', by: OLIM } as const
    // What goes wrong comes after everything is written and armed.
    await runInDurableObject(leadOf(env, id), (lead) =>
      expect(lead.carryOutFor(claim, { chatId: team.chatId, rules })).rejects.toThrow(RangeError),
    )
    expect(await readLead(id)).toMatchObject({ status: 'new', version: 1 })
    expect(await alarmAt()).toBe(before)
    // Nobody is told of what comes next: only the alarm could see to it.
    const { promise: never } = Promise.withResolvers<void>()
    vi.spyOn(Conversation.prototype, 'showCards').mockImplementation(() => never)
    await leadOf(env, id).carryOut(claim)
    expect((await alarmAt()) ?? Infinity).toBeLessThan(Date.now() + 11_000)
  })
})

/** Leads of one request each, left at the same moment through the API. */
async function post(...bodies: object[]): Promise<LeadData[]> {
  const { key } = await newKey('service')
  const responses = await Promise.all(
    bodies.map((body) =>
      ask('POST', '/api/leads', {
        key,
        body: { name: 'Aziza', projectId: team.projectId, ...body },
      }),
    ),
  )
  const leads = await Promise.all(responses.map((response) => read(leadSchema, response)))
  return settled(leads.map(({ id }) => id))
}

/** Leads once everything that is due was done, the first to come first. */
async function settled(ids: string[]): Promise<LeadData[]> {
  for (let round = 0; round < 2; round++) {
    await Promise.all(ids.map((id) => leadOf(env, id).kick()))
  }
  const leads = await Promise.all(ids.map(readLead))
  const order = ({ createdAt, id }: LeadData) => `${createdAt} ${id}`
  return leads.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))
}

describe('leads of one person', () => {
  it.each([
    ['phone', () => ({ contact: newPhone() })],
    ['e-mail', () => ({ contact: `aziza${newId()}@example.com` })],
  ])('with the same %s at the same moment: the later is a repeat of the earlier', async (_, by) => {
    const body = by()
    const leads = await post(body, body, body)
    const [first, ...later] = leads
    expect(first).toMatchObject({ repeatOf: null })
    for (const lead of later) {
      expect(lead).toMatchObject({ repeatOf: first?.id, earlier: { status: 'new' } })
    }
    const listed = await listLeads(env.DB, { projectId: team.projectId }, PAGE)
    expect(listed.leads.filter(({ repeatOf }) => repeatOf !== null)).toHaveLength(2)
  })

  it('are no repeats in different projects, nor without a phone or e-mail', async () => {
    const contact = newPhone()
    const other = await newTeam()
    const leads = await post({ contact }, { contact, projectId: other.projectId })
    const nameless = await post({ contact: '@aziza_uz' }, { contact: '@aziza_uz' })
    for (const { repeatOf } of [...leads, ...nameless]) expect(repeatOf).toBeNull()
  })

  it('are told by one batch of a page', async () => {
    const meta = new FakeMeta(outside)
    await updateProject(env.DB, FIRST_PROJECT_ID, { chatId: team.chatId })
    await connectionOf(env, meta.userId).adopt('token-1')
    await connectionOf(env, meta.userId).kick()
    const same = String(newId())
    const ids = [meta.newLead(`11801${same}`), meta.newLead(`11802${same}`)]
    const createdAt = '2026-11-22T09:00:00.000Z'
    const leads = ids.map((leadgenId) => ({ leadgenId, formId: '77', adId: null, createdAt }))
    await pageOf(env, meta.pageId).receive({ leads, malformed: [] })
    await pageOf(env, meta.pageId).kick()
    const [first, later] = await settled(ids.map((id) => leadIdOf('facebook', id)))
    expect([first?.repeatOf, later?.repeatOf]).toEqual([null, first?.id])
  })

  it('are told although the one that came first is written last', async () => {
    const phone = newPhone()
    const early = '2026-11-20T09:00:00.000Z'
    const second = await newLead(team.projectId, { phone })
    const first = await newLead(team.projectId, { phone, createdAt: early })
    const [a, b] = await settled([first, second])
    expect([a?.id, b?.repeatOf]).toEqual([first, first])
  })
})

const PAGE = { after: null, limit: 200 }

describe('a repeat', () => {
  async function repeated(): Promise<[first: string, repeat: string]> {
    const phone = newPhone()
    const first = await newLead(team.projectId, { phone, createdAt: '2026-11-20T09:00:00.000Z' })
    const repeat = await newLead(team.projectId, { phone, contact: 'Call me again' })
    return [first, repeat]
  }
  const merge = (into: string, id = 'merge') => ({ id, type: 'merge', by: NODIR, into }) as const
  const texts = async (id: string) => (await readLead(id)).notes.map(({ text }) => text)

  it('is closed when it is merged, and noted in the first, which is opened if it was closed', async () => {
    const [first, repeat] = await repeated()
    await command(first, { id: 'claim', type: 'claim', by: OLIM })
    await command(first, { id: 'lost', type: 'close', by: OLIM, outcome: 'lost' })
    expect(await readLead(repeat)).toMatchObject({ repeatOf: first })
    await command(repeat, merge(first))
    expect(await readLead(repeat)).toMatchObject({ status: 'closed', duplicateOf: first })
    expect(await readLead(first)).toMatchObject({ status: 'in_progress', assignee: { id: '7' } })
    expect(await texts(first)).toEqual(['Call me again'])
  })

  it('that is merged twice at once is noted once', async () => {
    const [first, repeat] = await repeated()
    await Promise.all([command(repeat, merge(first)), command(repeat, merge(first))])
    const again = await leadOf(env, repeat).carryOut(merge(first, 'another press'))
    expect(again).toMatchObject({ ok: false, code: 'ILLEGAL_TRANSITION' })
    expect(await texts(first)).toHaveLength(1)
  })

  it('is by itself again when it is separated, and can be merged once more', async () => {
    const [first, repeat] = await repeated()
    await command(repeat, merge(first))
    const unmerge = { id: 'unmerge', type: 'unmerge', by: NODIR } as const
    const separated = await command(repeat, unmerge)
    expect(separated).toMatchObject({ status: 'in_progress', duplicateOf: null, repeatOf: first })
    expect(await command(repeat, unmerge)).toEqual(separated)
    await command(repeat, merge(first, 'again'))
    expect(await readLead(repeat)).toMatchObject({ duplicateOf: first })
    expect(await texts(first)).toHaveLength(2)
  })

  it('that was separated before the first heard of it leaves the first as it was', async () => {
    const [first, repeat] = await repeated()
    vi.useFakeTimers({ toFake: ['Date'] })
    instead(Lead.prototype, 'carryOut', async ({ args: [one], really }) => {
      const isAbsorb = z.object({ type: z.literal('absorb') }).safeParse(one).success
      if (isAbsorb) throw new Error('Network connection lost.')
      return really()
    })
    await command(repeat, merge(first))
    await command(repeat, { id: 'unmerge', type: 'unmerge', by: NODIR })
    vi.restoreAllMocks()
    await pass(10, repeat)
    expect(await texts(first)).toEqual([])
  })

  it('of a lead that is itself merged is noted where that went', async () => {
    const [first, second] = await repeated()
    const third = await newLead(team.projectId, { contact: 'The third time' })
    await command(second, merge(first))
    await command(third, merge(second))
    await leadOf(env, second).kick()
    expect(await texts(first)).toEqual(['Call me again', 'The third time'])
    expect(await readLead(second)).toMatchObject({ status: 'closed', duplicateOf: first })
  })

  it('whose first lead does not exist is shown to a person', async () => {
    const [, repeat] = await repeated()
    await command(repeat, merge(crypto.randomUUID()))
    const parked = await listParked(env.DB, { reason: 'MERGE_NOT_FOUND', limit: 200 })
    expect(parked.filter(({ name }) => name === repeat)).toHaveLength(1)
  })

  it('is counted with its first lead, not beside it', async () => {
    const [first, repeat] = await repeated()
    await command(repeat, merge(first))
    await command(first, { id: 'claim', type: 'claim', by: OLIM })
    await command(first, { id: 'won', type: 'close', by: OLIM, outcome: 'won' })
    const { key } = await newKey('admin')
    const today = new Date().toISOString().slice(0, 10)
    const response = await ask(
      'GET',
      `/api/stats?project=${team.projectId}&from=2026-11-19&to=${today}`,
      { key },
    )
    const { byOutcome } = z
      .object({ byOutcome: z.record(z.string(), z.number()) })
      .parse(await response.json())
    expect(byOutcome).toMatchObject({ received: 1, waiting: 0, inProgress: 0, won: 1 })
  })
})
