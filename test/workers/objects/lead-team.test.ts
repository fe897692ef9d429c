import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Board, type TurnRequest } from '../../../objects/board/board.ts'
import { Conversation } from '../../../objects/conversation/conversation.ts'
import { Lead } from '../../../objects/lead/lead.ts'
import type { LeadCommand } from '../../../src/lead.ts'
import { rulesChanged, workersChanged } from '../../../src/look-again.ts'
import { removeMember } from '../../../src/store/members.ts'
import { updateProject } from '../../../src/store/projects.ts'
import { setUserAway } from '../../../src/store/users.ts'
import { boardOf, conversationOf, leadOf } from '../../../src/stubs.ts'
import { isoTime } from '../../../src/time.ts'
import { crash } from '../crash.ts'
import { Outside } from '../outside.ts'
import {
  breakD1,
  command,
  instead,
  killAt,
  lookAgain,
  newLead,
  newTeam,
  pass,
  quiet,
  read,
  ringOut,
  setRules,
  type Team,
} from '../team.ts'
import { newUser } from '../updates.ts'
import { ask, newKey } from '../worker.ts'

let outside: Outside

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
})

afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** What was said in a chat, without cards. */
function said(chatId: string, words: string): string[] {
  return outside
    .sent('sendMessage', chatId)
    .map(({ params }) => String(params['text']))
    .filter((text) => text.includes(words))
}

const overdue = (chatId: string) => said(chatId, '⏰')
const claim = (by: Team['managers'][number]): LeadCommand => ({ id: 'claim', type: 'claim', by })
const taken = (team: Team) => team.managers[0] ?? { id: '', name: '', role: 'manager' as const }

