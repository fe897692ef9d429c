import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { USERS } from '../../dev/meta/world/world.ts'
import { chance } from '../../dev/meta/random.ts'
import { snapshotKey, startAggregation } from '../../src/meta/aggregate.ts'
import { dayOf } from '../../src/period.ts'
import { projectRulesSchema } from '../../src/project-rules.ts'
import { startDue } from '../../src/schedule/start-due.ts'
import { putMetaRoute } from '../../src/store/meta-routes.ts'
import { insertProject, updateProject } from '../../src/store/projects.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../src/stubs.ts'
import { beginAnew } from './chats.ts'
import { type DayRow, LivingMeta } from './month/living-meta.ts'
import { END, Month, PROJECTS, SETTLED, START } from './month/plan.ts'
import { VirtualClock } from './month/virtual-clock.ts'
import { WorkflowEngine } from './month/workflow-engine.ts'
import { ask, newKey } from './worker.ts'

/**
 * A month of Meta's in some minutes at most, and the thirty nights in which it still changes it.
 *
 * Real: the objects with their SQLite, D1, KV, the routes of webhooks and connecting, what the cron
 * starts and when (`startDue`), the code of the workflows, every call to Meta and its signature; and the
 * stand-in of Meta with its tokens, limits (the limited tier's), faults and restatements.
 *
 * Not real: time, which stands still while anything is done, so that whatever happens at a moment
 * happens within the same second of Meta's score. The engine of Workflows, whose steps, retries and
 * sleeps are carried out by that clock (`month/workflow-engine.ts`). The cron comes every six hours, in
 * storms every fifteen minutes and once every five, as if the others had failed; alarms do not go off:
 * what they would do is done at ticks and a minute after them. Chats answer at once.
 */
const SEED = Number((env as Env & { TEST_SEED: string }).TEST_SEED)

const DAY = 86_400_000
const ADMIN = '1001'
const PERSON = USERS.person.id

let clock: VirtualClock
let world: LivingMeta
let key: string

beforeEach(async () => {
  await forgetAll()
  clock = new VirtualClock(START)
  world = new LivingMeta(SEED, clock)
  const isTwice = (step: string) => chance(SEED, step, Date.now(), 'twice') < 0.02
  new WorkflowEngine(clock, isTwice).takeOver()
  key = (await newKey('admin')).key
})

afterEach(async () => {
  vi.restoreAllMocks()
  vi.useRealTimers()
  // What bears dates of a far year shall meet no other test.
  await forgetAll()
  const nothing = { connectionId: null, adAccountId: null, currency: null, accountTimezone: null }
  await updateProject(env.DB, 'main', { ...nothing, chatId: null })
})

const TABLES = [
  'connections',
  'meta_routes',
  'insights',
  'insight_days',
  'receipts',
  'parked',
  'alerts',
  'audit_log',
]

async function forgetAll(): Promise<void> {
  await beginAnew()
  await env.DB.batch(TABLES.map((table) => env.DB.prepare(`DELETE FROM ${table}`)))
  const snapshots = [snapshotKey(), ...PROJECTS.map(({ id }) => snapshotKey(id))]
  await Promise.all(snapshots.map((name) => env.KV_META.delete(name)))
}

/** Two projects with a chat, an ad account and a page each, and nobody connected. */
async function begin(): Promise<void> {
  const rules = projectRulesSchema.parse({ responseMinutes: null, workingHours: null })
  for (const { id, chatId, pageId, accountId, timezone } of PROJECTS) {
    await insertProject(env.DB, id, id)
    await putMetaRoute(env.DB, { kind: 'page', metaId: pageId, projectId: id })
    const account = { adAccountId: accountId, currency: 'USD', accountTimezone: timezone }
    await updateProject(env.DB, id, { ...account, chatId, rules })
    await conversationOf(env, chatId).tell({ key: 'first', text: 'bind.private', params: {} })
  }
}

