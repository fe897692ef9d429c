import { describe, expect, it } from 'vitest'
import { checksText } from '../../../../src/bot/checks.ts'
import { plainText } from '../../../../src/bot/texts.ts'
import {
  accountCheck,
  addressCheck,
  type Check,
  dataAccessCheck,
  leadAccessAdvice,
  OK,
  reasonOf,
  refused,
  scopeChecks,
  testLeadMove,
} from '../../../../src/meta/access.ts'
import { dialogUrl, META_SCOPES } from '../../../../src/meta/oauth.ts'
import { dataWarningDue } from '../../../../src/meta/token-life.ts'
import { troubleOf } from '../../../../src/meta/trouble.ts'

const DAY = 86_400_000
const PAGES = [
  { id: '1', name: 'School' },
  { id: '2', name: 'Clinic' },
]

/** Every row of the sheet: code, subcode, what it means for the token, what is said. */
const ROWS = [
  [190, undefined, 'dead', 'reason.invalid'],
  [190, 458, 'dead', 'reason.app_removed'],
  [190, 459, 'dead', 'reason.checkpoint'],
  [190, 460, 'dead', 'reason.password'],
  [190, 463, 'dead', 'reason.expired'],
  [190, 464, 'dead', 'reason.unconfirmed'],
  [190, 467, 'dead', 'reason.logged_out'],
  [190, 492, 'role', 'reason.role'],
  [102, undefined, 'dead', 'reason.invalid'],
  [102, 460, 'dead', 'reason.password'],
  [102, 463, 'dead', 'reason.expired'],
  [102, 492, 'role', 'reason.role'],
  [3, undefined, 'permission', 'reason.permission'],
  [10, undefined, 'permission', 'reason.permission'],
  [200, undefined, 'permission', 'reason.permission'],
  [294, undefined, 'permission', 'reason.permission'],
  [299, undefined, 'permission', 'reason.permission'],
  [100, 3191001, 'permission', 'reason.permission'],
  [104, undefined, 'ours', 'reason.app_secret'],
  [300, undefined, 'ours', 'reason.other'],
] as const

describe('a refusal of Meta', () => {
  it.each(ROWS)('%s/%s means %s and is explained', (code, subcode, kind, reason) => {
    const trouble = troubleOf(400, { error: { code, error_subcode: subcode, message: 'x' } })
    expect(trouble.kind).toBe(kind)
    expect(reasonOf(trouble.code)).toBe(reason)
  })

  it('of our signature has one name, however Meta words it', () => {
    const message = 'Invalid appsecret_proof provided in the API argument'
    expect(troubleOf(400, { error: { code: 100, message } })).toEqual({ kind: 'ours', code: '104' })
    expect(troubleOf(400, { error: { code: 100, message: 'x' } })).toMatchObject({ code: '100' })
  })
})

describe('the end of a person’s data', () => {
  it.each([
    ['never ends', null, null, null],
    ['is far', 15 * DAY, null, null],
    ['is two weeks away', 14 * DAY, null, 14],
    ['was warned of', 13 * DAY, { expiresAt: 13 * DAY, days: 14 }, null],
    ['is tomorrow', DAY, { expiresAt: DAY, days: 7 }, 1],
    ['has come', 0, { expiresAt: 0, days: 1 }, 0],
    ['was told', -DAY, { expiresAt: -DAY, days: 0 }, null],
    ['is another than was warned of', 13 * DAY, { expiresAt: DAY, days: 0 }, 14],
  ])('%s', (_, expiresAt, given, due) => {
    expect(dataWarningDue(expiresAt, 0, given)).toBe(due)
  })

  it('is asked to be opened anew in the dialog, and else what was left unticked is asked for', () => {
    const meta = {
      appId: '1',
      appSecret: 's',
      previousSecret: null,
      verifyToken: 'v',
      graphRoot: 'https://g.test',
      dialogRoot: 'https://d.test',
      version: 'v26.0',
    }
    const order = { redirectUri: 'https://x.test', state: 'x' }
    const typeOf = (isDataClosed: boolean) =>
      new URL(dialogUrl(meta, { ...order, isDataClosed })).searchParams.get('auth_type')
    expect([typeOf(true), typeOf(false)]).toEqual(['reauthorize', 'rerequest'])
  })
})

describe('permissions', () => {
  const all = (targets: string[]) => META_SCOPES.map((scope) => ({ scope, target_ids: targets }))

  it.each([
    ['hold for everything when they name nothing', []],
    ['hold when they name every page', ['1', '2']],
  ])('%s', (_, targets) => {
    const checks = scopeChecks({ scopes: [...META_SCOPES], granularScopes: all(targets) }, PAGES)
    expect(checks.map(({ state }) => state)).toEqual(META_SCOPES.map(() => 'ok'))
  })

  it.each(META_SCOPES)('say that %s was not given', (scope) => {
    const scopes = META_SCOPES.filter((other) => other !== scope)
    const bad = scopeChecks({ scopes, granularScopes: [] }, PAGES).filter(
      (one) => one.state !== 'ok',
    )
    expect(bad).toEqual([
      {
        name: 'scope',
        target: { id: scope, name: scope },
        state: 'failed',
        reason: 'not_granted',
        advice: 'advice.scope',
      },
    ])
  })

  it('say which page they were not given for', () => {
    const granularScopes = [{ scope: 'leads_retrieval', target_ids: ['1'] }]
    const checks = scopeChecks({ scopes: [...META_SCOPES], granularScopes }, PAGES)
    expect(checks.filter(({ state }) => state !== 'ok')).toMatchObject([
      { target: { id: 'leads_retrieval', name: 'leads_retrieval: Clinic' } },
    ])
  })
})

