import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { insertProject } from '../../../src/store/projects.ts'
import { connectionOf, conversationOf, pageOf } from '../../../src/stubs.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { FakeMeta, tokenReply } from '../fake-meta.ts'
import { metaError, type OutgoingCall, Outside } from '../outside.ts'
import { deliver, newUser, press, privateChat } from '../updates.ts'
import { ask, cookieOf, errorOf, newKey, read } from '../worker.ts'

const TOKEN = 'EAAGpastedByAnAdmin0123456789ZD'
const LONG = 'EAAGexchanged0123456789ZD'

/** Instances of a workflow that are begun in name alone. */
const STARTED = Object.assign([], { instances: [], errors: [] })

let outside: Outside
let meta: FakeMeta
let key: string
/** What Meta says of the pasted token. */
let debugged: Record<string, unknown>
let lines: string[]

beforeEach(async () => {
  outside = new Outside()
  meta = new FakeMeta(outside)
  key = (await newKey('admin')).key
  debugged = { type: 'SYSTEM_USER', expires_at: 0, data_access_expires_at: 0 }
  outside.answer(({ name }) => {
    if (!name.endsWith('debug_token')) return undefined
    const plain = { app_id: TEST_SETTINGS.META_APP_ID, is_valid: true, scopes: ['ads_read'] }
    return Response.json({ data: { ...plain, user_id: meta.userId, ...debugged } })
  })
  lines = []
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
    vi.spyOn(console, level).mockImplementation((...args) => void lines.push(args.join(' ')))
  }
})

afterEach(async () => {
  // What a page was told of is worked here and not in the middle of another test.
  await pageOf(env, meta.pageId).kick()
  vi.restoreAllMocks()
  if (lines.some((line) => line.includes('EAAG'))) throw new Error('a token was logged')
})

const paste = (token: string = TOKEN, headers = {}) =>
  ask('POST', '/api/connections', { key, body: { token }, headers })

const fieldsSchema = z.object({
  fields: z.array(z.object({ field: z.string(), message: z.string() })),
})

describe('a token that was pasted', () => {
  it('of a system user connects for ever, and is kept sealed and told to nobody', async () => {
    const response = await paste()
    expect(response.status).toBe(201)
    const text = await response.text()
    expect(JSON.parse(text)).toMatchObject({
      id: meta.userId,
      tokenType: 'SYSTEM_USER',
      state: 'alive',
      expiresAt: null,
      pages: [{ id: meta.pageId, subscribed: true }],
    })
    expect(text).not.toContain(TOKEN)
    expect(meta.calls('oauth/access_token')).toEqual([])
    const { results } = await env.DB.prepare('SELECT * FROM connections').all()
    const audit = await env.DB.prepare('SELECT * FROM audit_log').all()
    expect(JSON.stringify([results, audit.results])).not.toContain(TOKEN)
    expect(JSON.stringify(audit.results)).toContain('connection.create')
    // Given again it is the same connection.
    expect((await paste()).status).toBe(201)
  })

  it('that ends soon is exchanged first', async () => {
    debugged = { type: 'USER', expires_at: Math.floor(Date.now() / 1000) + 3_600 }
    meta.exchange = () => {
      debugged = { type: 'USER', expires_at: Math.floor(Date.now() / 1000) + 5_183_944 }
      return tokenReply(LONG)
    }
    expect((await paste()).status).toBe(201)
    const asked = meta.calls('/me').map(({ headers }) => headers.get('authorization'))
    expect(new Set(asked)).toEqual(new Set([`Bearer ${LONG}`]))
  })

  it('that Meta does not exchange is taken as it is', async () => {
    debugged = { type: 'USER', expires_at: Math.floor(Date.now() / 1000) + 86_400 }
    meta.exchange = () => metaError(190, 463)
    expect((await paste()).status).toBe(201)
  })

  it.each([
    ['has expired', { is_valid: false, error: { code: 190, subcode: 463 } }, '190/463', 'expired'],
    ['is none', { is_valid: false, error: { code: 190 } }, '190', 'Connect again'],
    ['is of another app', { app_id: '42' }, 'other_app', 'another app'],
    ['is a page’s', { type: 'PAGE' }, 'wrong_type', 'system user'],
  ])('that %s is refused, which names the field and says why', async (_, said, code, why) => {
    debugged = said
    const response = await paste(TOKEN, { 'accept-language': 'en' })
    expect(response.status).toBe(400)
    const text = await response.clone().text()
    const { details } = await errorOf(response)
    const [field] = fieldsSchema.parse(details).fields
    expect(field).toMatchObject({ field: 'token', message: expect.stringContaining(code) })
    expect(field?.message).toContain(why)
    expect(text).not.toContain(TOKEN)
  })

  it('of a page that lost its person is refused by what Meta then says', async () => {
    outside.answer(({ name }) => (name.endsWith('/me') ? metaError(190, 459) : undefined))
    expect(await errorOf(await paste())).toMatchObject({
      code: 'INVALID_REQUEST',
      message: expect.stringContaining('facebook.com'),
    })
  })

  it.each([
    ['is short', 'abc'],
    ['has other characters', `${TOKEN}|${TOKEN}`],
    ['is endless', 'E'.repeat(2_000)],
  ])('that %s is not even asked about', async (_, token) => {
    const response = await paste(token)
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain(TOKEN)
    expect(outside.calls).toEqual([])
  })

  it('is not taken while Meta is down, which is no fault of the token', async () => {
    outside.answer(() => new Response('<html>', { status: 502 }))
    const response = await paste()
    expect(response.status).toBe(502)
    expect(await errorOf(response)).toMatchObject({ code: 'META_UNREACHABLE' })
  })

  it('is the app’s trouble when Meta refuses the app', async () => {
    outside.answer(({ name }) => (name.endsWith('debug_token') ? metaError(190) : undefined))
    const { code, message } = await errorOf(await paste())
    expect(code).toBe('MISCONFIGURED')
    expect(message).toContain('META_APP_SECRET')
  })
})

