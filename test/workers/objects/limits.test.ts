import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { connectionOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { FakeMeta } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'

const MINUTE = 60_000
const period = { from: '2026-11-01', to: '2026-11-02' }

let outside: Outside
let meta: FakeMeta

const connection = () => connectionOf(env, meta.userId)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  meta = new FakeMeta(outside)
  await connection().adopt('token-1')
})

afterEach(() => {
  vi.useRealTimers()
})

const read = (accountId = meta.accountId) =>
  connection().readInsights({ accountId, period, after: null })

const start = () => connection().startInsightsRun({ accountId: meta.accountId, period })

/** Reads so often, and gives how often Meta was asked. */
async function readTimes(times: number): Promise<number> {
  const before = meta.calls('/insights').length
  for (let n = 0; n < times; n++) await read()
  return meta.calls('/insights').length - before
}

const wait = (minutes: number) => vi.setSystemTime(Date.now() + minutes * MINUTE)

function answer(headers: Record<string, object> = {}): void {
  const all = Object.entries(headers).map(([name, value]) => [name, JSON.stringify(value)] as const)
  outside.answer(({ name, headers: asked }) => {
    if (!name.endsWith('/insights')) return undefined
    const isRun = asked.get('content-type') !== null
    const body = isRun ? { report_run_id: '6001' } : { data: [] }
    return Response.json(body, { headers: Object.fromEntries(all) })
  })
}

describe('the points of an ad account', () => {
  it('are not overspent, not even by an object that has died meanwhile, and come back in time', async () => {
    answer()
    expect(await readTimes(40)).toBe(40)
    wait(1)
    expect(await readTimes(20)).toBe(8)
    const refused = await read()
    expect(refused).toEqual({
      ok: false,
      kind: 'later',
      code: 'allowance',
      at: Date.now() + 4 * MINUTE,
    })
    await crash(connection())
    expect(await read()).toEqual(refused)
    wait(4)
    expect(await readTimes(60)).toBe(40)
  })

  it('have room left for what a person wants changed', async () => {
    answer()
    await readTimes(60)
    expect([await start(), await start(), await start()]).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: false, code: 'allowance' },
    ])
  })

  it('are more when Meta says that it trusts the app fully', async () => {
    answer({ 'x-ad-account-usage': { ads_api_access_tier: 'standard_access' } })
    expect(await readTimes(100)).toBe(100)
  })

  it('of one account are not those of another, and leads of pages spend none', async () => {
    answer()
    await readTimes(60)
    expect(await connection().readLeads(meta.pageId, [meta.newLead()])).toMatchObject({ ok: true })
  })
})

describe('refusals for too many calls', () => {
  const refuse = (code: number, subcode?: number) => {
    let isRefused = true
    outside.answer(({ name }) =>
      isRefused && name.endsWith('/insights') ? metaError(code, subcode) : undefined,
    )
    return () => (isRefused = false)
  }

  async function minutes(): Promise<number> {
    const answer = await read()
    if (answer.ok || answer.kind !== 'later') throw new Error('was not told to wait')
    return (answer.at - Date.now()) / MINUTE
  }

  it('are waited out ever longer, until Meta answers', async () => {
    answer()
    const relent = refuse(80_000, 2_446_079)
    for (const [least, most] of [
      [5, 5.5],
      [15, 16.5],
      [60, 66],
      [60, 66],
    ] as const) {
      const waited = await minutes()
      expect(waited).toBeGreaterThanOrEqual(least)
      expect(waited).toBeLessThanOrEqual(most)
      wait(waited)
    }
    relent()
    expect(await read()).toMatchObject({ ok: true })
    refuse(80_000, 2_446_079)
    expect(await minutes()).toBeLessThanOrEqual(5.5)
  })

  it('of calls that were on their way together are one', async () => {
    answer()
    refuse(17, 2_446_079)
    await Promise.all([read(), read(), read()])
    wait(5.5)
    expect(await minutes()).toBeLessThanOrEqual(16.5)
  })

  it('pause the whole account and nothing else', async () => {
    answer()
    refuse(80_004, 2_446_079)
    await read()
    expect(await start()).toMatchObject({ kind: 'later' })
    expect(await connection().readLeads(meta.pageId, [meta.newLead()])).toMatchObject({ ok: true })
  })

  it('pause everything when they are the app’s', async () => {
    answer()
    refuse(4, 1_504_022)
    await read()
    expect(await connection().readLeads(meta.pageId, [meta.newLead()])).toMatchObject({
      kind: 'later',
    })
  })
})

describe('usage that is nearly full', () => {
  it.each([
    ['x-ad-account-usage', { acc_id_util_pct: 97, reset_time_duration: 170 }, 3],
    ['x-fb-ads-insights-throttle', { app_id_util_pct: 1, acc_id_util_pct: 96 }, 1],
    ['x-business-use-case-usage', { 1: [{ call_count: 96 }] }, 1],
    [
      'x-business-use-case-usage',
      { 1: [{ total_time: 5, estimated_time_to_regain_access: 9 }] },
      9,
    ],
  ])('in %s (%j) stops us for %i minutes', async (name, usage, minutes) => {
    answer({ [name]: usage })
    expect(await read()).toMatchObject({ ok: true })
    expect(await read()).toMatchObject({ kind: 'later', at: Date.now() + minutes * MINUTE })
    wait(minutes)
    expect(await read()).toMatchObject({ ok: true })
  })
})
