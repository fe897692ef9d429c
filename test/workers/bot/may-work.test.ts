import { env } from 'cloudflare:workers'
import type { Message } from 'grammy/types'
import { beforeEach, describe, expect, it } from 'vitest'
import { listAudit } from '../../../src/store/audit.ts'
import { addMember, listProjectIdsOf, removeMember } from '../../../src/store/members.ts'
import { insertProject } from '../../../src/store/projects.ts'
import { leadOf } from '../../../src/stubs.ts'
import { beginAnew } from '../chats.ts'
import { Client } from '../client.ts'
import { Outside } from '../outside.ts'
import { newLead, newTeam, read, type Team } from '../team.ts'
import { BOT, deliver, newGroup, press } from '../updates.ts'

let outside: Outside

beforeEach(async () => {
  outside = new Outside()
  await beginAnew()
})

/** Presses a card in a group. */
async function pressIn(chatId: string, { person }: Client, verb: string, leadId: string) {
  const group = { ...newGroup(), id: Number(chatId) }
  await deliver(press(person, group, 100, `v1:${verb}:${leadId}`))
  await leadOf(env, leadId).kick()
}

const pressHere = (client: Client, verb: string, leadId: string) =>
  client.pressData(100, `v1:${verb}:${leadId}`)

const isRefused = (client: Client) =>
  client.toasts().some((words) => words.includes('не в команде этого проекта'))

async function teamWithLead(managers = 1): Promise<Team & { leadId: string }> {
  const team = await newTeam({ responseMinutes: null }, managers)
  return { ...team, leadId: await newLead(team.projectId) }
}

describe('a manager of another project', () => {
  it('works none of its leads, by no button and no note, and finds none', async () => {
    const { leadId } = await teamWithLead()
    const stranger = await Client.as('manager', outside)
    await pressHere(stranger, 'take', leadId)
    await pressHere(stranger, 'open', leadId)
    await pressHere(stranger, 'history', leadId)
    await pressIn(String(newGroup().id), stranger, 'spam', leadId)
    expect(await read(leadId)).toMatchObject({ status: 'new', version: 1 })
    expect(isRefused(stranger)).toBe(true)
    expect(stranger.shown()).toEqual([])
    for (const words of ['/leads', `/leads ${leadId}`]) await stranger.say(words)
    await stranger.press('Все')
    const said = stranger
      .shown()
      .flatMap(({ text, buttons }) => [text, ...buttons.map((b) => b.text)])
    expect(said.join()).not.toContain(leadId.slice(0, 8))
  })

  it('is one of the team once they work in its chat, which is written down once', async () => {
    const { leadId, chatId, projectId } = await teamWithLead()
    const newcomer = await Client.as('manager', outside)
    await pressIn(chatId, newcomer, 'take', leadId)
    await pressIn(chatId, newcomer, 'won', leadId)
    expect(await read(leadId)).toMatchObject({ outcome: 'won', assignee: { id: newcomer.id } })
    expect(await listProjectIdsOf(env.DB, newcomer.id)).toEqual([projectId])
    const audit = await listAudit(env.DB, { before: null, limit: 50 })
    const added = audit.filter(
      ({ action, target }) => action === 'member.add' && target === newcomer.id,
    )
    expect(added).toMatchObject([{ details: { projectId } }])
    const next = await newLead(projectId)
    await pressHere(newcomer, 'take', next)
    expect(await read(next)).toMatchObject({ assignee: { id: newcomer.id } })
  })

  it('works a lead that was given to them', async () => {
    const { leadId, managers } = await teamWithLead()
    const helper = await Client.as('manager', outside)
    const [by] = managers
    if (!by) throw new Error('the team has a manager')
    const to = { id: helper.id, name: 'Helper' }
    await leadOf(env, leadId).carryOut({ id: 'give', type: 'assign', by, to })
    await pressHere(helper, 'won', leadId)
    expect(await read(leadId)).toMatchObject({ outcome: 'won' })
  })
})

describe('a lead is worked in private', () => {
  it('by an admin of no project', async () => {
    const { leadId } = await teamWithLead()
    const admin = await Client.as('admin', outside)
    await pressHere(admin, 'spam', leadId)
    expect(await read(leadId)).toMatchObject({ outcome: 'spam' })
  })

  it('by any manager, when its project has none of its own', async () => {
    const { leadId, projectId } = await teamWithLead(0)
    const manager = await Client.as('manager', outside)
    await pressHere(manager, 'take', leadId)
    expect(await read(leadId)).toMatchObject({ assignee: { id: manager.id } })
    expect(await listProjectIdsOf(env.DB, manager.id)).not.toContain(projectId)
  })

  it('by any manager, when there is no other project', async () => {
    const { leadId, projectId } = await teamWithLead()
    const manager = await Client.as('manager', outside)
    await env.DB.prepare('DELETE FROM projects WHERE id <> ?').bind(projectId).run()
    await pressHere(manager, 'take', leadId)
    await manager.say('/leads')
    await manager.press('Все')
    await insertProject(env.DB, 'main', 'Main')
    expect(await read(leadId)).toMatchObject({ assignee: { id: manager.id } })
    expect(manager.last().buttons.map(({ callback_data: data }) => data)).toContain(
      `v1:open:${leadId}`,
    )
  })
})

it('who was taken out of a project works its leads no more, by no message that shows one', async () => {
  const { leadId, projectId } = await teamWithLead()
  const manager = await Client.as('manager', outside)
  await addMember(env.DB, projectId, manager.id)
  await pressHere(manager, 'open', leadId)
  const { id: messageId } = manager.last()
  const reply = async (words: string) => {
    const shown = { message_id: messageId, date: 0, chat: manager.chat, from: BOT }
    await manager.send({ text: words, reply_to_message: shown as Message['reply_to_message'] & {} })
  }
  await reply('Before')
  await removeMember(env.DB, projectId, manager.id)
  await reply('After')
  expect((await read(leadId)).notes).toMatchObject([{ text: 'Before' }])
  expect(manager.last().text).toContain('не в команде этого проекта')
})