describe('a project', () => {
  const patch = (id: string, body: object) => ask('PATCH', `/api/projects/${id}`, { key, body })

  it('that is given an ad account has its numbers read, and takes its currency along', async () => {
    await paste()
    const id = crypto.randomUUID()
    await insertProject(env.DB, id, 'Clinic')
    const started = vi.spyOn(env.AGGREGATE_INSIGHTS, 'createBatch').mockResolvedValue(STARTED)
    const account = { connectionId: meta.userId, adAccountId: meta.accountId }
    expect(await (await patch(id, account)).json()).toMatchObject({ ...account, currency: 'USD' })
    expect(JSON.stringify(started.mock.calls)).toContain(id)
    started.mockClear()
    await patch(id, account)
    await patch(id, { name: 'Clinic 2' })
    expect(started).not.toHaveBeenCalled()
  })

  it.each([
    [
      'an account that the connection does not open',
      'adAccountId',
      (id: string) => ({ connectionId: id, adAccountId: '1' }),
    ],
    ['a connection that is none', 'connectionId', () => ({ connectionId: 'nobody' })],
  ])('takes no %s', async (_, field, body) => {
    await paste()
    const response = await patch('main', body(meta.userId))
    expect(response.status).toBe(400)
    const { details } = await errorOf(response)
    expect(fieldsSchema.parse(details).fields).toMatchObject([{ field }])
  })
})

