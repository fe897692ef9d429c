import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { app } from '../../../src/app.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { openOutside } from '../outside.ts'
import { newUser } from '../updates.ts'
import { ask, cookieOf, errorOf, newKey, ORIGIN } from '../worker.ts'

/** Every route of the API, with something in the place of its parameters. */
const ROUTES = app.routes
  .filter(({ method, path }) => method !== 'ALL' && path.startsWith('/api/'))
  .map(({ method, path }) => `${method} ${path.replace(':id', crypto.randomUUID())}`)
const EACH = [...new Set(ROUTES)].map((route) => route.split(' ') as [string, string])

beforeEach(() => {
  openOutside()
})

afterEach(() => {
  vi.restoreAllMocks()
})

describe('every route of the API', () => {
  it('is known to this test', () => {
    expect(EACH.length).toBeGreaterThan(30)
  })

  it.each(EACH)('%s %s answers 401 without a key', async (method, path) => {
    const response = await ask(method, path)
    expect(response.status).toBe(401)
    expect(await errorOf(response)).toMatchObject({ code: 'UNAUTHORIZED' })
  })

  it.each(EACH)('%s %s answers 401 with a key that is none', async (method, path) => {
    const response = await ask(method, path, { key: crypto.randomUUID() })
    expect(response.status).toBe(401)
  })

  it.each(EACH)('%s %s answers 403 with too small a key', async (method, path) => {
    const { key } = await newKey('service', [])
    const response = await ask(method, path, { key })
    expect(response.status).toBe(403)
    expect(await errorOf(response)).toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('an address that guesses keys', () => {
  const headers = { 'cf-connecting-ip': '203.0.113.7' }
  const guess = (key: string) => ask('GET', '/api/me', { key, headers })

  /** Everything that the database was asked. */
  function watchDatabase() {
    return vi.spyOn(env.DB, 'prepare')
  }

  it('does not make the database look for what is no key', async () => {
    const database = watchDatabase()
    expect((await guess('admin')).status).toBe(401)
    expect(database).not.toHaveBeenCalled()
    expect((await guess(crypto.randomUUID())).status).toBe(401)
    expect(database).toHaveBeenCalled()
  })

  it('is told to wait when those were too many, and from then on before anybody is looked for', async () => {
    const limit = vi.spyOn(env.LIMIT_REFUSED, 'limit').mockResolvedValue({ success: false })
    expect((await guess(crypto.randomUUID())).status).toBe(429)
    const database = watchDatabase()
    expect(await errorOf(await guess(crypto.randomUUID()))).toMatchObject({ code: 'RATE_LIMITED' })
    expect(database).not.toHaveBeenCalled()
    limit.mockResolvedValue({ success: true })
    const { key } = await newKey('partner')
    expect((await guess(key)).status).toBe(200)
  })
})

describe('what is not there', () => {
  it('is refused before anybody learns that', async () => {
    expect((await ask('GET', '/api/nothing')).status).toBe(401)
    const { key } = await newKey('admin')
    const response = await ask('GET', '/api/nothing', { key })
    expect(response.status).toBe(404)
    expect(await errorOf(response)).toMatchObject({ code: 'NOT_FOUND' })
  })
})

describe('a session', () => {
  it('opens what its person may', async () => {
    const cookie = await cookieOf(await newUser('manager'))
    expect((await ask('GET', '/api/me', { headers: { cookie } })).status).toBe(200)
    expect((await ask('GET', '/api/keys', { headers: { cookie } })).status).toBe(403)
  })

  it('is nothing when its cookie was changed', async () => {
    const cookie = (await cookieOf(await newUser('manager'))).replace('%3D', '%3Dx')
    expect((await ask('GET', '/api/me', { headers: { cookie } })).status).toBe(401)
  })

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a sibling site', { 'sec-fetch-site': 'same-site' }],
    ['another origin', { origin: 'https://evil.test' }],
    ['nowhere', {}],
  ])('changes nothing for a request from %s', async (_, headers) => {
    const cookie = await cookieOf(await newUser('manager'))
    const body = { name: 'A', contact: '+998901234567' }
    const response = await ask('POST', '/api/leads', { body, headers: { cookie, ...headers } })
    expect(response.status).toBe(403)
  })

  it('acts for the portal itself', async () => {
    const cookie = await cookieOf(await newUser('manager'))
    const body = { name: 'A', contact: '+998901234567' }
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: ORIGIN }]) {
      const response = await ask('POST', '/api/leads', { body, headers: { cookie, ...headers } })
      expect(response.status).toBe(201)
    }
  })

  it('of a client sees only what is theirs', async () => {
    const { key } = await newKey('admin')
    const body = { name: 'Somebody else', contact: '+998901234567' }
    const other = await ask('POST', '/api/leads', { key, body })
    const { id } = await other.json<{ id: string }>()
    const cookie = await cookieOf(await newUser('client'))
    expect((await ask('GET', `/api/leads/${id}`, { headers: { cookie } })).status).toBe(404)
    const list = await ask('GET', '/api/leads', { headers: { cookie } })
    expect(await list.json()).toEqual({ items: [], nextCursor: null })
  })
})

describe('a secret', () => {
  it('is in no log line and no answer, whatever goes wrong', async () => {
    const lines: string[] = []
    for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) {
      vi.spyOn(console, level).mockImplementation((...args) => void lines.push(args.join(' ')))
    }
    const { key } = await newKey('admin')
    const answers = await Promise.all([
      ask('GET', '/api/keys', { key }),
      ask('GET', '/api/users', { key }),
      ask('GET', '/api/connections', { key }),
      ask('GET', '/api/health', { key }),
      ask('GET', '/api/audit', { key }),
      ask('GET', '/api/openapi.json', { key }),
      ask('POST', '/telegram/webhook', {
        body: {},
        headers: { 'x-telegram-bot-api-secret-token': 'x' },
      }),
      ask('POST', '/meta/webhook', { body: {}, headers: { 'x-hub-signature-256': 'sha256=00' } }),
      ask('GET', `/portal/enter?token=${crypto.randomUUID()}`),
    ])
    const texts = await Promise.all(answers.map((answer) => answer.text()))
    vi.restoreAllMocks()
    const {
      META_APP_ID: _id,
      ADMIN_IDS: _ids,
      TELEGRAM_GROUP_LIMIT: _limit,
      TELEGRAM_API_ROOT: _root,
      ...secrets
    } = TEST_SETTINGS
    for (const secret of [
      key,
      ...Object.values(secrets).filter((one) => !one.startsWith('https')),
    ]) {
      expect([...texts, ...lines].filter((text) => text.includes(secret))).toEqual([])
    }
  })
})
