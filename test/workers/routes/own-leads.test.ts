import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { leadSchema } from '../../../src/lead.ts'
import { pageOf } from '../../../src/routes/openapi.ts'
import { insertProject } from '../../../src/store/projects.ts'
import { leadOf } from '../../../src/stubs.ts'
import { openOutside } from '../outside.ts'
import { newUser } from '../updates.ts'
import { ask, cookieOf, newKey, ORIGIN, read } from '../worker.ts'

let projectId: string

beforeEach(async () => {
  openOutside()
  projectId = crypto.randomUUID()
  await insertProject(env.DB, projectId, 'Clinic')
  await insertProject(env.DB, crypto.randomUUID(), 'Somebody else’s')
})

const meSchema = z.object({ projects: z.array(z.object({ id: z.string() })) })
const listSchema = pageOf(leadSchema)

interface Who {
  key?: string
  headers?: Record<string, string>
}

async function projectsOf(who: Who): Promise<string[]> {
  const me = await read(meSchema, await ask('GET', '/api/me', who))
  return me.projects.map(({ id }) => id)
}

async function make(who: Who, body: object = {}) {
  const lead = { name: 'Aziza', contact: '+998901234567', projectId, ...body }
  const made = await read(leadSchema, await ask('POST', '/api/leads', { ...who, body: lead }))
  await leadOf(env, made.id).show()
  return made
}

describe('a partner', () => {
  it('learns of no projects but those it has sent leads to', async () => {
    const { key } = await newKey('partner')
    expect(await projectsOf({ key })).toEqual([])
    await make({ key })
    expect(await projectsOf({ key })).toEqual([projectId])
  })

  it.each(['manual', 'api'])('sees a lead again that it has sent as %s', async (source) => {
    const { key } = await newKey('partner')
    const { id } = await make({ key }, { source })
    expect((await ask('GET', `/api/leads/${id}`, { key })).status).toBe(200)
    const list = await read(listSchema, await ask('GET', '/api/leads', { key }))
    expect(list.items).toMatchObject([{ id, source: 'api' }])
  })

  it('learns nothing of what managers note, nor of other leads of the person', async () => {
    const [{ key: ours }, { key }] = [await newKey('manager'), await newKey('partner')]
    const first = await make({ key: ours })
    const { id } = await make({ key })
    const by = { id: '7', name: 'Olim', role: 'manager' } as const
    const at = new Date(Date.now() + 3_600_000).toISOString()
    for (const command of [
      { id: 'take', type: 'claim', by },
      { id: 'note', type: 'note', by, text: 'Rude' },
      { id: 'call', type: 'remind', by, at, text: 'Offer the cheap one' },
    ] as const)
      await leadOf(env, id).carryOut(command)
    await leadOf(env, id).show()
    const seen = async (who: Who) => {
      const one = await ask('GET', `/api/leads/${id}`, who)
      const list = await read(listSchema, await ask('GET', '/api/leads', who))
      return [await read(leadSchema, one), list.items.find((lead) => lead.id === id)]
    }
    const whole = { repeatOf: first.id, notes: [{ text: 'Rude' }] }
    expect(await seen({ key: ours })).toMatchObject([whole, whole])
    const own = { notes: [], reminders: [], repeatOf: null, earlier: null, touchedAt: null }
    expect(await seen({ key })).toMatchObject([own, own])
  })

  it('finds nothing where there can be nothing of its own', async () => {
    const { key } = await newKey('partner')
    await make({ key })
    const list = await read(listSchema, await ask('GET', '/api/leads?source=facebook', { key }))
    expect(list.items).toEqual([])
  })
})

describe('a client', () => {
  it('learns of no projects but those they have left a request to', async () => {
    const headers = { cookie: await cookieOf(await newUser('client')), origin: ORIGIN }
    expect(await projectsOf({ headers })).toEqual([])
    const { id, source } = await make({ headers }, { source: 'api' })
    expect(source).toBe('manual')
    expect((await ask('GET', `/api/leads/${id}`, { headers })).status).toBe(200)
    expect(await projectsOf({ headers })).toEqual([projectId])
  })
})

describe('a manager', () => {
  it('learns of every project', async () => {
    const { key } = await newKey('manager')
    expect((await projectsOf({ key })).length).toBeGreaterThan(2)
  })
})

describe('a search for nothing', () => {
  it.each(['q=', 'q=%20%20'])('%s finds everything', async (query) => {
    const { key } = await newKey('partner')
    const { id } = await make({ key })
    const list = await read(listSchema, await ask('GET', `/api/leads?${query}`, { key }))
    expect(list.items.map((lead) => lead.id)).toEqual([id])
  })
})
