import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connect as connectCode } from '../../../src/meta/connect.ts'
import { settingsOf } from '../../../src/settings.ts'
import { findConnection } from '../../../src/store/connections.ts'
import { findProject, insertProject, updateProject } from '../../../src/store/projects.ts'
import { connectionOf, pageOf } from '../../../src/stubs.ts'
import { toldOfFacebook } from '../chats.ts'
import { FakeMeta, tokenReply } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { ask, newKey } from '../worker.ts'

let outside: Outside
let meta: FakeMeta

beforeEach(() => {
  outside = new Outside()
  meta = new FakeMeta(outside)
})

afterEach(() => {
  vi.useRealTimers()
})

const connection = () => connectionOf(env, meta.userId)
const page = () => pageOf(env, meta.pageId)

async function adopt(token = 'token-1') {
  const answer = await connection().adopt(token)
  await connection().kick()
  return answer
}

async function record() {
  await connection().kick()
  return findConnection(env.DB, meta.userId)
}

/** What the admins were told. */
async function told(): Promise<string[]> {
  await connection().kick()
  return toldOfFacebook(outside)
}

/** As if the keys that sealed the tokens were no settings any more. */
async function loseKeys(): Promise<void> {
  await runInDurableObject(connection(), (_, { storage }) =>
    storage.sql.exec(`UPDATE token SET sealed = json_set(sealed, '$.kid', 'ffffffff')`),
  )
}

describe('a token that Meta refuses', () => {
  it('is no news any more once another was given', async () => {
    await adopt()
    const id = meta.newLead()
    let release: () => void = () => undefined
    const held = new Promise<void>((resolve) => (release = resolve))
    let isAsked: () => void = () => undefined
    const asked = new Promise<void>((resolve) => (isAsked = resolve))
    outside.answer(async ({ name }) => {
      if (!name.endsWith('/insights') && !name.endsWith(`/${id}`)) return undefined
      isAsked()
      await held
      return metaError(190, 460)
    })
    const period = { from: '2026-11-01', to: '2026-11-02' }
    const readings = [
      connection().readInsights({ accountId: meta.accountId, period, after: null }),
      connection().readLeads(meta.pageId, [id]),
    ]
    await asked
    await connection().adopt('token-2')
    release()
    await Promise.all(readings)
    expect(await record()).toMatchObject({ state: 'alive', pages: [{ subscribed: true }] })
    expect(await told()).toEqual([])
  })

  it('leaves the one that is held alone when it was only tried', async () => {
    await adopt()
    outside.answer(({ name }) => (name.endsWith('/me') ? metaError(190, 460) : undefined))
    expect(await connection().adopt('token-2')).toMatchObject({ ok: false })
    expect(await record()).toMatchObject({ state: 'alive' })
  })

  it('was a page’s, and loses that page alone until Meta gives another', async () => {
    await adopt()
    const id = meta.newLead()
    let isRefused = true
    outside.answer(({ name }) =>
      isRefused && (name.endsWith(`/${id}`) || name.endsWith('/subscribed_apps'))
        ? metaError(190, 467)
        : undefined,
    )
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ kind: 'role' })
    expect(await record()).toMatchObject({ state: 'alive', pages: [{ subscribed: false }] })
    expect(await told()).toEqual([expect.stringContaining('190/467')])
    await connection().check()
    expect(await told()).toHaveLength(1)
    isRefused = false
    await connection().check()
    expect(await record()).toMatchObject({ pages: [{ subscribed: true }] })
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ ok: true })
  })

  it('was a page’s, and is replaced by the one that Meta gives', async () => {
    await adopt()
    const id = meta.newLead()
    outside.answer(({ name, headers }) => {
      if (name.endsWith('me/accounts')) {
        return Response.json({ data: [{ id: meta.pageId, name: 'Page', access_token: 'fresh' }] })
      }
      const isOld = headers.get('authorization') === `Bearer page-token-${meta.pageId}`
      return isOld ? metaError(190, 460) : undefined
    })
    await connection().readLeads(meta.pageId, [id])
    expect(await record()).toMatchObject({ state: 'alive', pages: [{ subscribed: true }] })
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ ok: true })
    expect(await told()).toEqual([])
  })

  it('was a page’s because the user’s has ended', async () => {
    await adopt()
    meta.killToken(190, 460)
    await connection().readLeads(meta.pageId, [meta.newLead()])
    expect(await record()).toMatchObject({ state: 'dead', problem: '190/460' })
    expect(await told()).toEqual([expect.stringContaining('потеряна')])
  })
})