describe('a lead that nobody takes', () => {
  it('is called to the chat, then to the admins, and then to nobody', async () => {
    const team = await newTeam()
    const admin = String((await newUser('admin')).id)
    const id = await newLead(team.projectId)
    await pass(14, id)
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toEqual([])
    await pass(1, id)
    await quiet(team.chatId, admin)
    expect(overdue(team.chatId)).toEqual([expect.stringContaining(id)])
    expect(overdue(admin)).toEqual([])
    await pass(15, id)
    await quiet(team.chatId, admin)
    expect(overdue(admin)).toEqual([expect.stringContaining(id)])
    await pass(600, id)
    await quiet(team.chatId, admin)
    expect(overdue(team.chatId)).toHaveLength(1)
    expect(overdue(admin)).toHaveLength(1)
    expect(await read(id)).toMatchObject({ status: 'new', nudges: 2 })
  })

  it('is called in one message with fifty others', async () => {
    const team = await newTeam()
    const ids = await Promise.all(Array.from({ length: 50 }, () => newLead(team.projectId)))
    await pass(15, ...ids)
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toEqual([expect.stringContaining('50')])
  })

  it('of a burst is called with the others that follow it, at most every two minutes', async () => {
    const team = await newTeam()
    const ids: string[] = []
    for (let n = 0; n < 6; n++) {
      ids.push(await newLead(team.projectId))
      vi.setSystemTime(Date.now() + 10_000)
    }
    vi.setSystemTime(Date.now() + 14 * 60_000)
    for (const id of ids) {
      vi.setSystemTime(Date.now() + 6_000)
      await ringOut(id)
      await quiet(team.chatId)
    }
    expect(overdue(team.chatId)).toEqual([expect.stringContaining(ids[0] ?? '')])
    vi.setSystemTime(Date.now() + 120_000)
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toHaveLength(2)
    for (const id of ids.slice(1)) expect(overdue(team.chatId)[1]).toContain(id)
  })

  it('is not called when it is taken meanwhile, even a moment before', async () => {
    const team = await newTeam({}, 1)
    const [early, late] = [await newLead(team.projectId), await newLead(team.projectId)]
    await command(early, claim(taken(team)))
    await pass(15, early, late)
    await command(late, claim(taken(team)))
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toEqual([])
  })

  it('waits anew when it is given back', async () => {
    const team = await newTeam({}, 1)
    const by = taken(team)
    const id = await newLead(team.projectId)
    await pass(10, id)
    await command(id, claim(by))
    await command(id, { id: 'release', type: 'release', by })
    await pass(10, id)
    expect(await read(id)).toMatchObject({ nudges: 0 })
    await pass(5, id)
    expect(await read(id)).toMatchObject({ nudges: 1 })
  })

  it('is called by the rules that hold by then', async () => {
    const team = await newTeam()
    const id = await newLead(team.projectId)
    await setRules(team.projectId, { responseMinutes: 60 })
    await pass(15, id)
    expect(await read(id)).toMatchObject({ nudges: 0 })
    await setRules(team.projectId, { responseMinutes: 20 })
    await leadOf(env, id).kick()
    await pass(5, id)
    expect(await read(id)).toMatchObject({ nudges: 1 })
    await setRules(team.projectId, { responseMinutes: null })
    await pass(60, id)
    expect(await read(id)).toMatchObject({ nudges: 1 })
  })

  it('is called to the admins no sooner because the team was called late', async () => {
    const team = await newTeam({ responseMinutes: 60 })
    const admin = String((await newUser('admin')).id)
    const id = await newLead(team.projectId)
    await pass(30, id)
    await setRules(team.projectId, { responseMinutes: 5 })
    await leadOf(env, id).kick()
    await quiet(team.chatId, admin)
    expect(overdue(team.chatId)).toHaveLength(1)
    await pass(4, id)
    await quiet(admin)
    expect(overdue(admin)).toEqual([])
    await pass(1, id)
    await quiet(admin)
    expect(overdue(admin)).toHaveLength(1)
  })

  it.each(['round_robin', 'free'] as const)(
    'is called by rules that were shortened while it waits, with all others: %s',
    async (assignment) => {
      const team = await newTeam({ assignment, responseMinutes: 600 }, 1)
      const ids = await Promise.all(Array.from({ length: 45 }, () => newLead(team.projectId)))
      vi.setSystemTime(Date.now() + 30 * 60_000)
      const { key } = await newKey('admin')
      const body = { rules: { responseMinutes: 20 } }
      await ask('PATCH', `/api/projects/${team.projectId}`, { key, body })
      await lookAgain(team.projectId)
      const leads = await Promise.all(ids.map(read))
      expect(new Set(leads.map(({ nudges }) => nudges))).toEqual(new Set([1]))
      await quiet(team.chatId)
      expect(overdue(team.chatId)).toEqual([expect.stringContaining('45')])
    },
  )

  it('is called by shortened rules although the board dies on the way', async () => {
    const team = await newTeam({ responseMinutes: 600 })
    const ids: string[] = []
    for (let n = 0; n < 30; n++) ids.push(await newLead(team.projectId))
    await setRules(team.projectId, { responseMinutes: 20 })
    vi.setSystemTime(Date.now() + 30 * 60_000)
    await rulesChanged(env, team.projectId)
    vi.setSystemTime(Date.now() + 6_000)
    let woken = 0
    instead(Lead.prototype, 'kick', async ({ really }) => {
      if (++woken === 25) await crash(boardOf(env, team.projectId))
      return really()
    })
    await runDurableObjectAlarm(boardOf(env, team.projectId)).catch(() => undefined)
    vi.restoreAllMocks()
    vi.setSystemTime(Date.now() + 10_000)
    await lookAgain(team.projectId)
    const leads = await Promise.all(ids.map(read))
    expect(leads.filter(({ nudges }) => nudges !== 1)).toEqual([])
  })

  it('is called although its alarm was lost', async () => {
    const team = await newTeam()
    const id = await newLead(team.projectId)
    vi.setSystemTime(Date.now() + 15 * 60_000)
    await leadOf(env, id).kick()
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toHaveLength(1)
  })

  it('is called to those who can be told, whoever cannot', async () => {
    const team = await newTeam()
    const admin = String((await newUser('admin')).id)
    const id = await newLead(team.projectId)
    await pass(15, id)
    let isBroken = false
    instead(Conversation.prototype, 'tellOverdue', async ({ self, really }) => {
      if (!(self instanceof Conversation) || self.name === admin) return really()
      isBroken = true
      throw new Error('broken')
    })
    await pass(15, id)
    await quiet(admin)
    expect(overdue(admin)).toHaveLength(1)
    expect(isBroken).toBe(true)
  })
})

