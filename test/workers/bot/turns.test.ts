import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { setUserAway } from '../../../src/store/users.ts'
import { beginAnew } from '../chats.ts'
import { Client } from '../client.ts'
import { Outside } from '../outside.ts'
import { lookAgain, newLead, newTeam, read } from '../team.ts'
import { ask, newKey } from '../worker.ts'

let outside: Outside

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  await beginAnew()
  key = (await newKey('admin')).key
  // A project without managers of its own is worked by all that there are.
  await env.DB.prepare("UPDATE users SET role = 'client' WHERE role = 'manager'").run()
})

afterEach(() => {
  vi.useRealTimers()
})

let key: string

/** A lead of a project whose leads are given out in turn, and that nobody is there for. */
async function waitingLead() {
  const team = await newTeam({ assignment: 'least_busy' })
  const manager = await Client.as('client', outside, 'Olim')
  const admin = await Client.as('admin', outside)
  return { ...team, manager, admin, leadId: await newLead(team.projectId) }
}

describe('a lead that nobody was there for', () => {
  it.each<[string, (waiting: Awaited<ReturnType<typeof waitingLead>>) => Promise<void>]>([
    [
      'a manager comes back',
      async ({ manager }) => {
        await ask('PATCH', `/api/users/${manager.id}`, { key, body: { role: 'manager' } })
        await setUserAway(env.DB, manager.id, true)
        await manager.say('/back')
      },
    ],
    [
      'an admin says that one is back',
      async ({ manager, admin }) => {
        await ask('PATCH', `/api/users/${manager.id}`, { key, body: { role: 'manager' } })
        await setUserAway(env.DB, manager.id, true)
        await admin.say('/admin')
        await admin.pressData(admin.last().id, `v1:admin:away-off-${manager.id}`)
      },
    ],
    [
      'the portal makes one',
      async ({ manager }) => {
        await ask('PATCH', `/api/users/${manager.id}`, { key, body: { role: 'manager' } })
      },
    ],
    [
      'the panel makes one',
      async ({ manager, admin }) => {
        await admin.say('/admin')
        await admin.pressData(admin.last().id, `v1:admin:give-manager-${manager.id}`)
      },
    ],
    [
      'one comes by an invitation',
      async ({ manager, admin, projectId }) => {
        await admin.say('/invite')
        await admin.pressData(admin.last().id, `v1:invite:manager-${projectId}`)
        const token = /inv_\w+/.exec(admin.last().text)?.[0] ?? ''
        await manager.say(`/start ${token}`)
      },
    ],
  ])('is given out when %s', async (_, come) => {
    const waiting = await waitingLead()
    const { projectId, leadId, manager } = waiting
    expect(await read(leadId)).toMatchObject({ status: 'new' })
    await come(waiting)
    await lookAgain(projectId)
    expect(await read(leadId)).toMatchObject({ assignee: { id: manager.id } })
  })
})
