import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runChecks } from '../../../objects/connection/checks.ts'
import { Door } from '../../../objects/connection/door.ts'
import { Limits } from '../../../objects/connection/limits.ts'
import { endAccess } from '../../../objects/connection/end-access.ts'
import type { Check, CheckName } from '../../../src/meta/access.ts'
import { META_SCOPES } from '../../../src/meta/oauth.ts'
import type { MetaSettings } from '../../../src/settings.ts'
import { debugToken } from '../../../src/meta/oauth.ts'
import { debugReply } from '../../../src/meta/replies.ts'
import {
  APP_ID,
  APP_SECRET,
  connected,
  CLINIC,
  DAY,
  MINUTE,
  NOW,
  SCHOOL,
  SCHOOL_FORM,
} from '../dev/meta/stand-in.ts'

const PERSON = '10231234567890123'
const ACCOUNT = '998877665544332'
const SETTINGS: MetaSettings = {
  appId: APP_ID,
  appSecret: APP_SECRET,
  previousSecret: null,
  verifyToken: 'verify-me',
  graphRoot: 'http://meta.test',
  dialogRoot: 'http://meta.test',
  version: 'v26.0',
}
const PUBLIC_URL = 'https://worker.test'
/** A database in which nothing is ever kept: no limit is met here. */
const NO_ROWS = { exec: () => ({ toArray: () => [] }) }

let stand: ReturnType<typeof connected>
let meta: MetaSettings
/** The leads that the page was told of. */
let heard: Set<string>

beforeEach(() => {
  stand = connected()
  meta = SETTINGS
  heard = new Set()
  vi.useFakeTimers({ toFake: ['Date'], now: NOW })
  vi.stubGlobal('fetch', async (request: Request) => stand.meta.app.fetch(request))
  // oxlint-disable-next-line no-extend-native -- a Worker has it, Node has not yet
  Object.defineProperty(Uint8Array.prototype, 'toHex', {
    value(this: Uint8Array) {
      return Buffer.from(this).toString('hex')
    },
    configurable: true,
  })
})

