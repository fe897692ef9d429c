import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { leadSchema } from '../../../src/lead.ts'
import { pageOf as pageSchemaOf } from '../../../src/routes/openapi.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { leadOf } from '../../../src/stubs.ts'
import { openOutside } from '../outside.ts'
import { newId, newUser } from '../updates.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

const listSchema = pageSchemaOf(leadSchema)
let admin: string

beforeEach(async () => {
  openOutside()
  admin = (await newKey('admin')).key
  await updateProject(env.DB, 'main', { chatId: String(-1_000_000_000_000 - newId()) })
})

async function make(body: object = {}, headers: Record<string, string> = {}, key = admin) {
  return ask('POST', '/api/leads', {
    key,
    headers,
    body: { name: 'Aziza', contact: '+998 90 123-45-67', ...body },
  })
}

async function newLead(body: object = {}, key = admin) {
  const lead = await read(leadSchema, await make(body, {}, key))
  await leadOf(env, lead.id).show()
  return lead
}

describe('making a lead', () => {
  it('answers the lead, understood', async () => {
    const response = await make({ note: 'English', campaignId: '120' })
    expect(response.status).toBe(201)
    expect(await read(leadSchema, response)).toMatchObject({
      name: 'Aziza',
      contact: '+998 90 123 45 67',
      phone: '+998901234567',
      status: 'new',
      source: 'api',
      campaignId: '120',
      notes: [{ text: 'English', author: 'admin key' }],
      version: 1,
    })
  })

  it('answers the same lead to the same Idempotency-Key, also ten at once', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const responses = await Promise.all(Array.from({ length: 10 }, () => make({}, headers)))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(9)
    const leads = await Promise.all(responses.map((response) => read(leadSchema, response)))
    expect(new Set(leads.map(({ id }) => id)).size).toBe(1)
  })

  it('takes the same Idempotency-Key of two callers for two leads', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const other = (await newKey('partner')).key
    const [a, b] = await Promise.all([make({}, headers), make({}, headers, other)])
    expect([a.status, b.status]).toEqual([201, 201])
  })

  it.each([
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(101) }],
    ['name', { name: 1 }],
    ['contact', { contact: '12' }],
    ['contact', { contact: '+999999999999999' }],
    ['contact', { contact: 'call me maybe' }],
    ['contact', { contact: '9'.repeat(10_000) }],
    ['note', { note: 'x'.repeat(1_001) }],
    ['projectId', { projectId: 'nobody' }],
    ['source', { source: 'facebook' }],
    ['colour', { colour: 'red' }],
  ])('names the field %s that is wrong', async (field, body) => {
    const response = await make(body)
    expect(response.status).toBe(400)
    const error = await errorOf(response)
    expect(error).toMatchObject({ code: 'INVALID_REQUEST', details: { fields: [{ field }] } })
    expect(error.message).toContain(field)
  })

  it.each([
    ['no JSON', 400, 'INVALID_JSON', '{"name":', undefined],
    ['a form', 415, 'UNSUPPORTED_MEDIA_TYPE', 'name=A', 'application/x-www-form-urlencoded'],
    ['too much', 413, 'PAYLOAD_TOO_LARGE', JSON.stringify({ name: 'x'.repeat(70_000) }), undefined],
  ])('refuses %s', async (_, status, code, body, type) => {
    const headers: Record<string, string> = { 'content-length': String(body.length) }
    if (type) headers['content-type'] = type
    const response = await ask('POST', '/api/leads', { key: admin, body, headers })
    expect(response.status).toBe(status)
    expect(await errorOf(response)).toMatchObject({ code })
  })
})