describe('disconnecting', () => {
  let projectId: string

  beforeEach(async () => {
    await adopt()
    projectId = crypto.randomUUID()
    await insertProject(env.DB, projectId, 'Clinic')
    await updateProject(env.DB, projectId, {
      connectionId: meta.userId,
      adAccountId: meta.accountId,
    })
  })

  async function disconnect(status = 204): Promise<Response> {
    const { key } = await newKey('admin')
    const answer = await ask('DELETE', `/api/connections/${meta.userId}`, { key })
    expect(answer.status).toBe(status)
    return answer
  }

  it('leaves nothing behind that asks Meta in its name, and can be undone', async () => {
    await disconnect()
    expect(await record()).toBeNull()
    expect(await findProject(env.DB, projectId)).toMatchObject({
      connectionId: null,
      adAccountId: meta.accountId,
    })
    expect(await page().formsDue()).toMatchObject({ ok: false, code: 'no_connection' })
    expect(await adopt()).toMatchObject({ ok: true })
    expect(await record()).toMatchObject({ state: 'alive' })
  })

  it('is done although the token cannot be opened any more', async () => {
    await loseKeys()
    expect(await (await disconnect(200)).json()).toEqual({
      revoked: false,
      problem: 'token_sealed',
    })
    expect(await record()).toBeNull()
  })

  it('is done although Meta says that the token has died, and alarms nobody', async () => {
    meta.killToken(190, 460)
    expect(await (await disconnect(200)).json()).toEqual({ revoked: false, problem: '190/460' })
    expect(await record()).toBeNull()
    expect(await told()).toEqual([])
  })

  it('is not undone by what was still on its way', async () => {
    await disconnect()
    await connection().tellRefused('190/463')
    await connection().warn()
    await connection().check()
    expect(await record()).toBeNull()
  })
})

describe('connecting', () => {
  it('takes no harm from an account that makes no sense', async () => {
    const good = { id: 'act_2', account_id: '2', currency: 'USD', timezone_name: 'Asia/Tashkent' }
    outside.answer(({ name }) =>
      name.endsWith('me/adaccounts')
        ? Response.json({ data: [{ id: 'act_1', account_id: '1' }, good] })
        : undefined,
    )
    expect(await adopt()).toMatchObject({ ok: true, value: { adAccounts: [{ id: '2' }] } })
  })

  it('tries again to subscribe a page that Meta did not subscribe', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    let calls = 0
    outside.answer(({ name }) =>
      name.endsWith('/subscribed_apps') && calls++ === 0 ? metaError(2) : undefined,
    )
    expect(await connection().adopt('token-1')).toMatchObject({
      value: { pages: [{ subscribed: false }] },
    })
    vi.setSystemTime(Date.now() + 600_000)
    expect(await record()).toMatchObject({ pages: [{ subscribed: true }] })
  })

  it('gives a project no other ad account than the one it has', async () => {
    await updateProject(env.DB, 'main', {
      connectionId: meta.userId,
      adAccountId: 'chosen',
      currency: 'JPY',
    })
    const { meta: settings } = settingsOf(env)
    meta.exchange = () => tokenReply('token-2')
    if (!settings) throw new Error('Meta is off')
    await connectCode(env, settings, {
      code: 'c',
      redirectUri: 'https://x.test',
      publicUrl: 'https://x.test',
    })
    const project = await findProject(env.DB, 'main')
    await updateProject(env.DB, 'main', { connectionId: null, adAccountId: null, currency: null })
    expect(project).toMatchObject({ adAccountId: 'chosen', currency: 'JPY' })
  })
})

