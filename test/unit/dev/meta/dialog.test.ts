import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { APP_ID, APP_SECRET, DAY, MINUTE, standIn } from './stand-in.ts'

const REDIRECT = 'https://worker.test/meta/callback'
const asked = {
  client_id: APP_ID,
  redirect_uri: REDIRECT,
  state: 'csrf 1',
  response_type: 'code',
  scope: 'ads_read,leads_retrieval,pages_show_list',
}

type StandIn = ReturnType<typeof standIn>

function open({ meta }: StandIn, query: Record<string, string>, init?: RequestInit) {
  const path = `/v26.0/dialog/oauth?${new URLSearchParams(query).toString()}`
  return meta.app.request(`http://meta.test${path}`, init)
}

async function returned(answer: Response | Promise<Response>): Promise<URL> {
  const response = await answer
  expect(response.status).toBe(302)
  return new URL(z.string().parse(response.headers.get('location')))
}

function redeem({ get }: StandIn, code: string | null, redirect_uri = REDIRECT) {
  const app = { client_id: APP_ID, client_secret: APP_SECRET }
  return get('oauth/access_token', { ...app, redirect_uri, code })
}

describe('the login dialog', () => {
  it('asks in Russian or English, and shows what was asked for', async () => {
    const stand = standIn()
    const russian = await (await open(stand, asked)).text()
    expect(russian).toContain('Получать заявки из форм')
    expect(russian).not.toContain('ads_management')
    const english = await open(stand, asked, { headers: { 'accept-language': 'en-US' } })
    expect(await english.text()).toContain('Receive leads from your forms')
  })

  it('returns with a code and the state, exactly to the address it was given', async () => {
    const url = await returned(open(standIn(), { ...asked, auto: '1' }))
    expect(url.origin + url.pathname).toBe(REDIRECT)
    expect(url.searchParams.get('state')).toBe('csrf 1')
    expect(url.searchParams.get('code')).toMatch(/^AQ/)
    expect(url.hash).toBe('#_=_')
  })

  it('keeps the parameters that the address already has', async () => {
    const redirect_uri = `${REDIRECT}?tab=1`
    const url = await returned(open(standIn(), { ...asked, redirect_uri, auto: '1' }))
    expect(url.searchParams.get('tab')).toBe('1')
  })

  it('says access_denied when the person cancels', async () => {
    const stand = standIn()
    const body = new URLSearchParams({ decision: 'cancel' })
    const url = await returned(open(stand, asked, { method: 'POST', body }))
    expect(Object.fromEntries(url.searchParams)).toEqual({
      error: 'access_denied',
      error_code: '200',
      error_description: 'Permissions error',
      error_reason: 'user_denied',
      state: 'csrf 1',
    })
    const again = await returned(open(stand, { ...asked, auto: 'cancel' }))
    expect(again.searchParams.get('error')).toBe('access_denied')
  })

  it('grants what stays ticked, and remembers what does not', async () => {
    const stand = standIn()
    const body = new URLSearchParams([
      ['decision', 'continue'],
      ['scope', 'ads_read'],
      // Not asked for: a form can be forged, a permission cannot.
      ['scope', 'ads_management'],
    ])
    const url = await returned(open(stand, asked, { method: 'POST', body }))
    const answer = await redeem(stand, url.searchParams.get('code'))
    const token = z.object({ access_token: z.string() }).parse(answer.body).access_token
    const permissions = (await stand.get('me/permissions', {}, token)).rows()
    const granted = permissions.filter(({ status }) => status === 'granted')
    expect(granted.map(({ permission }) => permission)).toEqual(['public_profile', 'ads_read'])
    expect(permissions).toContainEqual({ permission: 'leads_retrieval', status: 'declined' })
  })

  it('renews the access to data', async () => {
    const stand = standIn()
    stand.meta.tokens.user()
    await stand.advance(40 * DAY)
    const url = await returned(open(stand, { ...asked, auto: '1', decline: 'ads_read' }))
    await redeem(stand, url.searchParams.get('code'))
    const token = stand.meta.tokens.all.at(-1)?.value ?? ''
    await stand.advance(50 * DAY)
    const fresh = stand.meta.tokens.user({ scopes: [] })
    expect((await stand.get('778812345678901/leads', {}, fresh.value)).status).toBe(200)
    expect((await stand.get('me', {}, token)).error().error_subcode).toBe(463)
  })

  it('gives a system user for a configuration of Login for Business', async () => {
    const stand = standIn()
    const url = await returned(open(stand, { ...asked, scope: '', config_id: '77', auto: '1' }))
    const answer = await redeem(stand, url.searchParams.get('code'))
    expect(answer.json()).not.toHaveProperty('expires_in')
    expect(stand.meta.tokens.all.at(-1)).toMatchObject({ kind: 'system_user', expiresAt: 0 })
  })

  it.each([
    ['a foreign app', { client_id: '1' }],
    ['an address that is not https', { redirect_uri: 'http://worker.test/cb' }],
    ['an address that is none', { redirect_uri: 'javascript:alert(1)' }],
    ['another kind of answer', { response_type: 'token' }],
  ])('never sends anybody anywhere for %s', async (_case, wrong) => {
    const stand = standIn()
    for (const init of [{}, { method: 'POST', body: new URLSearchParams() }]) {
      const response = await open(stand, { ...asked, ...wrong, auto: '1' }, init)
      expect(response.status).toBe(400)
      expect(response.headers.get('location')).toBeNull()
    }
  })

  it('returns only to listed addresses where there is a list', async () => {
    const stand = standIn({ redirectUris: [REDIRECT] })
    expect((await open(stand, { ...asked, redirect_uri: `${REDIRECT}/` })).status).toBe(400)
    expect((await open(stand, asked)).status).toBe(200)
  })

  it('escapes what it shows', async () => {
    const html = await (await open(standIn(), { ...asked, scope: '<script>' })).text()
    expect(html).not.toContain('<script>')
  })
})

describe('a code', () => {
  it('is good once', async () => {
    const stand = standIn()
    const code = (await returned(open(stand, { ...asked, auto: '1' }))).searchParams.get('code')
    expect((await redeem(stand, code)).json()).toMatchObject({ expires_in: 3600 })
    expect((await redeem(stand, code)).error()).toMatchObject({ code: 100, error_subcode: 36009 })
  })

  it('is good for ten minutes, and for the address that it was sent to', async () => {
    const stand = standIn()
    const code = (await returned(open(stand, { ...asked, auto: '1' }))).searchParams.get('code')
    expect((await redeem(stand, code, `${REDIRECT}/`)).error().error_subcode).toBe(36008)
    await stand.advance(10 * MINUTE)
    expect((await redeem(stand, code)).error().error_subcode).toBe(36007)
  })

  it('must be one that Meta gave', async () => {
    expect((await redeem(standIn(), 'AQguess')).error().code).toBe(100)
  })
})
