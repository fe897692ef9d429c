import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { healthSchema } from '../../../src/health.ts'
import { listParked, recordParked } from '../../../src/store/parked.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { conversationOf, pageOf } from '../../../src/stubs.ts'
import { Outside, telegramError } from '../outside.ts'
import { newId } from '../updates.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

let outside: Outside
let admin: string

beforeEach(async () => {
  outside = new Outside()
  admin = (await newKey('admin')).key
})

afterEach(() => vi.restoreAllMocks())

/** A chat in which Telegram has refused `count` messages for one reason. */
async function chatWithParked(reason: string, count: number): Promise<string> {
  const chatId = String(-1_000_000_000_000 - newId())
  let isRefusing = true
  outside.answer(({ name, params }) =>
    isRefusing && name === 'sendMessage' && String(params['chat_id']) === chatId
      ? telegramError(400, reason)
      : undefined,
  )
  for (let n = 0; n < count; n++) {
    await conversationOf(env, chatId).tell({ key: String(n), text: 'bind.private', params: {} })
  }
  await conversationOf(env, chatId).kick()
  isRefusing = false
  return chatId
}

/** Words that nothing else was refused with, and that look like no secret. */
function newReason(): string {
  return `Bad Request: ${crypto.randomUUID().slice(0, 8)}`
}

const retry = (body: object, key = admin) => ask('POST', '/api/health/parked/retry', { key, body })

describe('what was parked', () => {
  it('is tried again one by one', async () => {
    const reason = newReason()
    const chatId = await chatWithParked(reason, 1)
    const [row] = await listParked(env.DB, { reason, limit: 10 })
    const { object = '', name = '', seq = 0 } = row ?? {}
    const response = await retry({ object, name, seq })
    expect(await response.json()).toEqual({ retried: 1 })
    expect(outside.messages(chatId).size).toBe(1)
    expect((await retry({ object, name, seq })).status).toBe(404)
  })

  it('for one reason is tried again together', async () => {
    const reason = newReason()
    const chatId = await chatWithParked(reason, 3)
    const response = await retry({ reason })
    expect(await response.json()).toEqual({ retried: 3 })
    expect(outside.messages(chatId).size).toBe(3)
    expect(await listParked(env.DB, { reason, limit: 10 })).toEqual([])
    expect((await retry({ reason })).status).toBe(404)
  })

  it('is tried again by nobody who may only look', async () => {
    const { key } = await newKey('admin', ['health:read'])
    const response = await retry({ reason: 'NO_CHAT' }, key)
    expect(response.status).toBe(403)
    expect(await errorOf(response)).toMatchObject({ details: { scope: 'health:write' } })
    expect((await ask('GET', '/api/health', { key })).status).toBe(200)
  })

  it.each([{}, { reason: '' }, { object: 'lead', name: 'x' }, { reason: 'x', seq: 1 }])(
    'is not tried again for %j',
    async (body) => {
      expect((await retry(body)).status).toBe(400)
    },
  )

  it('is listed after a row, however many came at the same time', async () => {
    const reason = crypto.randomUUID()
    vi.useFakeTimers({ toFake: ['Date'] })
    for (let n = 1; n <= 5; n++) {
      const row = { object: 'lead', name: crypto.randomUUID(), seq: n, kind: 'card', attempts: 1 }
      await recordParked(env.DB, { ...row, reason })
    }
    vi.useRealTimers()
    const first = await listParked(env.DB, { reason, limit: 3 })
    const rest = await listParked(env.DB, { reason, after: first.at(-1), limit: 3 })
    expect(new Set([...first, ...rest].map(({ seq }) => seq)).size).toBe(5)
    await env.DB.prepare('DELETE FROM parked WHERE reason = ?').bind(reason).run()
  })
})

describe('the health of everything', () => {
  it('is told although one thing cannot say what it owes, and says so', async () => {
    const chatId = String(-1_000_000_000_000 - newId())
    const projectId = crypto.randomUUID()
    await insertProject(env.DB, projectId, 'Clinic')
    await updateProject(env.DB, projectId, { chatId })
    const stubOf = env.CONVERSATION.getByName.bind(env.CONVERSATION)
    vi.spyOn(env.CONVERSATION, 'getByName').mockImplementation((name) =>
      name === chatId
        ? ({ owed: () => Promise.reject(new Error('overloaded')) } as never)
        : stubOf(name),
    )
    const response = await ask('GET', '/api/health', { key: admin })
    const { status, waiting } = await read(healthSchema, response)
    expect(status).toBe('attention')
    expect(waiting.find(({ name }) => name === chatId)).toMatchObject({ problem: 'overloaded' })
    vi.restoreAllMocks()
    await updateProject(env.DB, projectId, { chatId: null })
  })
})

describe('POST /api/health/parked/dismiss', () => {
  const dismiss = (body: object, key = admin) =>
    ask('POST', '/api/health/parked/dismiss', { key, body })

  it('forgets a notification that made no sense, and nothing else', async () => {
    const name = String(newId())
    const page = pageOf(env, name)
    await page.receive({ leads: [], malformed: [{ reason: 'MALFORMED: x', entry: {} }] })
    await page.kick()
    const parked = (await listParked(env.DB, { reason: 'MALFORMED: x', limit: 200 })).find(
      (row) => row.name === name,
    )
    const key = { object: 'page', name, seq: parked?.seq ?? 0 }
    expect((await dismiss({ ...key, object: 'lead' })).status).toBe(404)
    expect((await dismiss({ ...key, seq: key.seq + 1 })).status).toBe(404)
    expect(await (await dismiss(key)).json()).toEqual({ dismissed: true })
    expect((await page.owed()).parked).toBe(0)
    expect((await dismiss(key)).status).toBe(404)
  })

  it('is for admins', async () => {
    const { key } = await newKey('manager')
    expect((await dismiss({ object: 'page', name: '1', seq: 1 }, key)).status).toBe(403)
  })
})