describe('a lead that is given out in turn', () => {
  it('is its manager’s at once, who is told, and called to the chat if they do not answer', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 2)
    const id = await newLead(team.projectId)
    const { assignee, firstResponseAt } = await read(id)
    expect(team.managers.map((one) => one.id)).toContain(assignee?.id)
    expect(firstResponseAt).toBeNull()
    await quiet(assignee?.id ?? '')
    expect(said(assignee?.id ?? '', 'назначена')).toHaveLength(1)
    await pass(15, id)
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toHaveLength(1)
  })

  it('is not called to anybody once its manager has answered', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 1)
    const id = await newLead(team.projectId)
    await command(id, claim(taken(team)))
    await pass(60, id)
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toEqual([])
  })

  it('goes to the next one when it is not touched for too long, and both are told', async () => {
    const team = await newTeam({ assignment: 'round_robin', returnMinutes: 30 }, 2)
    const id = await newLead(team.projectId)
    const first = (await read(id)).assignee?.id ?? ''
    await pass(30, id)
    const { assignee, status } = await read(id)
    expect(status).toBe('in_progress')
    expect(assignee?.id).not.toBe(first)
    await quiet(first, assignee?.id ?? '')
    expect(said(first, 'снова свободна')).toHaveLength(1)
    expect(said(assignee?.id ?? '', 'назначена')).toHaveLength(1)
  })

  it('comes back to the only one there is', async () => {
    const team = await newTeam({ assignment: 'least_busy', returnMinutes: 30 }, 1)
    const id = await newLead(team.projectId)
    await pass(30, id)
    expect(await read(id)).toMatchObject({
      status: 'in_progress',
      assignee: { id: taken(team).id },
    })
  })

  it('stays free when everybody is away, and is called to the chat', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 1)
    await setUserAway(env.DB, taken(team).id, true)
    const id = await newLead(team.projectId)
    expect(await read(id)).toMatchObject({ status: 'new', assignee: null })
    await pass(15, id)
    await quiet(team.chatId)
    expect(overdue(team.chatId)).toHaveLength(1)
  })

  it('goes to another when its manager gives it back, and to nobody when there is none', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 2)
    const id = await newLead(team.projectId)
    const holder = async () => {
      const { assignee } = await read(id)
      return team.managers.find((one) => one.id === assignee?.id)
    }
    const first = await holder()
    await pass(1, id)
    await command(id, { id: 'release', type: 'release', by: first ?? taken(team) })
    const second = await holder()
    expect(second?.id).not.toBe(first?.id)
    await quiet(second?.id ?? '')
    expect(said(second?.id ?? '', 'назначена')).toHaveLength(1)
    await setUserAway(env.DB, first?.id ?? '', true)
    await pass(1, id)
    await command(id, { id: 'again', type: 'release', by: second ?? taken(team) })
    expect(await read(id)).toMatchObject({ status: 'new', assignee: null })
    await leadOf(env, id).kick()
    expect(await read(id)).toMatchObject({ status: 'new', assignee: null })
  })

  it('stays free when it is given back where leads are not given out', async () => {
    const team = await newTeam({}, 2)
    const id = await newLead(team.projectId)
    await command(id, claim(taken(team)))
    await command(id, { id: 'release', type: 'release', by: taken(team) })
    expect(await read(id)).toMatchObject({ status: 'new', assignee: null })
  })

  it('that nobody was there for is given out when somebody is, the oldest first and evenly', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 3)
    const ids = team.managers.map((one) => one.id)
    for (const id of ids) await setUserAway(env.DB, id, true)
    const leads: string[] = []
    for (let n = 0; n < 24; n++) {
      leads.push(await newLead(team.projectId))
      vi.setSystemTime(Date.now() + 1_000)
    }
    for (const id of ids.slice(0, 2)) await setUserAway(env.DB, id, false)
    await workersChanged(env)
    await lookAgain(team.projectId)
    const holders = (await Promise.all(leads.map(read))).map(({ assignee }) => assignee?.id ?? '')
    const [a = '', b = ''] = holders
    expect(new Set([a, b])).toEqual(new Set(ids.slice(0, 2)))
    expect(holders).toEqual(leads.map((_, n) => (n % 2 === 0 ? a : b)))
  })

  it('is not taken away from who took it while its turn was asked for', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 2)
    const [, second] = team.managers
    // It is the first one's turn, and before the lead can learn of it the second takes it.
    instead(Board.prototype, 'nextWorker', async ({ args: [request], really }) => {
      const { leadId } = request as TurnRequest
      await leadOf(env, leadId).carryOut(claim(second ?? taken(team)))
      return really()
    })
    const id = await newLead(team.projectId)
    expect((await read(id)).assignee?.id).toBe(second?.id)
  })
})