describe('the checks of a connection', () => {
  const schema = z.object({
    items: z.array(
      z.strictObject({
        name: z.string(),
        label: z.string(),
        target: z.object({ id: z.string(), name: z.string() }).nullable(),
        state: z.enum(['ok', 'failed', 'unknown']),
        reason: z.string().nullable(),
        advice: z.string().nullable(),
      }),
    ),
  })
  let testLead: { id: string; created_time: string } | null
  /** Whether Meta tells the page of the test lead. */
  let isTold: boolean

  beforeEach(async () => {
    testLead = null
    isTold = true
    await paste()
    outside.answer(async ({ name, method }) => {
      if (name.endsWith('/subscribed_apps') && method === 'GET') {
        const own = { id: TEST_SETTINGS.META_APP_ID, subscribed_fields: ['leadgen'] }
        return Response.json({ data: [own] })
      }
      if (name.endsWith('/subscriptions')) {
        const callback_url = 'https://targetbot.test/meta/webhook'
        const fields = [{ name: 'leadgen' }]
        return Response.json({ data: [{ object: 'page', active: true, callback_url, fields }] })
      }
      if (name.endsWith('/leadgen_forms')) return Response.json({ data: [{ id: '77' }] })
      if (name.endsWith('77/leads') || name.endsWith('/insights'))
        return Response.json({ data: [] })
      if (name.endsWith(`act_${meta.accountId}`)) return Response.json({ account_status: 1 })
      if (!name.endsWith('77/test_leads')) return undefined
      if (method === 'GET') return Response.json({ data: testLead ? [testLead] : [] })
      testLead = { id: meta.newLead(), created_time: new Date().toISOString() }
      const lead = { leadgenId: testLead.id, formId: '77', adId: null, createdAt: null }
      if (isTold) await pageOf(env, meta.pageId).receive({ leads: [lead], malformed: [] })
      return Response.json({ id: testLead.id })
    })
  })

  const checks = async (query = '', asked: Parameters<typeof ask>[2] = { key }) => {
    const response = await ask('GET', `/api/connections/${meta.userId}/checks${query}`, asked)
    expect(response.status).toBe(200)
    return (await read(schema, response)).items
  }

  it('are a line for everything, with advice in the language of who asks', async () => {
    const headers = { 'accept-language': 'uz-UZ,uz;q=0.9' }
    const items = await checks('', { key, headers })
    expect(items.filter(({ name, state }) => name !== 'scope' && state !== 'ok')).toEqual([])
    expect(items).toContainEqual({
      name: 'scope',
      label: 'Huquqlar berilgan',
      target: { id: 'leads_retrieval', name: 'leads_retrieval' },
      state: 'failed',
      reason: 'not_granted',
      advice: expect.stringContaining('Qayta ulang'),
    })
    const cookie = await cookieOf(await newUser('admin'))
    const [own] = await checks('?testLead=false', { headers: { cookie } })
    expect(own?.label).toBe('Доступ действует')
  })

  it('leave a test lead once, and none when they are told not to', async () => {
    await checks('?testLead=false')
    expect(testLead).toBeNull()
    await checks()
    await checks()
    const made = outside.calls.filter(({ name, method }) => {
      return method === 'POST' && name.endsWith('/test_leads')
    })
    expect(made).toHaveLength(1)
  })

  it('are told to the chat of an admin, without a test lead', async () => {
    const admin = await newUser('admin')
    await connectionOf(env, meta.userId).oweChecks({
      chatId: String(admin.id),
      publicUrl: 'https://targetbot.test',
      mayTest: false,
      key: crypto.randomUUID(),
    })
    await connectionOf(env, meta.userId).kick()
    await conversationOf(env, String(admin.id)).kick()
    const [message] = outside.sent('sendMessage', String(admin.id))
    expect(message?.params['text']).toContain('✅ Доступ действует')
    expect(message?.params['text']).toContain('leads_retrieval')
    expect(JSON.stringify(message?.params['reply_markup'])).toContain(`v1:check:${meta.userId}`)
    expect(testLead).toBeNull()
  })

  it('leave a test lead when an admin presses the button below them, and nobody else', async () => {
    const button = `v1:check:${meta.userId}`
    const manager = await newUser('manager')
    await deliver(press(manager, privateChat(manager), 1, button))
    await connectionOf(env, meta.userId).kick()
    expect(testLead).toBeNull()
    const admin = await newUser('admin')
    await deliver(press(admin, privateChat(admin), 1, button))
    await connectionOf(env, meta.userId).kick()
    await conversationOf(env, String(admin.id)).kick()
    expect(testLead).not.toBeNull()
    const [{ params }] = outside.sent('sendMessage', String(admin.id)) as [OutgoingCall]
    expect(params['text']).toContain('✅ Уведомления приходят')
    expect(params['reply_markup']).toBeUndefined()
  })

  it('of a connection that is not there are not found', async () => {
    expect((await ask('GET', '/api/connections/1/checks', { key })).status).toBe(404)
  })
})
