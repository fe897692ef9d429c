import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { findConnection } from '../../../src/store/connections.ts'
import { findProject, insertProject, updateProject } from '../../../src/store/projects.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { hmacSha256 } from '../../../src/secrets.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { FakeMeta, tokenReply } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'

const DAY_MS = 86_400_000
const PUBLIC_URL = 'https://bot.test'

let outside: Outside
let meta: FakeMeta
/** What Meta says of the token besides its end. */
let debugged: Record<string, unknown>

beforeEach(() => {
  outside = new Outside()
  meta = new FakeMeta(outside)
  debugged = {}
  outside.answer(({ name }) => {
    if (!name.endsWith('debug_token') || Object.keys(debugged).length === 0) return undefined
    const plain = { is_valid: true, type: 'USER', expires_at: 0, scopes: ['leads_retrieval'] }
    return Response.json({ data: { ...plain, user_id: meta.userId, ...debugged } })
  })
  vi.useFakeTimers({ toFake: ['Date'] })
})

afterEach(() => {
  vi.useRealTimers()
})

const connection = () => connectionOf(env, meta.userId)
const page = () => pageOf(env, meta.pageId)
const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400
const later = (days: number) => vi.setSystemTime(Date.now() + days * DAY_MS)

async function adopt(token = 'token-1'): Promise<void> {
  await connection().adopt(token, PUBLIC_URL)
  await connection().kick()
}

/** What an admin was sent, with what stands on its buttons and where they lead. */
async function sent(): Promise<{ text: string; button: string }[]> {
  await connection().kick()
  await conversationOf(env, '1001').kick()
  return outside.sent('sendMessage', '1001').map(({ params }) => ({
    text: String(params['text']),
    button: JSON.stringify(params['reply_markup'] ?? ''),
  }))
}

const told = async () => (await sent()).map(({ text }) => text.split('\n')[0] ?? '')

async function record() {
  await connection().kick()
  return findConnection(env.DB, meta.userId)
}

