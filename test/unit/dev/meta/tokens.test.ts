import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { APP_ID, APP_SECRET, APP_TOKEN, connected, DAY, HOUR, SCHOOL, standIn } from './stand-in.ts'

const app = { client_id: APP_ID, client_secret: APP_SECRET }
const tokenAnswer = z.object({
  access_token: z.string(),
  token_type: z.literal('bearer'),
  expires_in: z.number().optional(),
})

type StandIn = ReturnType<typeof standIn>

async function exchange({ get }: StandIn, token: string, extra = {}) {
  const params = { grant_type: 'fb_exchange_token', ...app, fb_exchange_token: token, ...extra }
  return get('oauth/access_token', params)
}

async function debug({ get }: StandIn, token: string) {
  const { body } = await get('debug_token', { input_token: token }, APP_TOKEN)
  return z.object({ data: z.record(z.string(), z.unknown()) }).parse(body).data
}

describe('the life of a token', () => {
  it('ends after an hour for one straight from the dialog', async () => {
    const stand = standIn()
    const { value } = stand.meta.tokens.user({ lasting: 'short' })
    expect((await stand.get('me', {}, value)).status).toBe(200)
    await stand.advance(HOUR)
    expect((await stand.get('me', {}, value)).error()).toMatchObject({
      code: 190,
      error_subcode: 463,
    })
  })

  it('becomes sixty days by an exchange, which gives another string', async () => {
    const stand = standIn()
    const short = stand.meta.tokens.user({ lasting: 'short' }).value
    const { access_token, expires_in } = tokenAnswer.parse((await exchange(stand, short)).body)
    expect(access_token).not.toBe(short)
    expect(expires_in).toBe(5_183_944)
    await stand.advance(59 * DAY)
    expect((await stand.get('me', {}, access_token)).status).toBe(200)
    await stand.advance(DAY)
    expect((await stand.get('me', {}, access_token)).error().error_subcode).toBe(463)
  })

  it('cannot be prolonged once it is over', async () => {
    const stand = standIn()
    const short = stand.meta.tokens.user({ lasting: 'short' }).value
    await stand.advance(2 * HOUR)
    expect((await exchange(stand, short)).error()).toMatchObject({ code: 190, error_subcode: 463 })
  })

  it('is endless for the page token of a long-lived user token', async () => {
    const stand = connected()
    await stand.advance(300 * DAY)
    expect((await stand.get('me', {}, stand.page)).json()).toMatchObject({ id: SCHOOL })
    expect((await stand.get('me', {}, stand.user)).error().error_subcode).toBe(463)
  })

  it('ends together with a short-lived user token for its page token', async () => {
    const stand = standIn()
    const page = stand.meta.tokens.page(stand.meta.tokens.user({ lasting: 'short' }), SCHOOL).value
    await stand.advance(2 * HOUR)
    expect((await stand.get('me', {}, page)).error().error_subcode).toBe(463)
  })

  it('is endless for a system user, or sixty days where that was asked for', async () => {
    const stand = standIn()
    expect(await debug(stand, stand.meta.tokens.system().value)).toMatchObject({
      type: 'SYSTEM_USER',
      expires_at: 0,
      data_access_expires_at: 0,
    })
    const limited = stand.meta.tokens.system({ expires: true }).value
    await stand.advance(30 * DAY)
    const params = { set_token_expires_in_60_days: 'true' }
    const fresh = tokenAnswer.parse((await exchange(stand, limited, params)).body)
    expect(fresh.expires_in).toBe(5_183_944)
    expect(await debug(stand, limited)).toMatchObject({ is_valid: true })
    await stand.get('oauth/revoke', { ...app, revoke_token: limited })
    expect(await debug(stand, limited)).toMatchObject({ is_valid: false })
    expect(await debug(stand, fresh.access_token)).toMatchObject({ is_valid: true })
  })
})

