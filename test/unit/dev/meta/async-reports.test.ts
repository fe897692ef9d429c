import { describe, expect, it } from 'vitest'
import { actionsOf, AD, connected, DAY, SCHOOL_FORM, TASHKENT } from './stand-in.ts'

const question = { level: 'account', fields: 'spend,actions', date_preset: 'last_7d' }

type Stand = ReturnType<typeof connected>

async function start(stand: Stand, params = {}): Promise<string> {
  const answer = await stand.post(`${TASHKENT}/insights`, { ...question, ...params }, stand.user)
  return String(answer.json().report_run_id)
}

async function look(stand: Stand, id: string) {
  return (await stand.get(id, {}, stand.user)).json()
}

describe('a report run', () => {
  it('is not started, started, running, completed and only then done', async () => {
    const stand = connected({ history: true })
    stand.meta.insights.nextReport({ durationMs: 100_000 })
    const id = await start(stand)
    const seen: unknown[] = []
    for (let second = 0; second <= 100; second += 5) {
      const { async_status, async_percent_completion } = await look(stand, id)
      const state = `${String(async_status)} ${String(async_percent_completion)}`
      if (seen.at(-1) !== state) seen.push(state)
      await stand.advance(5000)
    }
    expect(seen).toEqual([
      'Job Not Started 0',
      'Job Started 0',
      'Job Running 20',
      'Job Running 70',
      'Job Completed 99',
      'Job Completed 100',
    ])
  })

  it('gives the rows that a direct question gives, and none before it is done', async () => {
    const stand = connected({ history: true })
    const direct = (await stand.get(`${TASHKENT}/insights`, question, stand.user)).rows()
    stand.meta.insights.nextReport({ durationMs: 1000 })
    const id = await start(stand)
    expect((await stand.get(`${id}/insights`, {}, stand.user)).error()).toMatchObject({
      code: 2601,
      error_subcode: 1815107,
    })
    await stand.advance(950)
    expect((await look(stand, id)).async_status).toBe('Job Completed')
    expect((await stand.get(`${id}/insights`, {}, stand.user)).error().code).toBe(2601)
    await stand.advance(50)
    expect((await stand.get(`${id}/insights`, {}, stand.user)).rows()).toEqual(direct)
  })

  it('tells what it covers and when it was made', async () => {
    const stand = connected()
    stand.meta.insights.nextReport({ durationMs: 0 })
    expect(await look(stand, await start(stand))).toMatchObject({
      account_id: '998877665544332',
      async_status: 'Job Completed',
      async_percent_completion: 100,
      time_ref: 1_795_338_000,
      time_completed: 1_795_338_000,
      date_start: '2026-11-15',
      date_stop: '2026-11-21',
    })
  })

  it('holds what was known when it was done, however late it is read', async () => {
    const stand = connected()
    stand.meta.insights.nextReport({ durationMs: 0 })
    const id = await start(stand, { date_preset: 'today' })
    await stand.advance(1000)
    stand.meta.leads.submit(SCHOOL_FORM, { adId: AD })
    expect((await stand.get(`${id}/insights`, {}, stand.user)).rows()).toEqual([])
    const now = await stand.get(
      `${TASHKENT}/insights`,
      { ...question, date_preset: 'today' },
      stand.user,
    )
    expect(actionsOf(now.rows()[0]).lead).toBe('1')
  })

  it.each([
    [
      'fails',
      {
        async_status: 'Job Failed',
        error_code: -2,
        error_subcode: 2490547,
        error_user_msg: expect.any(String),
      },
    ],
    ['too_large', { async_status: 'Job Failed', error_code: -3, error_subcode: 1504045 }],
    ['skips', { async_status: 'Job Skipped' }],
  ] as const)('that %s says so, and has no rows', async (outcome, state) => {
    const stand = connected()
    stand.meta.insights.nextReport({ durationMs: 1000, outcome })
    const id = await start(stand)
    await stand.advance(1000)
    expect(await look(stand, id)).toMatchObject(state)
    expect((await stand.get(`${id}/insights`, {}, stand.user)).error().code).toBe(2601)
  })

  it('that stalls stays at zero for ever', async () => {
    const stand = connected()
    stand.meta.insights.nextReport({ outcome: 'stalls' })
    const id = await start(stand)
    await stand.advance(DAY)
    expect(await look(stand, id)).toMatchObject({
      async_status: 'Job Running',
      async_percent_completion: 0,
    })
  })

  it('may be missing right after it was made', async () => {
    const stand = connected()
    stand.meta.insights.nextReport({ hiddenFor: 2 })
    const id = await start(stand)
    for (let time = 0; time < 2; time += 1) {
      expect((await stand.get(id, {}, stand.user)).error()).toMatchObject({
        code: 100,
        error_subcode: 33,
      })
    }
    expect((await stand.get(id, {}, stand.user)).status).toBe(200)
  })

  it('is forgotten after thirty days', async () => {
    const stand = connected()
    const id = await start(stand)
    await stand.advance(30 * DAY)
    expect((await stand.get(id, {}, stand.user)).error().error_subcode).toBe(33)
  })

  it('is refused at once when its question is wrong', async () => {
    const stand = connected()
    const params = { fields: 'speed' }
    const answer = await stand.post(`${TASHKENT}/insights`, params, stand.user)
    expect(answer.error().code).toBe(100)
  })

  it('takes what is too much for a direct question', async () => {
    const stand = connected()
    stand.meta.insights.mode({ maxDays: 1 })
    stand.meta.insights.nextReport({ durationMs: 0 })
    const id = await start(stand)
    expect((await stand.get(`${id}/insights`, {}, stand.user)).status).toBe(200)
  })
})
