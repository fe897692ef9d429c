import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { decide } from '../../../objects/lead/decide.ts'
import { Conversation } from '../../../objects/conversation/conversation.ts'
import { wakeLeads, wakeStaff } from '../../../src/schedule/round.ts'
import { settingsOf } from '../../../src/settings.ts'
import { listLeads, projectLeads } from '../../../src/store/leads.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { findRound } from '../../../src/store/rounds.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { Outside, telegramError } from '../outside.ts'
import { newId, newUser } from '../updates.ts'

const MINUTE = 60_000
const DAY = 86_400_000

let outside: Outside
let projectId: string
/** So long ago that the leads of a test come before all others in a round. */
let long = Date.now() - 59 * DAY

beforeEach(async () => {
  outside = new Outside()
  projectId = crypto.randomUUID()
  await insertProject(env.DB, projectId, 'Clinic')
  await updateProject(env.DB, projectId, { chatId: String(-1_000_000_000_000 - newId()) })
  await env.DB.prepare('DELETE FROM rounds').run()
  long -= 60 * MINUTE
})

afterEach(() => vi.restoreAllMocks())

async function newLead(lead: { userId?: string; createdAt?: number } = {}): Promise<string> {
  const id = crypto.randomUUID()
  const { userId = null, createdAt = (long += 1) } = lead
  await leadOf(env, id).carryOut({
    id,
    type: 'receive',
    by: null,
    lead: {
      projectId,
      source: 'telegram',
      sourceRef: null,
      userId,
      createdAt: new Date(createdAt).toISOString(),
    },
  })
  await leadOf(env, id).show()
  return id
}

/** Leads that stand in the lists, in order. */
async function listed(count: number): Promise<string[]> {
  const leads = Array.from({ length: count }, () => {
    const createdAt = new Date((long += 1)).toISOString()
    const lead = { projectId, source: 'facebook', sourceRef: null, createdAt } as const
    const command = { id: crypto.randomUUID(), type: 'receive', by: null, lead } as const
    const decision = decide(null, command, createdAt)
    return decision.ok ? [decision.lead] : []
  }).flat()
  await projectLeads(env.DB, leads)
  return leads.map(({ id }) => id)
}

/** Somebody takes the lead, and it dies before it can tell anybody; its alarm is lost. */
async function takeSilently(id: string): Promise<void> {
  const by = { id: '7', name: 'Olim', role: 'manager' } as const
  // D1 is away for the one moment in which the lead would have told it.
  const never = () => new Promise<never>(() => undefined)
  const silent = { bind: () => silent, run: never, first: never, all: never, raw: never }
  vi.spyOn(env.DB, 'prepare').mockReturnValue(silent)
  vi.spyOn(env.DB, 'batch').mockImplementation(never)
  await leadOf(env, id).carryOut({ id: 'take', type: 'claim', by })
  await crash(leadOf(env, id))
  vi.restoreAllMocks()
  await runInDurableObject(leadOf(env, id), (_, state) => state.storage.deleteAlarm())
}

async function statusInList(id: string): Promise<string | undefined> {
  const { leads } = await listLeads(env.DB, { projectId }, { after: null, limit: 200 })
  return leads.find((lead) => lead.id === id)?.status
}

/** What is woken at a tick, by name. */
async function wokenAt(tick: number): Promise<string[]> {
  const woken: string[] = []
  for (const namespace of [env.LEAD, env.CONVERSATION]) {
    vi.spyOn(namespace, 'getByName').mockImplementation((name) => {
      return { kick: () => Promise.resolve(woken.push(name)) } as never
    })
  }
  await wakeLeads(env, tick)
  vi.restoreAllMocks()
  return woken
}

describe('a lead whose alarm was lost', () => {
  it('is woken by a tick, and tells what it owes', async () => {
    const id = await newLead()
    await takeSilently(id)
    expect(await statusInList(id)).toBe('new')
    await wakeLeads(env, Date.now())
    expect(await statusInList(id)).toBe('in_progress')
  })

  it('is woken together with the chat of the person who left it', async () => {
    const userId = String(newId())
    const id = await newLead({ userId })
    expect(await wokenAt(Date.now())).toEqual(expect.arrayContaining([id, userId]))
  })
})