describe('exchanging a long-lived token', () => {
  it('moves its end, or leaves it, or is refused', async () => {
    const stand = standIn()
    const { value, expiresAt } = stand.meta.tokens.user()
    await stand.advance(30 * DAY)
    const endOf = async () =>
      (await debug(stand, tokenAnswer.parse((await exchange(stand, value)).body).access_token))
        .expires_at

    expect(await endOf()).toBe(expiresAt + (30 * DAY) / 1000)
    stand.meta.tokens.exchange({ mode: 'same_expiry' })
    expect(await endOf()).toBe(expiresAt)
    stand.meta.tokens.exchange({ mode: 'refuses' })
    expect((await exchange(stand, value)).error()).toMatchObject({ code: 190, error_subcode: 463 })
  })

  it('may keep silent about the expiry', async () => {
    const stand = standIn()
    stand.meta.tokens.exchange({ tellsExpiry: false })
    const answer = await exchange(stand, stand.meta.tokens.user().value)
    expect(answer.json()).not.toHaveProperty('expires_in')
  })

  it('is refused with a wrong secret or a foreign app', async () => {
    const stand = standIn()
    const { value } = stand.meta.tokens.user()
    expect((await exchange(stand, value, { client_secret: 'x' })).error().code).toBe(1)
    expect((await exchange(stand, value, { client_id: '1' })).error().code).toBe(101)
  })
})

describe('a dead token', () => {
  it.each([
    { subcode: undefined },
    { subcode: 458 },
    { subcode: 459 },
    { subcode: 460 },
    { subcode: 463 },
    { subcode: 464 },
    { subcode: 467 },
  ])('is refused with 190/$subcode, by every edge and by its page tokens', async ({ subcode }) => {
    const stand = connected()
    stand.meta.tokens.kill(stand.user, { subcode })
    for (const token of [stand.user, stand.page]) {
      const answer = await stand.get('me', {}, token)
      expect(answer.status).toBe(400)
      expect(answer.error()).toMatchObject({ code: 190, type: 'OAuthException' })
      expect(answer.error().error_subcode).toBe(subcode)
      expect(answer.headers.get('www-authenticate')).toContain('"invalid_token"')
    }
    expect(await debug(stand, stand.user)).toMatchObject({
      is_valid: false,
      error: { code: 190, ...(subcode ? { subcode } : {}) },
    })
  })

  it('can die as a session, with 102', async () => {
    const stand = connected()
    stand.meta.tokens.kill('all', { code: 102, subcode: 460 })
    expect((await stand.get('me', {}, stand.user)).error()).toMatchObject({
      code: 102,
      error_subcode: 460,
    })
  })

  it('is only the page token when the role on the page is lost', async () => {
    const stand = connected()
    stand.meta.tokens.loseRole(SCHOOL)
    expect((await stand.get('me', {}, stand.page)).error()).toMatchObject({
      code: 190,
      error_subcode: 492,
    })
    const pages = (await stand.get('me/accounts', {}, stand.user)).rows()
    expect(pages.map(({ name }) => name)).toEqual(['Dent Lux — стоматология'])
    stand.meta.tokens.regainRole(SCHOOL)
    expect((await stand.get('me', {}, stand.page)).status).toBe(200)
  })

  it('is unknown to Meta when it was never given', async () => {
    const stand = standIn()
    const answer = await stand.get('me', {}, 'EAAnobody')
    expect(answer.error()).toMatchObject({ code: 190 })
    expect(answer.error()).not.toHaveProperty('error_subcode')
  })
})