describe('a token that dies', () => {
  it.each([
    [190, undefined, 'больше не принимает'],
    [190, 458, 'удалили'],
    [190, 459, 'войдите на facebook.com'],
    [190, 460, 'Пароль'],
    [190, 463, 'Срок'],
    [190, 464, 'не подтверждён'],
    [190, 467, 'Сеанс завершён'],
    [102, undefined, 'больше не принимает'],
    [102, 460, 'Пароль'],
  ])('of %s/%s is told once, with why and a button to connect again', async (code, sub, why) => {
    await adopt()
    const period = { from: '2026-11-01', to: '2026-11-02' }
    outside.answer(({ name }) => (name.endsWith('/insights') ? metaError(code, sub) : undefined))
    const read = () => connection().readInsights({ accountId: meta.accountId, period, after: null })
    expect(await read()).toMatchObject({ kind: 'dead' })
    expect(await read()).toMatchObject({ kind: 'dead' })
    const messages = await sent()
    expect(messages).toHaveLength(1)
    expect(messages[0]?.text).toContain('потеряна')
    expect(messages[0]?.text).toContain(why)
    expect(messages[0]?.button).toMatch(
      /bot\.test\/portal\/enter\?token=1001\.[\d.]+[0-9a-f]{64}&next=\/meta\/connect/,
    )
    const problem = sub === undefined ? `${code}` : `${code}/${sub}`
    expect(await record()).toMatchObject({ state: 'dead', problem })
  })

  it.each([
    [10, undefined],
    [200, undefined],
    [294, undefined],
    [100, 3191001],
  ])('is none when %s/%s says that a permission is missing', async (code, sub) => {
    await adopt()
    const id = meta.newLead()
    let isRefused = true
    outside.answer(({ name }) =>
      isRefused && name.endsWith(`/${id}`) ? metaError(code, sub) : undefined,
    )
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ kind: 'permission' })
    await connection().readLeads(meta.pageId, [id])
    expect(await record()).toMatchObject({ state: 'alive' })
    expect(await sent()).toMatchObject([
      {
        text: expect.stringContaining('Не хватает разрешения'),
        button: expect.stringContaining('/meta/connect'),
      },
    ])
    isRefused = false
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ ok: true })
    expect(await told()).toEqual([
      expect.stringContaining('не отдаёт'),
      expect.stringContaining('снова отдаёт'),
    ])
  })

  it('is none when the numbers of an account are refused, which is told while it lasts', async () => {
    await adopt()
    let isRefused = true
    outside.answer(({ name }) =>
      name.endsWith('/insights')
        ? isRefused
          ? metaError(200)
          : Response.json({ data: [] })
        : undefined,
    )
    const period = { from: '2026-11-01', to: '2026-11-02' }
    const read = () => connection().readInsights({ accountId: meta.accountId, period, after: null })
    expect([await read(), await read()]).toMatchObject([{ ok: false }, { kind: 'permission' }])
    isRefused = false
    expect([await read(), await read()]).toMatchObject([{ ok: true }, { ok: true }])
    expect(await record()).toMatchObject({ state: 'alive' })
    expect(await told()).toEqual([
      expect.stringContaining('не отдаёт статистику'),
      expect.stringContaining('снова отдаёт статистику'),
    ])
  })

  it('is none when our signature was refused: that is told without a button', async () => {
    await adopt()
    const id = meta.newLead()
    outside.answer(({ name }) => (name.endsWith(`/${id}`) ? metaError(104) : undefined))
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ kind: 'ours' })
    await connection().readLeads(meta.pageId, [id])
    expect(await record()).toMatchObject({ state: 'alive' })
    expect(await sent()).toEqual([
      { text: expect.stringContaining('META_APP_SECRET'), button: '""' },
    ])
  })

  it('is given anew, and what waited for it goes on', async () => {
    await adopt()
    const projectId = crypto.randomUUID()
    await insertProject(env.DB, projectId, 'Clinic')
    await updateProject(env.DB, projectId, {
      connectionId: meta.userId,
      adAccountId: meta.accountId,
      currency: 'USD',
      accountTimezone: 'Asia/Tashkent',
    })
    meta.killToken(190, 460)
    await connection().check()
    const id = meta.newLead()
    await page().receive({
      leads: [{ leadgenId: id, formId: '77', adId: null, createdAt: null }],
      malformed: [],
    })
    await page().kick()
    const lead = () => leadOf(env, leadIdOf('facebook', id)).read()
    expect((await lead())?.lead).toMatchObject({ details: 'pending' })
    meta.revive()
    const started = vi.spyOn(env.AGGREGATE_INSIGHTS, 'createBatch')
    const compared = vi.spyOn(env.RECONCILE_LEADS, 'createBatch')
    await adopt('token-2')
    await page().kick()
    expect((await lead())?.lead).toMatchObject({ details: 'complete' })
    expect(JSON.stringify(started.mock.calls)).toContain(projectId)
    expect(JSON.stringify(compared.mock.calls)).toContain(meta.pageId)
    expect(await told()).toEqual([
      expect.stringContaining('потеряна'),
      expect.stringContaining('восстановлена'),
    ])
  })
})

describe('the end of a token', () => {
  it('is warned of at 14, 7 and 1 days, once each, with a button', async () => {
    debugged = { expires_at: inDays(20) }
    await adopt()
    for (let day = 0; day < 20; day++) {
      await connection().warn()
      await connection().warn()
      later(1)
    }
    const messages = await sent()
    expect(messages.map(({ text }) => /: (\d+)/.exec(text)?.[1])).toEqual(['14', '7', '1'])
    expect(messages.every(({ button }) => button.includes('/meta/connect'))).toBe(true)
  })

  it('never comes for a system user, who is never asked to exchange', async () => {
    debugged = { type: 'SYSTEM_USER', expires_at: 0, data_access_expires_at: 0 }
    await adopt()
    later(400)
    await connection().warn()
    expect(await connection().check()).toMatchObject({
      value: { state: 'alive', expiresAt: null, isExchangeDue: false },
    })
    expect(await sent()).toEqual([])
  })

  it('is put off for a system user whose token has one', async () => {
    debugged = { type: 'SYSTEM_USER', expires_at: inDays(20) }
    await adopt()
    meta.exchange = () => {
      debugged = { type: 'SYSTEM_USER', expires_at: inDays(60) }
      return tokenReply('token-2')
    }
    expect(await connection().exchange()).toMatchObject({ ok: true })
    const [call] = meta.calls('oauth/access_token')
    expect(call?.params).toMatchObject({ set_token_expires_in_60_days: 'true' })
    expect((await record())?.expiresAt).toBe(new Date(inDays(60) * 1000).toISOString())
  })

  it.each([
    ['extends', () => tokenReply('token-2'), 60, 60],
    ['leaves it where it was', () => tokenReply('token-2'), 20, 20],
    ['refuses', () => metaError(190, 463), 20, 20],
  ])('is where Meta says it is when an exchange %s', async (_, reply, days, expected) => {
    debugged = { expires_at: inDays(20) }
    await adopt()
    meta.exchange = () => {
      debugged = { expires_at: inDays(days) }
      return reply()
    }
    const end = new Date(inDays(expected) * 1000).toISOString()
    await connection().exchange()
    expect(await record()).toMatchObject({ state: 'alive', expiresAt: end })
  })
})