describe('a round', () => {
  it('wakes fifty leads a tick, each once, and begins anew an hour after it began', async () => {
    const ids = await listed(60)
    const begun = Date.now()
    const woken: string[] = []
    let tick = begun
    do {
      woken.push(...(await wokenAt(tick)))
      tick += MINUTE
    } while ((await findRound(env.DB, 'leads'))?.position !== null)
    expect(woken.slice(0, 60)).toEqual(ids)
    expect(await wokenAt(begun + 59 * MINUTE)).toEqual([])
    expect(await wokenAt(begun + 61 * MINUTE)).toEqual(ids.slice(0, 50))
  })

  it('leaves alone what has just come, and what has long been closed', async () => {
    const by = { id: '7', name: 'Olim', role: 'manager' } as const
    const fresh = await newLead({ createdAt: Date.now() - 9 * MINUTE })
    const closed = await newLead()
    await leadOf(env, closed).carryOut({ id: 'spam', type: 'close', outcome: 'spam', by })
    await leadOf(env, closed).show()
    const lately = await newLead({ createdAt: Date.now() - 2 * DAY })
    await leadOf(env, lately).carryOut({ id: 'spam', type: 'close', outcome: 'spam', by })
    await leadOf(env, lately).show()
    const woken: string[] = []
    do woken.push(...(await wokenAt(Date.now())))
    while ((await findRound(env.DB, 'leads'))?.position !== null)
    expect(woken).toContain(lately)
    expect(woken).not.toContain(closed)
    expect(woken).not.toContain(fresh)
  })

  it('goes on after one that cannot be woken', async () => {
    const ids = [await newLead(), await newLead()]
    const stubOf = env.LEAD.getByName.bind(env.LEAD)
    const woken: string[] = []
    vi.spyOn(env.LEAD, 'getByName').mockImplementation((name) => {
      if (name === ids[0]) return { kick: () => Promise.reject(new Error('overloaded')) } as never
      woken.push(name)
      return stubOf(name)
    })
    await wakeLeads(env, Date.now())
    expect(woken).toContain(ids[1])
  })
})

describe('the chats of those who work here', () => {
  it('are each woken once an hour', async () => {
    const [manager, client] = [await newUser('manager'), await newUser('client')]
    const woken: string[] = []
    vi.spyOn(env.CONVERSATION, 'getByName').mockImplementation((name) => {
      return { kick: () => Promise.resolve(woken.push(name)) } as never
    })
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000
    for (let n = 0; n < 12; n++) await wakeStaff(env, settingsOf(env), hour + n * 5 * MINUTE)
    expect(woken.filter((name) => name === String(manager.id))).toHaveLength(1)
    expect(woken.filter((name) => name === '1001')).toHaveLength(1)
    expect(woken).not.toContain(String(client.id))
  })
})

describe('a chat that waits while a setting is broken', () => {
  it('can be woken all the same, and says what it owes once the setting is mended', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const chatId = String(-1_000_000_000_000 - newId())
    const chat = conversationOf(env, chatId)
    let isDown = true
    outside.answer(({ name }) =>
      isDown && name === 'sendMessage' ? telegramError(502, 'Bad Gateway') : undefined,
    )
    await chat.tell({ key: '1', text: 'bind.private', params: {} })
    await chat.kick()
    isDown = false
    vi.setSystemTime(Date.now() + MINUTE)
    const broken = { ...env, TELEGRAM_BOT_TOKEN: 'broken' }
    await runInDurableObject(chat, async (_, state) => {
      expect(await new Conversation(state, broken).kick()).toMatchObject({ waiting: 1, parked: 0 })
    })
    expect(outside.messages(chatId).size).toBe(0)
    vi.setSystemTime(Date.now() + MINUTE)
    await crash(chat)
    await conversationOf(env, chatId).kick()
    expect(outside.messages(chatId).size).toBe(1)
    vi.useRealTimers()
  })
})
