import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { app } from '../../../src/app.ts'
import { META_SCOPES } from '../../../src/meta/oauth.ts'
import { hmacSha256 } from '../../../src/secrets.ts'
import { findConnection } from '../../../src/store/connections.ts'
import { connectionOf, conversationOf } from '../../../src/stubs.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { Client } from '../client.ts'
import { FakeMeta, tokenReply } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { newId, newUser } from '../updates.ts'
import { ask, cookieOf, newKey, ORIGIN } from '../worker.ts'

let outside: Outside
let meta: FakeMeta

beforeEach(() => {
  outside = new Outside()
  meta = new FakeMeta(outside)
})

/** An admin at Meta's dialog: where they were sent, and what they carry back. */
async function begin() {
  const admin = await newUser('admin')
  const session = await cookieOf(admin)
  const response = await ask('GET', '/meta/connect', { headers: { cookie: session } })
  const dialog = new URL(response.headers.get('location') ?? '')
  const [own = ''] = (response.headers.get('set-cookie') ?? '').split(';')
  return { admin, dialog, cookie: `${session}; ${own}`, state: dialog.searchParams.get('state') }
}

async function comeBack(cookie: string, query: Record<string, string | null>): Promise<string> {
  const given = Object.entries(query).filter((one): one is [string, string] => one[1] !== null)
  const path = `/meta/callback?${new URLSearchParams(given).toString()}`
  const response = await ask('GET', path, { headers: { cookie } })
  return response.headers.get('location') ?? ''
}

describe('connecting in a browser', () => {
  it('asks at Meta for all that is needed, and comes back to us', async () => {
    const { dialog } = await begin()
    expect(dialog.origin + dialog.pathname).toBe(
      `${TEST_SETTINGS.META_DIALOG_ROOT}/v26.0/dialog/oauth`,
    )
    expect(Object.fromEntries(dialog.searchParams)).toMatchObject({
      client_id: TEST_SETTINGS.META_APP_ID,
      redirect_uri: `${ORIGIN}/meta/callback`,
      response_type: 'code',
      scope: META_SCOPES.join(','),
    })
  })

  it('trades the code for a long-lived token, and tells the admin how everything fares', async () => {
    const { admin, cookie, state } = await begin()
    const tokens = ['short', 'long']
    meta.exchange = () => tokenReply(tokens.shift() ?? '')
    expect(await comeBack(cookie, { code: 'c', state })).toBe('/portal/?connect=done')
    const [code, exchange] = meta.calls('oauth/access_token').map(({ params }) => params)
    expect(code).toMatchObject({ code: 'c', redirect_uri: `${ORIGIN}/meta/callback` })
    expect(exchange).toMatchObject({ fb_exchange_token: 'short' })
    await connectionOf(env, meta.userId).kick()
    expect(await findConnection(env.DB, meta.userId)).toMatchObject({
      state: 'alive',
      pages: [{ id: meta.pageId, subscribed: true }],
    })
    await conversationOf(env, String(admin.id)).kick()
    const [told] = outside.sent('sendMessage', String(admin.id))
    expect(told?.params['text']).toContain('Проверка Facebook')
  })

  it('connects pages of who leaves the permissions of ads out', async () => {
    const { cookie, state } = await begin()
    outside.answer(({ name }) => (name.endsWith('me/adaccounts') ? metaError(200) : undefined))
    expect(await comeBack(cookie, { code: 'c', state })).toBe('/portal/?connect=done')
  })

  it.each([
    ['refused', (state: string | null) => ({ error: 'access_denied', state }), 'refused'],
    ['sent with another state', () => ({ code: 'c', state: 'x' }), 'expired'],
    ['sent without a state', () => ({ code: 'c' }), 'expired'],
  ])('connects nothing when it was %s', async (_, query, problem) => {
    const { cookie, state } = await begin()
    expect(await comeBack(cookie, query(state))).toBe(`/portal/?connect=${problem}`)
    expect(meta.calls('oauth/access_token')).toEqual([])
  })

  it('connects nothing by another admin’s code', async () => {
    const { state } = await begin()
    const { cookie } = await begin()
    expect(await comeBack(cookie, { code: 'c', state })).toBe('/portal/?connect=expired')
  })

  it.each([
    ['Meta is down', () => new Response('<html>', { status: 502 }), 'unreachable'],
    ['the code was used', () => metaError(100, 36009), 'failed'],
  ])('says so when %s', async (_, reply, problem) => {
    const { cookie, state } = await begin()
    meta.exchange = reply
    expect(await comeBack(cookie, { code: 'c', state })).toBe(`/portal/?connect=${problem}`)
  })

  it('is for admins alone', async () => {
    const cookie = await cookieOf(await newUser('manager'))
    for (const path of ['/meta/connect', '/meta/callback?code=c']) {
      const response = await ask('GET', path, { headers: { cookie } })
      expect(response.headers.get('location')).toContain('/portal/sign-in')
    }
  })
})

describe('/connect', () => {
  it('gives an admin a link, and tells how each connection fares', async () => {
    await connectionOf(env, meta.userId).adopt('token-1')
    await connectionOf(env, meta.userId).kick()
    const admin = new Client(outside)
    await admin.say('/start')
    const { key } = await newKey('admin')
    await ask('PATCH', `/api/users/${admin.id}`, { key, body: { role: 'admin' } })
    await admin.say('/connect')
    await connectionOf(env, meta.userId).kick()
    await admin.settle()
    const texts = outside.sent('sendMessage', admin.id).map(({ params }) => String(params['text']))
    expect(texts.some((text) => text.includes('войдите в Facebook'))).toBe(true)
    expect(texts.some((text) => text.includes('Доступ действует'))).toBe(true)
  })
})

describe('a webhook while the app’s secret is changed', () => {
  const body = JSON.stringify({
    object: 'page',
    entry: [{ id: String(newId()), changes: [{ field: 'leadgen', value: { leadgen_id: '1' } }] }],
  })
  const send = async (secret: string, settings: object) => {
    const signature = `sha256=${await hmacSha256(secret, body)}`
    const headers = { 'x-hub-signature-256': signature }
    const init = { method: 'POST', body, headers }
    return (await app.request('/meta/webhook', init, { ...env, ...settings })).status
  }

  it.each([
    ['the present one', TEST_SETTINGS.META_APP_SECRET, { META_APP_SECRET_PREVIOUS: 'old' }, 200],
    ['the previous one', 'old', { META_APP_SECRET_PREVIOUS: 'old' }, 200],
    ['an older one', 'older', { META_APP_SECRET_PREVIOUS: 'old' }, 401],
    ['a previous one that is no setting any more', 'old', {}, 401],
  ])('is signed with %s', async (_, secret, settings, status) => {
    expect(await send(secret, settings)).toBe(status)
  })
})
