import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { addMember } from '../../../src/store/members.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { beginAnew } from '../chats.ts'
import { Client } from '../client.ts'
import { Outside } from '../outside.ts'
import { deliver, message, newGroup, press } from '../updates.ts'

let outside: Outside

beforeEach(async () => {
  outside = new Outside()
  await beginAnew()
  await updateProject(env.DB, 'main', { name: 'Clinic', chatId: null })
  await env.DB.prepare('DELETE FROM reports').run()
  // The file itself is another test's.
  vi.spyOn(env.GENERATE_REPORT, 'create').mockResolvedValue({} as never)
})

afterEach(async () => {
  vi.restoreAllMocks()
  await updateProject(env.DB, 'main', { name: 'Main' })
})

async function newProject(
  name: string,
  chatId: string | null = null,
  threadId: number | null = null,
) {
  const id = crypto.randomUUID()
  await insertProject(env.DB, id, name)
  await updateProject(env.DB, id, { chatId, threadId })
  return id
}

/** What reports were ordered: of which project, for which chat. */
async function ordered() {
  const sql = 'SELECT project_id AS projectId, chat_id AS chatId FROM reports'
  return (await env.DB.prepare(sql).all()).results
}

describe('/report in private', () => {
  it('is of the only project there is', async () => {
    const manager = await Client.as('manager', outside)
    await manager.say('/report')
    expect(manager.last().text).toContain('«Clinic»')
    expect(await ordered()).toEqual([{ projectId: 'main', chatId: manager.id }])
  })

  it('is of the manager’s own project', async () => {
    const projectId = await newProject('Courses')
    const manager = await Client.as('manager', outside)
    await addMember(env.DB, projectId, manager.id)
    await manager.say('/report')
    expect(await ordered()).toEqual([{ projectId, chatId: manager.id }])
  })

  it.each(['admin', 'manager'] as const)('asks an %s of several projects which', async (role) => {
    const projectId = await newProject('Courses')
    const person = await Client.as(role, outside)
    if (role === 'manager')
      for (const id of ['main', projectId]) await addMember(env.DB, id, person.id)
    await person.say('/report')
    expect(await ordered()).toEqual([])
    expect(person.last().buttons.map(({ text }) => text)).toEqual(['Clinic', 'Courses'])
    const update = await person.press('Courses')
    await person.deliver(update)
    expect(person.last()).toMatchObject({ text: expect.stringContaining('«Courses»'), buttons: [] })
    expect(await ordered()).toEqual([{ projectId, chatId: person.id }])
  })

  it('tells a client who gets reports', async () => {
    const client = await Client.as('client', outside)
    await client.say('/report')
    expect(client.last().text).toBe(
      'Отчёты получают только менеджеры и администраторы. Ваши заявки: /my',
    )
  })

  it('is not of a project of others', async () => {
    const [own, other] = [await newProject('Courses'), await newProject('Secret')]
    const manager = await Client.as('manager', outside)
    await addMember(env.DB, own, manager.id)
    await manager.say('/report')
    await manager.pressData(manager.last().id, `v1:report:${other}`)
    expect((await ordered()).map(({ projectId }) => projectId)).toEqual([own])
  })
})

describe('/report in a project’s chat', () => {
  const lastIn = (chatId: string) =>
    String(outside.sent('sendMessage', chatId).at(-1)?.params['text'])

  it('is of the project whose leads come there, and goes there', async () => {
    const group = newGroup()
    const chatId = String(group.id)
    const projectId = await newProject('Courses', chatId)
    const { person } = await Client.as('manager', outside)
    await deliver(message(person, group, { text: '/report' }))
    expect(await ordered()).toEqual([{ projectId, chatId }])
    expect(lastIn(chatId)).toContain('«Courses»')
  })

  it('is of the project of the topic', async () => {
    const group = newGroup()
    const chatId = String(group.id)
    await newProject('Courses', chatId, 5)
    const projectId = await newProject('Dentist', chatId, 7)
    const { person } = await Client.as('manager', outside)
    const topic = { is_topic_message: true, message_thread_id: 7 } as const
    await deliver(message(person, group, { text: '/report', ...topic }))
    expect(await ordered()).toEqual([{ projectId, chatId }])
    await deliver(message(person, group, { text: '/report' }))
    expect(lastIn(chatId)).toContain('какого проекта')
    await deliver(press(person, group, 100, `v1:report:${projectId}`))
    expect(await ordered()).toHaveLength(2)
  })

  it('of no project says so, and a client is refused', async () => {
    const group = newGroup()
    const { person } = await Client.as('manager', outside)
    await deliver(message(person, group, { text: '/report' }))
    expect(lastIn(String(group.id))).toContain('/bind')
    const client = await Client.as('client', outside)
    await deliver(message(client.person, group, { text: '/report' }))
    expect(lastIn(String(group.id))).toContain('только менеджеры и администраторы')
    expect(await ordered()).toEqual([])
  })
})