describe('permissions', () => {
  it('are listed, revoked one by one and missed at once', async () => {
    const stand = connected()
    await stand.remove('me/permissions/ads_read', {}, stand.user)
    await stand.remove('me/permissions', { permission: 'ads_management' }, stand.user)
    const listed = (await stand.get('me/permissions', {}, stand.user)).rows()
    expect(listed).toContainEqual({ permission: 'ads_read', status: 'declined' })
    expect(listed).toContainEqual({ permission: 'leads_retrieval', status: 'granted' })
    expect((await stand.get('me/adaccounts', {}, stand.user)).error().code).toBe(200)
    expect((await stand.get('me', {}, stand.user)).status).toBe(200)
  })

  it('go all together when the app is removed, and the tokens with them', async () => {
    const stand = connected()
    expect((await stand.remove('me/permissions', {}, stand.user)).json()).toEqual({ success: true })
    expect((await stand.get('me', {}, stand.user)).error().error_subcode).toBe(458)
  })

  it('leave the list of pages empty instead of refusing it', async () => {
    const stand = connected()
    stand.meta.tokens.revoke('pages_show_list')
    expect((await stand.get('me/accounts', {}, stand.user)).rows()).toEqual([])
  })

  it('show in debug_token with the pages they hold for', async () => {
    const stand = connected()
    const data = await debug(stand, stand.user)
    expect(data).toMatchObject({ app_id: APP_ID, type: 'USER', is_valid: true })
    expect(data.granular_scopes).toContainEqual({ scope: 'ads_read' })
    expect(data.granular_scopes).toContainEqual({
      scope: 'leads_retrieval',
      target_ids: [...stand.meta.world.pages.keys()],
    })
    expect(await debug(stand, stand.page)).toMatchObject({ type: 'PAGE', profile_id: SCHOOL })
  })

  it('to look at tokens belong to the app alone', async () => {
    const stand = connected()
    const answer = await stand.get('debug_token', { input_token: stand.user }, stand.user)
    expect(answer.error().code).toBe(100)
  })
})

describe('the data access of a person', () => {
  it('ends after 90 days without a login: leads are refused with 10, insights go on', async () => {
    const stand = connected()
    const path = '778812345678901/leads'
    await stand.advance(90 * DAY - 1000)
    expect((await stand.get(path, {}, stand.page)).status).toBe(200)
    await stand.advance(1000)
    expect((await stand.get(path, {}, stand.page)).error().code).toBe(10)
    expect((await stand.get('me', {}, stand.page)).status).toBe(200)
  })

  it('can be ended at once, and comes back with the next login', async () => {
    const stand = connected()
    stand.meta.tokens.expireDataAccess()
    expect((await stand.get('778812345678901/leads', {}, stand.user)).error().code).toBe(10)
    expect((await stand.get('act_998877665544332/insights', {}, stand.user)).status).toBe(200)
    stand.meta.tokens.user()
    expect((await stand.get('778812345678901/leads', {}, stand.user)).status).toBe(200)
  })
})

describe('appsecret_proof', () => {
  it('must come with every call, and belong to its token', async () => {
    const stand = connected()
    const call = (proof: Record<string, string>) =>
      stand.get('me', { access_token: stand.user, ...proof })
    expect((await call({})).error().code).toBe(100)
    expect(
      (await call({ appsecret_proof: stand.meta.tokens.proof(stand.page) })).error().code,
    ).toBe(100)
    expect((await call({ appsecret_proof: 'я' })).error().code).toBe(100)
    expect((await call({ appsecret_proof: stand.meta.tokens.proof(stand.user) })).status).toBe(200)
  })

  it('may be left out where the app does not require it', async () => {
    const stand = connected({ requireProof: false })
    expect((await stand.get('me', { access_token: stand.user })).status).toBe(200)
    const wrong = { access_token: stand.user, appsecret_proof: 'x' }
    expect((await stand.get('me', wrong)).error().code).toBe(100)
  })
})

describe('a call', () => {
  it('takes its token from the Authorization header as well', async () => {
    const stand = connected()
    const proof = stand.meta.tokens.proof(stand.user)
    const response = await stand.meta.app.request(
      `http://meta.test/v26.0/me?appsecret_proof=${proof}`,
      { headers: { authorization: `Bearer ${stand.user}` } },
    )
    expect(await response.json()).toMatchObject({ id: '10231234567890123' })
  })

  it('without a token is refused: 2500 about oneself, 104 about anything else', async () => {
    const stand = standIn()
    expect((await stand.get('me')).error().code).toBe(2500)
    expect((await stand.get(SCHOOL)).error().code).toBe(104)
  })

  it('is remembered without its secrets', async () => {
    const stand = connected()
    await stand.get('me', { fields: 'id' }, stand.user)
    const call = stand.meta.calls.at(-1)
    expect(call).toMatchObject({ method: 'GET', path: 'me', version: 'v26.0', status: 200 })
    expect(JSON.stringify(call)).not.toContain(stand.user)
    expect(call?.query).toEqual({ fields: 'id', access_token: '…', appsecret_proof: '…' })
  })
})
