import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, vi } from 'vitest'
import { Board } from '../../objects/board/board.ts'
import { Conversation } from '../../objects/conversation/conversation.ts'
import type { Actor, LeadCommand, LeadData, NewLead } from '../../src/lead.ts'
import { type ProjectRules, projectRulesSchema } from '../../src/project-rules.ts'
import { addMember } from '../../src/store/members.ts'
import { insertProject, updateProject } from '../../src/store/projects.ts'
import { boardOf, conversationOf, leadOf } from '../../src/stubs.ts'
import { crash } from './crash.ts'
import { newId, newUser } from './updates.ts'

/** A project with a chat of its own. */
export interface Team {
  projectId: string
  chatId: string
  managers: Actor[]
}

/** A project by these rules, worked around the clock unless they say when, with so many managers. */
export async function newTeam(
  rules: Partial<ProjectRules> = {},
  managers: number = 0,
): Promise<Team> {
  const projectId = `project-${newId()}`
  const chatId = String(-1_000_000_000_000 - newId())
  await insertProject(env.DB, projectId, 'Team')
  await updateProject(env.DB, projectId, { chatId })
  await setRules(projectId, rules)
  // The chat has a history: what is looked for after a crash comes after its last message.
  await conversationOf(env, chatId).tell({ key: 'first', text: 'bind.private', params: {} })
  await conversationOf(env, chatId).kick()
  const team: Team = { projectId, chatId, managers: [] }
  for (let n = 0; n < managers; n++) team.managers.push(await newManager(projectId, `Manager ${n}`))
  return team
}

export async function setRules(projectId: string, rules: Partial<ProjectRules>): Promise<void> {
  const whole = projectRulesSchema.parse({ workingHours: null, ...rules })
  await updateProject(env.DB, projectId, { rules: whole })
}

/** A manager who works the project's leads. */
export async function newManager(projectId: string, name: string): Promise<Actor> {
  const id = String((await newUser('manager', name)).id)
  await addMember(env.DB, projectId, id)
  return { id, name, role: 'manager' }
}

/** A lead of the project; gives its id, by which its name knows it too. */
export async function newLead(projectId: string, lead: Partial<NewLead> = {}): Promise<string> {
  const id = crypto.randomUUID()
  await leadOf(env, id).carryOut({
    id,
    type: 'receive',
    by: null,
    lead: { projectId, source: 'api', sourceRef: null, name: id, ...lead },
  })
  await leadOf(env, id).kick()
  return id
}

/** Has a lead carry a command out, to the end. */
export async function command(id: string, one: LeadCommand): Promise<LeadData> {
  const answer = await leadOf(env, id).carryOut(one)
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
  await leadOf(env, id).kick()
  return read(id)
}

export async function read(id: string): Promise<LeadData> {
  const found = await leadOf(env, id).read()
  if (!found) throw new Error('there is no such lead')
  return found.lead
}

/** So many minutes pass, at whose end the leads' alarms go off. */
export async function pass(minutes: number, ...ids: string[]): Promise<void> {
  vi.setSystemTime(Date.now() + minutes * 60_000)
  await Promise.all(ids.map(ringOut))
}

/** A lead's alarm goes off, whatever becomes of it. */
export async function ringOut(id: string): Promise<void> {
  await runDurableObjectAlarm(leadOf(env, id)).catch(() => undefined)
}

/** Time passes until nobody goes by the rules of before, and the project's leads have looked again. */
export async function lookAgain(projectId: string): Promise<void> {
  vi.setSystemTime(Date.now() + 6_000)
  await boardOf(env, projectId).kick()
}

/** What waits to be told of together is told. */
export async function quiet(...chatIds: string[]): Promise<void> {
  vi.setSystemTime(Date.now() + 4_000)
  for (const chatId of chatIds) {
    await conversationOf(env, chatId).kick()
    expect(await conversationOf(env, chatId).owed()).toMatchObject({ parked: 0 })
  }
}

/**
 * Kills the lead at the nth thing it asks of anybody else, before that is done or after. Gives whether
 * it came to that.
 */
export function killAt(id: string, nth: number, moment: 'before' | 'after'): () => boolean {
  let asked = 0
  const cut = (target: object, name: string) =>
    instead(target, name, async ({ really }) => {
      const isNow = ++asked === nth
      if (isNow && moment === 'before') await crash(leadOf(env, id))
      const answer = await really()
      if (isNow && moment === 'after') await crash(leadOf(env, id))
      return answer
    })
  for (const name of ['showCards', 'tell', 'tellOfLead', 'tellOverdue']) {
    cut(Conversation.prototype, name)
  }
  cut(Board.prototype, 'nextWorker')
  cut(Object.getPrototypeOf(env.DB), 'batch')
  return () => asked >= nth
}

/** A call of a method of an object: whose, with what, and what it would really do. */
interface Call {
  self: unknown
  args: unknown[]
  really: () => Promise<unknown>
}

/** Until mocks are restored, something else is done instead of a method of all objects of a class. */
export function instead(
  prototype: object,
  name: string,
  act: (call: Call) => Promise<unknown>,
): void {
  const method = Reflect.get(prototype, name)
  vi.spyOn(prototype as Record<string, () => unknown>, name).mockImplementation(function (
    this: unknown,
    ...args: unknown[]
  ) {
    return act({ self: this, args, really: () => method.apply(this, args) })
  })
}

/** D1 answers nobody until the function returned is called. */
export function breakD1(): () => void {
  const down = () => {
    throw new Error('D1_ERROR: Network connection lost.')
  }
  const d1 = Object.getPrototypeOf(env.DB)
  const spies = [vi.spyOn(d1, 'prepare'), vi.spyOn(d1, 'batch')]
  for (const spy of spies) spy.mockImplementation(down)
  return () => spies.forEach((spy) => spy.mockRestore())
}