describe('a lead that its manager does not touch', () => {
  it('is free again after working time has passed, and only then', async () => {
    const team = await newTeam({ returnMinutes: 60 }, 1)
    const by = taken(team)
    const id = await newLead(team.projectId)
    await command(id, claim(by))
    await pass(59, id)
    await command(id, { id: 'note', type: 'note', by, text: 'Busy' })
    await pass(59, id)
    expect(await read(id)).toMatchObject({ status: 'in_progress' })
    await pass(1, id)
    expect(await read(id)).toMatchObject({ status: 'new', assignee: null })
    await quiet(by.id)
    expect(said(by.id, 'снова свободна')).toHaveLength(1)
  })

  it('is not taken from who asked to be reminded, nor the moment they are', async () => {
    const team = await newTeam({ returnMinutes: 30 }, 1)
    const by = taken(team)
    const id = await newLead(team.projectId)
    await command(id, claim(by))
    const at = isoTime(Date.now() + 300 * 60_000)
    await command(id, { id: 'remind', type: 'remind', by, at, text: null })
    await pass(300, id)
    expect(await read(id)).toMatchObject({ status: 'in_progress', reminders: [] })
    await pass(30, id)
    expect(await read(id)).toMatchObject({ status: 'new' })
  })

  it('stays theirs when the project returns nothing any more', async () => {
    const team = await newTeam({ returnMinutes: 30 }, 1)
    const id = await newLead(team.projectId)
    await command(id, claim(taken(team)))
    await setRules(team.projectId, { returnMinutes: null })
    await pass(600, id)
    expect(await read(id)).toMatchObject({ status: 'in_progress' })
  })
})

describe('a reminder', () => {
  async function remindedLead(team: Team): Promise<string> {
    const by = taken(team)
    const id = await newLead(team.projectId)
    await command(id, claim(by))
    const at = isoTime(Date.now() + 60 * 60_000)
    await command(id, { id: 'remind', type: 'remind', by, at, text: 'Call Aziza' })
    return id
  }
  const reminders = (team: Team) => said(taken(team).id, 'Call Aziza')

  it('comes once, to the manager’s own chat', async () => {
    const team = await newTeam({}, 1)
    const id = await remindedLead(team)
    await pass(59, id)
    await quiet(taken(team).id)
    expect(reminders(team)).toEqual([])
    await pass(1, id)
    await ringOut(id)
    await leadOf(env, id).kick()
    await quiet(taken(team).id)
    expect(reminders(team)).toHaveLength(1)
    expect(said(team.chatId, 'Call Aziza')).toEqual([])
  })

  it('comes although its object was evicted', async () => {
    const team = await newTeam({}, 1)
    const id = await remindedLead(team)
    await evictDurableObject(leadOf(env, id))
    await pass(60, id)
    await quiet(taken(team).id)
    expect(reminders(team)).toHaveLength(1)
  })

  it.each(['before', 'after'] as const)(
    'comes once although its object dies between its alarm and the chat, %s it is told',
    async (moment) => {
      const team = await newTeam({}, 1)
      const id = await remindedLead(team)
      vi.setSystemTime(Date.now() + 60 * 60_000)
      let isDead = false
      instead(Conversation.prototype, 'tellOfLead', async ({ really }) => {
        if (moment === 'after' || isDead) await really()
        if (!isDead) await crash(leadOf(env, id))
        isDead = true
      })
      await ringOut(id)
      await pass(1, id)
      await quiet(taken(team).id)
      expect(reminders(team)).toHaveLength(1)
    },
  )

  it('of a lead that is closed meanwhile does not come', async () => {
    const team = await newTeam({}, 1)
    const id = await remindedLead(team)
    await command(id, { id: 'lost', type: 'close', by: taken(team), outcome: 'lost' })
    await pass(60, id)
    await quiet(taken(team).id)
    expect(reminders(team)).toEqual([])
  })
})