describe('the end of a person’s data', () => {
  const until = (days: number, scopes = ['leads_retrieval']) => {
    debugged = { expires_at: inDays(100), data_access_expires_at: inDays(days), scopes }
  }

  it('is warned of apart from the token’s, told when it has come and when it was put off', async () => {
    until(10)
    await adopt()
    for (let day = 0; day < 12; day++) {
      await connection().warn()
      later(1)
    }
    expect((await told()).map((line) => line.split(' ')[0])).toEqual(['🟠', '🟠', '🟠', '🔴'])
    until(90)
    await connection().check()
    await connection().warn()
    expect((await told()).at(-1)).toContain('снова открыт')
    expect(await record()).toMatchObject({ state: 'alive' })
  })

  it('is over when the person connects again, which is told', async () => {
    until(0)
    await adopt()
    await connection().warn()
    until(90)
    await adopt('token-2')
    await connection().check()
    expect((await told()).map((line) => line.split(' ')[0])).toEqual(['🔴', '🟢'])
  })

  it('means nothing to who reads no leads', async () => {
    until(1, ['ads_read'])
    await adopt()
    await connection().warn()
    expect(await sent()).toEqual([])
  })

  it('is named as the reason why leads cannot be read', async () => {
    until(10)
    await adopt()
    later(11)
    const id = meta.newLead()
    outside.answer(({ name }) => (name.endsWith(`/${id}`) ? metaError(10) : undefined))
    await connection().readLeads(meta.pageId, [id])
    expect((await sent())[0]?.text).toContain('90 дней')
  })
})

describe('a page that is lost', () => {
  it('is served by another who opens it, and so are projects of their ad account', async () => {
    await adopt()
    const other = String(Number(meta.userId) + 1)
    outside.answer(({ name }) =>
      name.endsWith('/me') ? Response.json({ id: other, name: 'Other' }) : undefined,
    )
    await connectionOf(env, other).adopt('token-9', PUBLIC_URL)
    await connectionOf(env, other).kick()
    await connection().takeOver([meta.pageId])
    await connection().kick()
    const projectId = crypto.randomUUID()
    await insertProject(env.DB, projectId, 'Clinic')
    await updateProject(env.DB, projectId, {
      connectionId: meta.userId,
      adAccountId: meta.accountId,
    })
    outside.answer(({ name, params }) =>
      name.endsWith('debug_token') && params['input_token'] === 'token-1'
        ? Response.json({ data: { is_valid: false, error: { code: 190, subcode: 460 } } })
        : undefined,
    )
    await connection().check()
    await connection().kick()
    await connectionOf(env, other).kick()
    expect(await findProject(env.DB, projectId)).toMatchObject({ connectionId: other })
    // The dead one is asked no more: what the page now reads comes of the other.
    await connection().disconnect()
    await connection().kick()
    outside.answer(({ name }) =>
      name.endsWith('/leadgen_forms') ? Response.json({ data: [] }) : undefined,
    )
    expect(await page().formsDue()).toMatchObject({ ok: true })
  })

  it('stays subscribed when another is left to serve it, and else does not', async () => {
    const removed = () =>
      outside.calls.filter(({ name, method }) => {
        return method === 'DELETE' && name.endsWith('/subscribed_apps')
      })
    await adopt()
    const other = String(Number(meta.userId) + 1)
    let present = other
    outside.answer(({ name }) =>
      name.endsWith('/me')
        ? Response.json({ id: present, name: 'Other' })
        : name.endsWith(`${other}/permissions`)
          ? Response.json({ success: true })
          : undefined,
    )
    await connectionOf(env, other).adopt('token-9', PUBLIC_URL)
    await connectionOf(env, other).kick()
    present = meta.userId
    expect(await connection().disconnect()).toEqual({ isRevoked: true, problem: null })
    expect(removed()).toEqual([])
    await connectionOf(env, other).disconnect()
    expect(removed()).toHaveLength(1)
  })
})