/** An admin connects with a token that was made just now; whether Meta lets them in. */
async function connect(): Promise<boolean> {
  const { value: token } = world.meta.tokens.user()
  const { status } = await ask('POST', '/api/connections', { key, body: { token } })
  await work()
  return status === 201
}

async function tick(at: number): Promise<void> {
  world.calls.length = 0
  world.meta.tick()
  await startDue(env, at, 'Asia/Tashkent')
  await work()
}

async function work(): Promise<void> {
  await connectionOf(env, PERSON).tick()
  await Promise.all(PROJECTS.map(({ pageId }) => pageOf(env, pageId).kick()))
  const chats = [ADMIN, ...PROJECTS.map(({ chatId }) => chatId)]
  await Promise.all(chats.map((id) => conversationOf(env, id).kick()))
}

/** What we hold, and what of the leads that were left before a time (ms) is missing. */
async function compareLeads(before: number) {
  // A page that is just connected brings along its last day.
  const since = Math.floor((START - DAY) / 1000)
  const meta = [...(await world.leads())].flatMap(([id, at]) =>
    at > since && at < before / 1000 ? [id] : [],
  )
  const { results: held } = await env.DB.prepare('SELECT id, source_ref AS ref FROM leads').all<{
    id: string
    ref: string
  }>()
  const refs = new Set(held.map(({ ref }) => ref))
  return { meta, held, missing: meta.filter((id) => !refs.has(id)) }
}

async function expectAllSince(connectedAt: number): Promise<void> {
  await work()
  const { missing } = await compareLeads(connectedAt)
  expect(missing, 'not held when somebody was back').toEqual([])
}

/** In D1 and in its object each lead of Meta's is there once, under its own id, and read. */
async function expectLeadsOnce(): Promise<void> {
  const { meta, held } = await compareLeads(Infinity)
  expect(held.map(({ ref }) => ref).toSorted()).toEqual(meta.toSorted())
  for (const { id, ref } of held) {
    expect(id).toBe(leadIdOf('facebook', ref))
    const lead = { id, sourceRef: ref, details: 'complete' }
    expect(await leadOf(env, id).read()).toMatchObject({ lead })
  }
}

/** What is written of every day of an account is what Meta says of it in the end. */
async function expectNumbers(accountId: string, timezone: string): Promise<void> {
  const [from, to] = [dayOf(START - 27 * DAY, timezone), dayOf(END - DAY, timezone)]
  const { results } = await env.DB.prepare(
    `SELECT date || ' ' || campaign_id AS day, spend_micros AS spendMicros, impressions, clicks,
       leads, form_leads AS formLeads, messages, purchases
     FROM insights WHERE account_id = ? AND date BETWEEN ? AND ?`,
  )
    .bind(accountId, from, to)
    .all<DayRow & { day: string }>()
  const ours = Object.fromEntries(results.map(({ day, ...row }) => [day, row]))
  expect(ours).toEqual(Object.fromEntries(await world.insights(accountId, from, to)))
}

const what = 'every lead of a month is held once, its numbers as they became, within the score'

it(`${what} (TEST_SEED=${SEED})`, { timeout: 600_000 }, async () => {
  const askForNumbers = async () => {
    await startAggregation(env, 'main', { days: 90 }, Date.now())
  }
  new Month(SEED, clock, world, { tick, work, connect, expectAllSince, askForNumbers }).plan()
  await begin()
  expect(await connect()).toBe(true)
  await clock.runUntil(SETTLED)

  await expectLeadsOnce()
  for (const { accountId, timezone } of PROJECTS) await expectNumbers(accountId, timezone)
  // Meta counts by itself, and would have refused.
  expect([world.scoreRefusals, world.highestScore <= 60]).toEqual([0, true])
  // There was something to lose, and the score was nearly used up.
  expect([world.fates.lost > 80, world.highestScore > 40]).toEqual([true, true])
})
