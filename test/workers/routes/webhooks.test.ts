import { env, exports } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { hmacSha256 } from '../../../src/secrets.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { Outside } from '../outside.ts'
import { message, newId, newPerson, privateChat } from '../updates.ts'
import { ask, errorOf, ORIGIN } from '../worker.ts'

let outside: Outside

beforeEach(() => {
  outside = new Outside()
})

const SECRET = { 'x-telegram-bot-api-secret-token': TEST_SETTINGS.TELEGRAM_WEBHOOK_SECRET }

describe('the webhook of Telegram', () => {
  it.each([
    ['no secret', {}],
    ['an empty secret', { 'x-telegram-bot-api-secret-token': '' }],
    ['a wrong secret', { 'x-telegram-bot-api-secret-token': 'x' }],
    ['half of the secret', { 'x-telegram-bot-api-secret-token': 'test-webhook' }],
  ])('answers 401 to %s and does nothing', async (_, headers) => {
    const person = newPerson()
    const body = message(person, privateChat(person), { text: '/start' })
    const response = await ask('POST', '/telegram/webhook', { body, headers })
    expect(response.status).toBe(401)
    expect(outside.sent('sendMessage', String(person.id))).toEqual([])
  })

  it('answers 200 to an update, also to kinds it does not know', async () => {
    const person = newPerson()
    for (const body of [
      message(person, privateChat(person), { text: '/start' }),
      { update_id: newId(), poll: { id: '1' } },
      {
        update_id: newId(),
        message: { message_id: 1, date: 0, chat: { id: newId(), type: 'private' } },
      },
    ]) {
      const response = await ask('POST', '/telegram/webhook', { body, headers: SECRET })
      expect(response.status).toBe(200)
    }
  })

  it.each([
    ['garbage', '{"update_id":', 'INVALID_JSON'],
    ['no update', '{"hello":1}', 'INVALID_REQUEST'],
    ['null', 'null', 'INVALID_REQUEST'],
  ])('says what is wrong with %s', async (_, body, code) => {
    const response = await ask('POST', '/telegram/webhook', { body, headers: SECRET })
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code })
  })
})

async function send(body: string, signature?: string): Promise<Response> {
  const signed = signature ?? `sha256=${await hmacSha256(TEST_SETTINGS.META_APP_SECRET, body)}`
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signed }
  return exports.default.fetch(
    new Request(`${ORIGIN}/meta/webhook`, { method: 'POST', body, headers }),
  )
}

function webhook(pageId: string, ...values: object[]): string {
  const changes = values.map((value) => ({ field: 'leadgen', value }))
  return JSON.stringify({ object: 'page', entry: [{ id: pageId, time: 1, changes }] })
}

describe('the webhook of Meta', () => {
  it('answers the challenge to who knows the word', async () => {
    const query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token='
    const good = await ask('GET', `/meta/webhook?${query}${TEST_SETTINGS.META_VERIFY_TOKEN}`)
    expect([good.status, await good.text()]).toEqual([200, '1158201444'])
    expect((await ask('GET', `/meta/webhook?${query}guess`)).status).toBe(403)
  })

  it.each([
    ['no signature', ''],
    ['a word', 'sha256=hello'],
    ["somebody else's", `sha256=${'0'.repeat(64)}`],
  ])('answers 401 to %s and leaves no trace', async (_, signature) => {
    const [pageId, leadgenId] = [String(newId()), String(newId())]
    const response = await send(webhook(pageId, { leadgen_id: leadgenId }), signature)
    expect(response.status).toBe(401)
    await pageOf(env, pageId).kick()
    expect(await leadOf(env, leadIdOf('facebook', leadgenId)).read()).toBeNull()
  })

  it('verifies the raw bytes, which Meta escapes in its own way', async () => {
    const body = webhook(String(newId()), { leadgen_id: '1', note: 'x' })
    const escaped = body.replace('"x"', '"\\u00e4 a\\u0040b.uz \\/x"')
    expect((await send(escaped)).status).toBe(200)
    const other = await send(JSON.stringify(JSON.parse(escaped)), await signatureOf(escaped))
    expect(other.status).toBe(401)
  })

  it('makes leads of a whole batch, of several pages, with ids sent as numbers', async () => {
    const [one, two] = [String(newId()), String(newId())]
    const leads = [`12021000000${newId()}`, `12021000001${newId()}`]
    const raw = JSON.stringify({
      object: 'page',
      entry: [one, two].map((id, n) => ({
        id,
        time: 1,
        changes: [
          { field: 'leadgen', value: { leadgen_id: leads[n], page_id: id, ad_id: leads[n] } },
        ],
      })),
    }).replace(/"(\d{16,})"/g, '$1')
    expect((await send(raw)).status).toBe(200)
    await Promise.all([pageOf(env, one).kick(), pageOf(env, two).kick()])
    for (const id of leads) {
      const found = await leadOf(env, leadIdOf('facebook', id)).read()
      expect(found?.lead).toMatchObject({ sourceRef: id, adId: id })
    }
  })

  it('answers 200 to what it did not subscribe to, so that it does not come again', async () => {
    expect((await send('{"object":"user","entry":[]}')).status).toBe(200)
  })

  it('says what is wrong with what is no JSON', async () => {
    const response = await send('{"object":')
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: 'INVALID_JSON' })
  })
})

async function signatureOf(body: string): Promise<string> {
  return `sha256=${await hmacSha256(TEST_SETTINGS.META_APP_SECRET, body)}`
}