describe('the limits of Meta', () => {
  const until = (scope: string) =>
    runInDurableObject(connection(), (_, { storage }) =>
      storage.sql
        .exec<{ until: number }>('SELECT until FROM pause WHERE scope = ?', scope)
        .toArray()
        .map((row) => Math.round((row.until - Date.now()) / 60_000)),
    )

  /** A batch of two leads, the second answered so. */
  async function readTwo(second: (id: string) => object): Promise<unknown> {
    const ids = [meta.newLead(), meta.newLead()]
    outside.answer(async ({ params }) => {
      if (!('batch' in params)) return undefined
      const body = await meta.lead(ids[0] ?? '').text()
      return Response.json([{ code: 200, headers: [], body }, second(ids[1] ?? '')])
    })
    return connection().readLeads(meta.pageId, ids)
  }

  const usage = (minutes: number) => ({
    name: 'X-Business-Use-Case-Usage',
    value: JSON.stringify({
      '1': [{ call_count: 100, estimated_time_to_regain_access: minutes }],
    }),
  })
  const limit = { code: 80005, message: 'x' }

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    await adopt()
  })

  it('are heard in the parts of a batch, whose token goes in its form', async () => {
    const body = JSON.stringify({ error: limit })
    const answer = await readTwo(() => ({ code: 400, headers: [usage(17)], body }))
    expect(answer).toMatchObject({
      value: { readings: [{ ok: true }], stop: { kind: 'later', code: '80005' } },
    })
    expect(await until(meta.pageId)).toEqual([17])
    const [batch] = meta.calls('batch')
    expect(batch?.params).toMatchObject({
      access_token: `page-token-${meta.pageId}`,
      include_headers: 'true',
    })
  })

  it('are kept to for the longer of two times', async () => {
    const ids = [meta.newLead(), meta.newLead()]
    const [good, refused] = [await meta.lead(ids[0] ?? '').text(), JSON.stringify({ error: limit })]
    outside.answer(({ params }) =>
      'batch' in params
        ? Response.json([
            { code: 200, headers: [usage(17)], body: good },
            { code: 400, headers: [], body: refused },
          ])
        : undefined,
    )
    await connection().readLeads(meta.pageId, ids)
    expect(await until(meta.pageId)).toEqual([17])
  })

  it.each([4, 341])('hold up everything when they are the app’s (%i)', async (code) => {
    outside.answer(({ name }) => (name.endsWith('/1') ? metaError(code) : undefined))
    await connection().readLeads(meta.pageId, ['1'])
    const period = { from: '2026-11-01', to: '2026-11-02' }
    expect(
      await connection().readInsights({ accountId: meta.accountId, period, after: null }),
    ).toMatchObject({ kind: 'later' })
  })

  it('hold up everything before they are met when they are the app’s', async () => {
    const headers = { 'x-app-usage': JSON.stringify({ call_count: 97 }) }
    const id = meta.newLead()
    outside.answer(async ({ name }) =>
      name.endsWith(`/${id}`) ? new Response(await meta.lead(id).text(), { headers }) : undefined,
    )
    expect(await connection().readLeads(meta.pageId, [id])).toMatchObject({ ok: true })
    const period = { from: '2026-11-01', to: '2026-11-02' }
    expect(
      await connection().readInsights({ accountId: meta.accountId, period, after: null }),
    ).toMatchObject({ kind: 'later' })
  })
})

describe('a token that cannot be opened', () => {
  it('lets everything wait, and the admins know', async () => {
    await adopt()
    await loseKeys()
    expect(await connection().readLeads(meta.pageId, ['1'])).toMatchObject({
      kind: 'ours',
      code: 'token_sealed',
    })
    expect(await connection().check()).toMatchObject({ kind: 'ours' })
    await connection().check()
    expect(await told()).toEqual([expect.stringContaining('token_sealed')])
  })
})