describe('a lead whose project cannot be read', () => {
  it('is taken all the same, and returns by its rules once they can be', async () => {
    const team = await newTeam({ returnMinutes: 30 }, 1)
    const id = await newLead(team.projectId)
    // What was read lately is not asked for again.
    vi.setSystemTime(Date.now() + 60_000)
    const mend = breakD1()
    const answer = await leadOf(env, id).carryOut(claim(taken(team)))
    expect(answer).toMatchObject({ ok: true, lead: { status: 'in_progress' } })
    await pass(1, id)
    mend()
    await pass(1, id)
    await pass(28, id)
    expect(await read(id)).toMatchObject({ status: 'new' })
  })

  it('is taken at once when D1 does not answer at all', async () => {
    const team = await newTeam({}, 1)
    const id = await newLead(team.projectId)
    vi.setSystemTime(Date.now() + 60_000)
    const statement = Object.getPrototypeOf(env.DB.prepare('SELECT 1'))
    instead(statement, 'first', () => new Promise(() => undefined))
    const answer = await leadOf(env, id).carryOut(claim(taken(team)))
    expect(answer).toMatchObject({ ok: true, lead: { status: 'in_progress' } })
  })
})

describe('a lead that dies at any step of what it does by itself', () => {
  const steps = Array.from({ length: 7 }, (_, n) => n + 1)
  it.each(steps.flatMap((nth) => [[nth, 'before'] as const, [nth, 'after'] as const]))(
    'does it once: at step %i, %s it is done',
    async (nth, moment) => {
      const rules = { assignment: 'round_robin', returnMinutes: 30, responseMinutes: 20 } as const
      const team = await newTeam(rules, 2)
      const id = await newLead(team.projectId)
      const first = (await read(id)).assignee?.id ?? ''
      vi.setSystemTime(Date.now() + 30 * 60_000)
      const isReached = killAt(id, nth, moment)
      await ringOut(id)
      expect(isReached()).toBe(true)
      vi.restoreAllMocks()
      for (let round = 0; round < 3; round++) {
        vi.setSystemTime(Date.now() + 20_000)
        await runDurableObjectAlarm(leadOf(env, id))
        await leadOf(env, id).kick()
      }
      const { assignee, status } = await read(id)
      const second = assignee?.id ?? ''
      expect(status).toBe('in_progress')
      expect(second).not.toBe(first)
      await quiet(first, second, team.chatId)
      expect(said(first, 'снова свободна')).toHaveLength(1)
      expect(said(second, 'назначена')).toHaveLength(1)
      // It is with another, who has all of the response time.
      expect(overdue(team.chatId)).toEqual([])
      const cards = [...outside.messages(team.chatId).values()].filter((text) => text.includes(id))
      expect(cards).toEqual([expect.stringContaining(assignee?.name ?? '')])
      const events = (await leadOf(env, id).read())?.events.map(({ type }) => type)
      expect(events).toEqual(['receive', 'assign', 'tick', 'tick', 'assign'])
    },
  )
})