describe('what was checked', () => {
  it.each([
    ['nobody answers', { kind: 'transient', code: '2' }, 'unknown', 'advice.later'],
    ['we have to wait', { kind: 'later', code: 'paused' }, 'unknown', 'advice.later'],
    ['a permission is missing', { kind: 'permission', code: '200' }, 'failed', 'advice.forms'],
    ['the role is lost', { kind: 'role', code: '190/492' }, 'failed', 'reason.role'],
    ['there is no token', { kind: 'role', code: 'no_token' }, 'failed', 'reason.role'],
    ['the token is dead', { kind: 'dead', code: '190/459' }, 'failed', 'reason.checkpoint'],
    ['our secret is wrong', { kind: 'ours', code: '104' }, 'failed', 'reason.app_secret'],
    ['it is something else', { kind: 'ours', code: '100' }, 'failed', 'advice.forms'],
  ])('is judged when %s', (_, failure, state, advice) => {
    expect(refused(failure, 'advice.forms')).toEqual({ state, reason: failure.code, advice })
  })

  it.each([
    [1, 'ok', null],
    [2, 'failed', 'advice.account_disabled'],
    [3, 'failed', 'advice.account_unpaid'],
    [7, 'failed', 'advice.account_review'],
    [8, 'ok', null],
    [9, 'ok', null],
    [100, 'failed', 'advice.account_closed'],
    [101, 'failed', 'advice.account_closed'],
    [undefined, 'unknown', 'advice.later'],
  ])('is an ad account of status %s', (status, state, advice) => {
    expect(accountCheck(status)).toMatchObject({ state, advice })
  })

  const subscription = {
    object: 'page',
    callback_url: 'https://bot.test/meta/webhook',
    active: true,
    fields: ['leadgen'],
  }
  it.each([
    ['is ours', subscription, null],
    ['is somebody else’s', { ...subscription, callback_url: 'https://x.test/' }, 'elsewhere'],
    ['is switched off', { ...subscription, active: false }, 'inactive'],
    ['has no leads', { ...subscription, fields: ['feed'] }, 'no_leadgen'],
    ['is not of pages', { ...subscription, object: 'user' }, 'no_subscription'],
  ])('is an address for news that %s', (_, one, reason) => {
    expect(addressCheck([one], 'https://bot.test')).toMatchObject({ reason })
  })

  it('is the data of a person, which is open until its end', () => {
    expect(dataAccessCheck(null, 5)).toEqual(OK)
    expect(dataAccessCheck(6, 5)).toEqual(OK)
    expect(dataAccessCheck(5, 5)).toMatchObject({ state: 'failed', advice: 'advice.data' })
  })

  it.each([
    ['the person', { user_has_leads_permission: false }, 'advice.leads_access_person'],
    ['the app', { app_has_leads_permission: false }, 'advice.leads_access_app'],
    ['nobody', {}, 'advice.lead_access'],
  ])('is access to leads that %s has not', (_, lacks, advice) => {
    const access = {
      enabled_lead_access_manager: true,
      user_has_leads_permission: true,
      app_has_leads_permission: true,
    }
    expect(leadAccessAdvice({ ...access, ...lacks })).toBe(advice)
  })

  it.each([
    ['there is none', null, 'make'],
    ['it arrived today', { age: 3_600_000, isHeard: true }, 'proven'],
    ['it arrived long ago', { age: 2 * DAY, isHeard: true }, 'remake'],
    ['it may still arrive', { age: 60_000, isHeard: false }, 'wait'],
    ['it should have arrived', { age: 600_000, isHeard: false }, 'remake'],
  ])('is a test lead when %s', (_, lead, move) => {
    const now = 10 * DAY
    expect(testLeadMove(lead && { createdAt: now - lead.age, isHeard: lead.isHeard }, now)).toBe(
      move,
    )
  })
})

describe('the list of checks in a chat', () => {
  const line = (name: Check['name'], target: Check['target'], bad: Partial<Check> = {}): Check => ({
    name,
    target,
    ...OK,
    ...bad,
  })

  it('takes a line for what is well, and says what to do about the rest', () => {
    const [school = null, clinic = null] = PAGES
    const bad = { state: 'failed', reason: '200', advice: 'advice.forms' } as const
    const scope = { ...bad, advice: 'advice.scope' } as const
    const text = checksText(
      'A <b>',
      [
        line('token', null),
        line('forms_readable', school),
        line('forms_readable', { ...(clinic ?? { id: '' }), name: '<Clinic>' }, bad),
        line('page_subscribed', school),
        line('page_subscribed', clinic),
        line('scope', { id: 'ads_read', name: 'ads_read' }, scope),
        line('scope', { id: 'pages_show_list', name: 'pages_show_list' }, scope),
      ],
      'en',
    )
    expect(text.split('\n')).toEqual([
      '<b>Facebook, checked</b> (A &lt;b&gt;)',
      '✅ The access is good',
      '❌ Permissions are given: ads_read, pages_show_list',
      `<i>${plainText('en', 'advice.scope')}</i>`,
      '✅ The page tells of requests',
      '❌ Forms are visible: &lt;Clinic&gt;',
      `<i>${plainText('en', 'advice.forms')}</i>`,
    ])
  })
})