describe('working a lead', () => {
  it('is done by its commands, each answering the lead as it is then', async () => {
    // By a phone it might turn out to be a repeat.
    const { id } = await newLead({ contact: '@aziza' })
    const { key } = await newKey('manager')
    const work = async (command: string, body?: object) =>
      read(leadSchema, await ask('POST', `/api/leads/${id}/${command}`, { key, body }))
    expect(await work('claim')).toMatchObject({
      status: 'in_progress',
      assignee: { name: 'manager key' },
    })
    expect(await work('notes', { text: 'Call later' })).toMatchObject({
      notes: [{ text: 'Call later' }],
    })
    expect(await work('release')).toMatchObject({ status: 'new', assignee: null })
    await work('claim')
    expect(await work('close', { outcome: 'lost', reason: 'Too dear' })).toMatchObject({
      status: 'closed',
      outcome: 'lost',
      reason: 'Too dear',
    })
    expect(await work('reopen')).toMatchObject({ status: 'in_progress', outcome: null })
    const whole = await ask('GET', `/api/leads/${id}`, { key })
    const { events } = await whole.json<{ events: { type: string }[] }>()
    expect(events.map(({ type }) => type)).toEqual([
      'receive',
      'claim',
      'note',
      'release',
      'claim',
      'close',
      'reopen',
    ])
  })

  it('gives it to a manager, and to nobody else', async () => {
    const { id } = await newLead()
    const [manager, client] = await Promise.all([newUser('manager', 'Nodira'), newUser('client')])
    const assign = (userId: number) =>
      ask('POST', `/api/leads/${id}/assign`, { key: admin, body: { userId: String(userId) } })
    expect(await read(leadSchema, await assign(manager.id))).toMatchObject({
      assignee: { id: String(manager.id), name: 'Nodira' },
    })
    const refused = await assign(client.id)
    expect(refused.status).toBe(400)
    expect((await errorOf(refused)).message).toContain('userId')
  })

  it('answers 409 with who has it, or with what it is', async () => {
    const { id } = await newLead()
    const [one, other] = await Promise.all([newKey('manager'), newKey('manager')])
    await ask('POST', `/api/leads/${id}/claim`, { key: one.key })
    const held = await ask('POST', `/api/leads/${id}/claim`, { key: other.key })
    expect(held.status).toBe(409)
    expect(await errorOf(held)).toMatchObject({
      code: 'HELD_BY_OTHER',
      details: { holder: { id: `key:${one.id}`, name: 'manager key' } },
    })
    const illegal = await ask('POST', `/api/leads/${id}/reopen`, { key: one.key })
    expect(illegal.status).toBe(409)
    expect(await errorOf(illegal)).toMatchObject({
      code: 'ILLEGAL_TRANSITION',
      details: { status: 'in_progress' },
    })
  })

  it('is not done to what is not there', async () => {
    for (const [path, status] of [
      [crypto.randomUUID(), 404],
      ['1', 400],
    ]) {
      const response = await ask('POST', `/api/leads/${path}/claim`, { key: admin })
      expect(response.status).toBe(status)
    }
  })

  it('is done once for one Idempotency-Key', async () => {
    const { id } = await newLead()
    const headers = { 'idempotency-key': 'note-1' }
    const note = () =>
      ask('POST', `/api/leads/${id}/notes`, { key: admin, headers, body: { text: 'Once' } })
    await note()
    expect(await read(leadSchema, await note())).toMatchObject({ notes: [{ text: 'Once' }] })
  })
})

describe('the list of leads', () => {
  it('is paged from the newest, each lead once', async () => {
    const { key } = await newKey('partner')
    const made = []
    for (let n = 0; n < 5; n++) made.push((await newLead({ name: `Lead ${n}` }, key)).id)
    const seen: string[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const path: string = `/api/leads?limit=2${cursor && `&cursor=${encodeURIComponent(cursor)}`}`
      const page = await read(listSchema, await ask('GET', path, { key }))
      seen.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor
    }
    expect(seen).toEqual(made.toReversed())
  })

  it('is narrowed by status and found by name and phone, ё as е', async () => {
    const { key } = await newKey('partner')
    const found = await newLead({ name: 'Семён Ёлкин', contact: '+998 93 555 44 33' }, key)
    await newLead({ name: 'Other' }, key)
    const ids = async (query: string) => {
      const response = await ask('GET', `/api/leads?${query}`, { key })
      return (await read(listSchema, response)).items.map(({ id }) => id)
    }
    for (const q of ['семен', 'ЁЛКИН', 'елк', '5554433', '4433', '+998 93 555-44-33']) {
      expect([q, await ids(`q=${encodeURIComponent(q)}`)]).toEqual([q, [found.id]])
    }
    expect(await ids('q=%22%20OR%20*')).toEqual([])
    expect(await ids('status=closed')).toEqual([])
    expect(await ids('status=new')).toHaveLength(2)
  })

  it.each(['limit=0', 'limit=201', 'status=open', 'cursor=zzz', 'from=yesterday', 'sort=name'])(
    'refuses %s by name',
    async (query) => {
      const response = await ask('GET', `/api/leads?${query}`, { key: admin })
      expect(response.status).toBe(400)
      expect((await errorOf(response)).message).toContain(query.split('=')[0])
    },
  )
})