describe('who gets the next lead', () => {
  const ask = (team: Team, turn: string, mode: 'round_robin' | 'least_busy' = 'round_robin') =>
    boardOf(env, team.projectId).nextWorker({
      turn,
      leadId: turn,
      mode,
      workers: team.managers,
      butNot: null,
    })

  it.each(['round_robin', 'least_busy'] as const)(
    'changes evenly when a hundred turns are asked for at once: %s',
    async (mode) => {
      const team = await newTeam({}, 4)
      const turns = Array.from({ length: 100 }, (_, n) => `turn-${n}`)
      const given = await Promise.all(turns.map((turn) => ask(team, turn, mode)))
      const counts = team.managers.map(({ id }) => given.filter((one) => one?.id === id).length)
      expect(counts).toEqual([25, 25, 25, 25])
      const again = await Promise.all(turns.map((turn) => ask(team, turn, mode)))
      expect(again).toEqual(given)
    },
  )

  it('is another when who was given the turn has gone before they got it', async () => {
    const team = await newTeam({}, 2)
    const first = await ask(team, 'turn')
    team.managers = team.managers.filter(({ id }) => id !== first?.id)
    expect(await ask(team, 'turn')).toMatchObject({ id: team.managers[0]?.id })
  })

  it('is not who has just lost the lead, unless there is nobody else', async () => {
    const team = await newTeam({}, 2)
    const [a, b] = team.managers
    const board = boardOf(env, team.projectId)
    const turn = { leadId: 'lead', mode: 'round_robin', butNot: a?.id ?? '' } as const
    expect(await board.nextWorker({ ...turn, turn: '1', workers: team.managers })).toEqual(b)
    const alone = team.managers.slice(0, 1)
    expect(await board.nextWorker({ ...turn, turn: '2', workers: alone })).toEqual(a)
    expect(await board.nextWorker({ ...turn, turn: '3', workers: [] })).toBeNull()
  })

  it('is who has least in work, counted once whether the lists know it yet or not', async () => {
    const team = await newTeam({}, 2)
    const [a, b] = team.managers
    const by = a ?? taken(team)
    for (let n = 0; n < 3; n++) await command(await newLead(team.projectId), claim(by))
    await setRules(team.projectId, { assignment: 'least_busy' })
    const holders: (string | undefined)[] = []
    for (let n = 0; n < 4; n++) {
      holders.push((await read(await newLead(team.projectId))).assignee?.id)
    }
    expect(holders.slice(0, 3)).toEqual([b?.id, b?.id, b?.id])
  })

  it('leaves out who is away, until they are back, and who is no member any more', async () => {
    const team = await newTeam({ assignment: 'round_robin' }, 3)
    const [a, b, c] = team.managers.map(({ id }) => id)
    const holders = async (n: number) => {
      const ids: string[] = []
      for (let i = 0; i < n; i++) {
        ids.push((await read(await newLead(team.projectId))).assignee?.id ?? '')
      }
      return new Set(ids)
    }
    await setUserAway(env.DB, a ?? '', true)
    await removeMember(env.DB, team.projectId, b ?? '')
    expect(await holders(4)).toEqual(new Set([c]))
    await setUserAway(env.DB, a ?? '', false)
    expect(await holders(4)).toEqual(new Set([a, c]))
  })
})

describe('a chat that is broken', () => {
  it('holds up no other: the card stands in the present one, and the lists know', async () => {
    const team = await newTeam({}, 1)
    const id = await newLead(team.projectId)
    const other = await newTeam()
    await updateProject(env.DB, other.projectId, { chatId: null })
    await updateProject(env.DB, team.projectId, { chatId: other.chatId })
    instead(Conversation.prototype, 'showCards', async ({ self, really }) => {
      if (self instanceof Conversation && self.name === team.chatId) throw new Error('broken')
      return really()
    })
    await command(id, claim(taken(team)))
    await quiet(other.chatId)
    const cards = [...outside.messages(other.chatId).values()].filter((text) => text.includes(id))
    expect(cards).toHaveLength(1)
    vi.restoreAllMocks()
    await pass(10, id)
    await conversationOf(env, team.chatId).kick()
    const old = [...outside.messages(team.chatId).values()].filter((text) => text.includes(id))
    expect(old).toEqual([expect.stringContaining(taken(team).name)])
  })
})