describe('what a person has at Meta', () => {
  const listed = (pages: object[]) =>
    outside.answer(({ name }) =>
      name.endsWith('me/accounts') ? Response.json({ data: pages }) : undefined,
    )
  const page2 = () => ({ id: `${meta.pageId}2`, name: 'Second', access_token: 'second' })
  const own = () => ({ id: meta.pageId, name: 'Page', access_token: `page-token-${meta.pageId}` })

  beforeEach(() => {
    outside.answer(({ name }) =>
      name.endsWith('/subscribed_apps') ? Response.json({ success: true }) : undefined,
    )
  })

  it('grows by a page, which is served and subscribed with the next check', async () => {
    await adopt()
    listed([own(), page2()])
    await connection().check()
    expect(await record()).toMatchObject({
      pages: [
        { id: meta.pageId, subscribed: true },
        { id: page2().id, subscribed: true },
      ],
    })
    outside.answer(({ name }) =>
      name.endsWith('/leadgen_forms') ? Response.json({ data: [] }) : undefined,
    )
    expect(await pageOf(env, page2().id).formsDue()).toMatchObject({ ok: true })
    expect(await sent()).toEqual([])
  })

  it('loses a page, which is told with why, and again when it is back', async () => {
    listed([own(), page2()])
    await adopt()
    listed([page2()])
    await connection().check()
    await connection().check()
    expect(await record()).toMatchObject({
      state: 'alive',
      pages: [{ lost: '190/492' }, { lost: null }],
    })
    const [lost, ...rest] = await sent()
    expect(lost?.text).toContain('нет роли на странице')
    expect(rest).toEqual([])
    listed([own(), page2()])
    await connection().check()
    expect(await record()).toMatchObject({ pages: [{ lost: null, subscribed: true }, {}] })
    expect((await told()).at(-1)).toContain('снова отдаёт')
  })

  it('is all kept when nothing of it is shown, for that is a permission', async () => {
    await adopt()
    listed([])
    await connection().check()
    expect(await record()).toMatchObject({ pages: [{ lost: null, subscribed: true }] })
    expect(await sent()).toEqual([])
  })
})

describe('a page that Meta stops to tell of', () => {
  it('is subscribed again within the hour, and is asked about no oftener', async () => {
    await adopt()
    let isTold = true
    const own = { id: TEST_SETTINGS.META_APP_ID, subscribed_fields: ['leadgen'] }
    outside.answer(({ name, method }) => {
      if (!name.endsWith('/subscribed_apps')) return undefined
      if (method === 'POST') isTold = true
      return Response.json(method === 'GET' ? { data: isTold ? [own] : [] } : { success: true })
    })
    const calls = (wanted: string) =>
      meta.calls('/subscribed_apps').filter(({ method }) => method === wanted).length
    await connection().tick()
    expect(calls('GET')).toBe(0)
    isTold = false
    const before = calls('POST')
    later(1 / 24)
    await connection().tick()
    await connection().tick()
    expect([calls('GET'), calls('POST') - before, isTold]).toEqual([1, 1, true])
    expect(await record()).toMatchObject({ pages: [{ subscribed: true }] })
  })
})

describe('the app’s secret while it is changed', () => {
  it('signs every call with the present one', async () => {
    await adopt()
    await connection().readLeads(meta.pageId, [meta.newLead()])
    const signed = outside.calls.filter(({ to, headers }) => {
      return to === 'meta' && headers.has('authorization')
    })
    expect(signed.length).toBeGreaterThan(3)
    for (const { headers, params } of signed) {
      const token = headers.get('authorization')?.replace('Bearer ', '') ?? ''
      const proof = await hmacSha256(TEST_SETTINGS.META_APP_SECRET, token)
      expect(params['appsecret_proof']).toBe(proof)
    }
  })
})