afterEach(() => {
  stand.meta.close()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

function doorOf(tokens: Record<string, string>): Door {
  return new Door({
    meta,
    tokenOf: async (caller) => tokens[caller] ?? null,
    deadSince: () => null,
    died: () => undefined,
    badProof: () => undefined,
    pausedUntil: () => 0,
    pause: () => undefined,
    limits: new Limits(NO_ROWS),
    isAdAccount: () => false,
  })
}

function pageTokens(user: string): Record<string, string> {
  const parent = stand.meta.tokens.all.find(({ value }) => value === user)
  if (!parent) throw new Error('no such token')
  const ids = [SCHOOL, CLINIC].map((id) => [`page:${id}`, stand.meta.tokens.page(parent, id).value])
  return { user, ...Object.fromEntries(ids) }
}

async function check({ user = stand.user, mayTest = true } = {}): Promise<Check[]> {
  const result = await debugToken(meta, user)
  const debug = result.ok ? debugReply.parse(result.body).data : null
  return runChecks({
    door: doorOf(pageTokens(user)),
    meta,
    debug: debug?.is_valid
      ? { ok: true, value: debug }
      : debug
        ? { ok: false, kind: 'dead', code: `190/${debug.error?.subcode}` }
        : { ok: false, kind: 'ours', code: '190' },
    pages: [
      { id: SCHOOL, name: 'School' },
      { id: CLINIC, name: 'Clinic' },
    ],
    accounts: [{ id: ACCOUNT, name: 'Account' }],
    publicUrl: PUBLIC_URL,
    mayTest,
    hears: async (_page, id) => {
      await stand.meta.idle()
      for (const { body } of stand.received) if (body.includes(id)) heard.add(id)
      return heard.has(id)
    },
  })
}

/** What was not well, by name. */
function wrongOf(checks: Check[]): Partial<Record<CheckName, [string | null, string | null]>> {
  const wrong = checks.filter(({ state }) => state !== 'ok')
  return Object.fromEntries(wrong.map(({ name, reason, advice }) => [name, [reason, advice]]))
}

describe('the checks of a connection', () => {
  it('are all well when everything is, the arrival of news by a lead that was left for it', async () => {
    const checks = await check()
    expect(wrongOf(checks)).toEqual({})
    expect(checks.map(({ name, target }) => `${name} ${target?.id ?? ''}`)).toEqual([
      'token ',
      ...META_SCOPES.map((scope) => `scope ${scope}`),
      'data_access ',
      ...[SCHOOL, CLINIC].flatMap((id) => [
        `page_subscribed ${id}`,
        `forms_readable ${id}`,
        `lead_access ${id}`,
      ]),
      `ad_account_active ${ACCOUNT}`,
      `insights_readable ${ACCOUNT}`,
      'webhook_address ',
      `webhook_arrives ${SCHOOL}`,
    ])
  })

  const failures: [string, () => unknown, Partial<Record<CheckName, unknown>>][] = [
    [
      'a permission that was taken back',
      () => stand.meta.tokens.revoke('pages_manage_metadata'),
      {
        scope: ['not_granted', 'advice.scope'],
        page_subscribed: ['200', 'advice.page_subscribed'],
      },
    ],
    [
      'leads that may not be read',
      () => stand.meta.tokens.revoke('leads_retrieval'),
      {
        scope: ['not_granted', 'advice.scope'],
        lead_access: ['200', 'advice.leads_access_person'],
        webhook_arrives: ['200', 'advice.lead_access'],
      },
    ],
    [
      'ads that may not be seen',
      () => ['ads_read', 'ads_management'].map((scope) => stand.meta.tokens.revoke(scope)),
      {
        scope: ['not_granted', 'advice.scope'],
        ad_account_active: ['200', 'advice.ad_account'],
        insights_readable: ['200', 'advice.ad_account'],
      },
    ],
    [
      'data that Meta has closed',
      () => stand.meta.tokens.expireDataAccess(),
      {
        data_access: ['data_access_expired', 'advice.data'],
        lead_access: ['10', 'advice.lead_access'],
        webhook_arrives: ['10', 'advice.lead_access'],
      },
    ],
    [
      'a page that is not subscribed',
      () => stand.remove(`${CLINIC}/subscribed_apps`, {}, pageTokens(stand.user)[`page:${CLINIC}`]),
      { page_subscribed: ['not_subscribed', 'advice.page_subscribed'] },
    ],
    [
      'an account that was disabled',
      () => stand.meta.insights.setAccount(ACCOUNT, { account_status: 2 }),
      { ad_account_active: ['account_status 2', 'advice.account_disabled'] },
    ],
    [
      'an address that is not ours',
      () =>
        stand.post(
          `${APP_ID}/subscriptions`,
          {
            object: 'page',
            callback_url: 'https://other.test/meta/webhook',
            verify_token: 'verify-me',
            fields: 'leadgen',
            include_values: 'true',
          },
          `${APP_ID}|${APP_SECRET}`,
        ),
      { webhook_address: ['elsewhere', 'advice.webhook_address'] },
    ],
    [
      'Meta being down for a page',
      () => stand.meta.faults.add({ path: 'leadgen_forms', kind: { is: 'error', code: 2 } }),
      {
        forms_readable: ['2', 'advice.later'],
        webhook_arrives: ['no_forms', 'advice.no_forms'],
      },
    ],
  ]
  it.each(failures)('say %s, and what to do about it', async (_, spoil, wrong) => {
    await spoil()
    expect(wrongOf(await check())).toEqual(wrong)
  })

  it.each([458, 459, 460, 463, 464, 467])(
    'try nothing with a token that died of %i',
    async (subcode) => {
      stand.meta.tokens.kill(stand.user, { subcode })
      const checks = await check()
      expect(checks.map(({ name }) => name)).toEqual(['token', 'webhook_address'])
      expect(checks[0]).toMatchObject({ state: 'failed', reason: `190/${subcode}` })
      expect(checks[0]?.advice).toMatch(/^reason\.(?!other|invalid)/)
    },
  )

  it('say that a page was lost with the role on it', async () => {
    pageTokens(stand.user)
    stand.meta.tokens.loseRole(CLINIC)
    const wrong = (await check()).filter(({ name, state }) => state !== 'ok' && name !== 'scope')
    expect(new Set(wrong.map(({ reason }) => reason))).toEqual(new Set(['190/492']))
    expect(wrong.every(({ target }) => target?.id === CLINIC)).toBe(true)
  })

  it('name the app’s secret when it is wrong, and take the one before while it is changed', async () => {
    meta = { ...SETTINGS, appSecret: 'another' }
    expect(wrongOf(await check())).toMatchObject({ token: ['190', 'reason.app_secret'] })
    meta = { ...meta, previousSecret: APP_SECRET }
    expect(wrongOf(await check())).toEqual({})
  })
})

describe('a test lead', () => {
  const testLeads = async () =>
    (await stand.get(`${SCHOOL_FORM}/test_leads`, {}, stand.page)).rows().length

  it('is left once for a day', async () => {
    await check()
    await check()
    expect(stand.received).toHaveLength(1)
    await stand.advance(2 * DAY)
    vi.setSystemTime(stand.now())
    await check()
    expect(stand.received).toHaveLength(2)
    expect(await testLeads()).toBe(1)
  })

  it('is not left when nobody asked for it', async () => {
    expect(wrongOf(await check({ mayTest: false }))).toEqual({
      webhook_arrives: ['not_tried', 'advice.test_lead'],
    })
    expect(await testLeads()).toBe(0)
  })

  it('that has not arrived yet is waited for, and is a failure when it should have', async () => {
    stand.callback.status = 500
    const lost = async () => {
      stand.received.length = 0
      return wrongOf(await check()).webhook_arrives
    }
    vi.spyOn(stand.received, 'push').mockReturnValue(0)
    expect(await lost()).toEqual(['not_yet', 'advice.webhook_wait'])
    await stand.advance(MINUTE)
    vi.setSystemTime(stand.now())
    expect(await lost()).toEqual(['not_yet', 'advice.webhook_wait'])
    await stand.advance(10 * MINUTE)
    vi.setSystemTime(stand.now())
    expect(await lost()).toEqual(['not_heard', 'advice.webhook_arrives'])
  })
})

describe('ending the access', () => {
  const end = (user: string, tokenType: string, pageIds: string[]) =>
    endAccess({
      door: doorOf(pageTokens(user)),
      meta,
      userId: PERSON,
      tokenType,
      token: async () => ({ ok: true, value: user }),
      pageIds,
    })
  const works = async (token: string) => (await stand.get('me', {}, token)).status === 200

  it('unsubscribes the pages it is told to, and removes the app from the person', async () => {
    expect(await end(stand.user, 'USER', [SCHOOL])).toEqual({ isRevoked: true, problem: null })
    expect(await works(stand.user)).toBe(false)
    const other = stand.meta.tokens.user()
    const apps = async (id: string) =>
      (await stand.get(`${id}/subscribed_apps`, {}, stand.meta.tokens.page(other, id).value)).rows()
        .length
    expect([await apps(SCHOOL), await apps(CLINIC)]).toEqual([0, 1])
  })

  it('kills one token of a system user and no other', async () => {
    const [own, other] = [stand.meta.tokens.system(), stand.meta.tokens.system()]
    expect(await end(own.value, 'SYSTEM_USER', [])).toMatchObject({ isRevoked: true })
    expect([await works(own.value), await works(other.value)]).toEqual([false, true])
  })

  it('says why Meta did not take it back', async () => {
    stand.meta.tokens.kill(stand.user, { subcode: 460 })
    expect(await end(stand.user, 'USER', [SCHOOL])).toEqual({
      isRevoked: false,
      problem: '190/460',
    })
  })
})
