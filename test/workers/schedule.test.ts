import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { hourOf } from '../../src/period.ts'
import { projectRulesSchema } from '../../src/project-rules.ts'
import { sendSummaries } from '../../src/schedule/send-summaries.ts'
import { settingsOf } from '../../src/settings.ts'
import { insertProject, updateProject } from '../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../src/stubs.ts'
import { Outside } from './outside.ts'
import { newGroup, newId } from './updates.ts'

const HOUR_MS = 3_600_000
const TIMEZONE = 'Asia/Tashkent'
const ADMIN = '1001'

let outside: Outside

beforeEach(() => {
  outside = new Outside()
})

/** A project whose summary is due at the next full hour, and that tick. */
async function newProject() {
  const tick = Math.ceil(Date.now() / HOUR_MS) * HOUR_MS
  const projectId = `summary-${newId()}`
  const chatId = String(newGroup().id)
  await insertProject(env.DB, projectId, projectId)
  await updateProject(env.DB, projectId, {
    chatId,
    threadId: 7,
    timezone: TIMEZONE,
    rules: projectRulesSchema.parse({ summaryHour: hourOf(tick, TIMEZONE), responseMinutes: null }),
  })
  return { projectId, chatId, tick }
}

async function receive(projectId: string, chatId: string): Promise<string> {
  const id = crypto.randomUUID()
  const lead = { projectId, source: 'api', sourceRef: null, name: 'Aziza' } as const
  await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
  await settle(id, chatId)
  return id
}

async function settle(leadId: string, chatId: string): Promise<void> {
  await leadOf(env, leadId).show()
  await conversationOf(env, chatId).kick()
}

/** The summaries of a project that a chat has got by now. */
async function summaries(chatId: string, projectId: string): Promise<Record<string, unknown>[]> {
  await conversationOf(env, chatId).kick()
  return outside
    .sent('sendMessage', chatId)
    .map(({ params }) => params)
    .filter(({ text }) => String(text).includes(`Итоги дня</b> · ${projectId}`))
}

describe('the summary of a day', () => {
  it('is told once to the project’s topic and to the admins, however often the tick comes', async () => {
    const { projectId, chatId, tick } = await newProject()
    const id = await receive(projectId, chatId)
    await receive(projectId, chatId)
    const by = { id: '5', name: 'Olim', role: 'manager' } as const
    await leadOf(env, id).carryOut({ id: 'claim', type: 'claim', by })
    await leadOf(env, id).carryOut({ id: 'close', type: 'close', by, outcome: 'won' })
    await settle(id, chatId)
    await sendSummaries(env, settingsOf(env), tick)
    await sendSummaries(env, settingsOf(env), tick + 5 * 60_000)
    // What remembers that it was sent may forget it: it is told once all the same.
    const { keys } = await env.KV_META.list({ prefix: `summary:${projectId}:` })
    await Promise.all(keys.map(({ name }) => env.KV_META.delete(name)))
    await sendSummaries(env, settingsOf(env), tick + 10 * 60_000)
    const [told, ...more] = await summaries(chatId, projectId)
    expect(more).toEqual([])
    expect(told?.['message_thread_id']).toBe(7)
    expect(told?.['text']).toContain('Получено: 2, взято: 1')
    expect(told?.['text']).toContain('Успех: 1, ⚪️ не вышло: 0')
    expect(told?.['text']).toMatch(/Ответ: обычно \d+ с, дольше всего \d+ с/)
    expect(told?.['text']).toContain('Сейчас ждут: 1')
    expect(await summaries(ADMIN, projectId)).toHaveLength(1)
  })

  it('is told a little late, and not at all when it is too late', async () => {
    const late = await newProject()
    await receive(late.projectId, late.chatId)
    await sendSummaries(env, settingsOf(env), late.tick + 3 * HOUR_MS)
    expect(await summaries(late.chatId, late.projectId)).toEqual([])
    await sendSummaries(env, settingsOf(env), late.tick + 2 * HOUR_MS)
    expect(await summaries(late.chatId, late.projectId)).toHaveLength(1)
  })

  it('says nothing of a day without leads when nobody waits', async () => {
    const { projectId, chatId, tick } = await newProject()
    await sendSummaries(env, settingsOf(env), tick)
    expect(await summaries(chatId, projectId)).toEqual([])
    expect(await summaries(ADMIN, projectId)).toEqual([])
  })
})
