// oxlint-disable vitest/no-standalone-expect -- the steps of the one test expect, whoever takes them
import { evictDurableObject, runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Actor,
  type LeadAnswer,
  type LeadCommand,
  type LeadData,
  leadSchema,
  SYSTEM,
} from '../../../src/lead.ts'
import { listLeads } from '../../../src/store/leads.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { crash } from '../crash.ts'
import { Outside } from '../outside.ts'
import { newTeam, ringOut, type Team } from '../team.ts'

const MANAGERS: Actor[] = ['Olim', 'Nodir', 'Kamila'].map((name, n) => {
  return { id: String(n + 1), name, role: 'manager' }
})
const OWNER: Actor = { id: '9', name: 'Owner', role: 'admin' }

type Person = Pick<Actor, 'id' | 'name'>

/** What is asked of a lead: by whom, and what; ids come from the place in the sequence. */
type Wish =
  | { type: 'claim' | 'release' | 'reopen'; by: Actor }
  | { type: 'merge'; by: Actor }
  | { type: 'unmerge'; by: Actor }
  | { type: 'assign'; by: Actor; to: Person }
  | { type: 'close'; by: Actor; outcome: 'won' | 'lost' | 'spam' }
  | { type: 'note'; by: Actor; text: string }

/** What a person would say of the lead: who has it, whether it is over, and how often it changed. */
interface Model {
  state: 'free' | 'held' | 'over' | 'merged'
  holder: Person | null
  isAnswered: boolean
  version: number
  types: string[]
  notes: number
  done: Set<string>
}

/** Whether a wish is granted to whoever asks, in a person's words; what it changes of the model. */
function granted(model: Model, wish: Wish): Partial<Model> | 'as it is' | null {
  const { state, holder } = model
  const { by } = wish
  const person = { id: by.id, name: by.name }
  const isTheirs = state === 'held' && holder?.id === by.id
  const mayWork = state !== 'held' || isTheirs || by.role === 'admin'
  const isAnswered = model.isAnswered || by.id !== SYSTEM.id
  switch (wish.type) {
    case 'note':
      return { notes: model.notes + 1, isAnswered: model.isAnswered || isTheirs }
    case 'claim':
      if (isTheirs) return model.isAnswered ? 'as it is' : { isAnswered: true }
      return state === 'free' ? { state: 'held', holder: person, isAnswered } : null
    case 'assign':
      if (state !== 'free' && !(state === 'held' && mayWork)) return null
      return { state: 'held', holder: wish.to, isAnswered }
    case 'release':
      return state === 'held' && mayWork ? { state: 'free', holder: null } : null
    case 'close': {
      const mayClose = state === 'held' ? mayWork : state === 'free' && wish.outcome === 'spam'
      return mayClose ? { state: 'over', isAnswered } : null
    }
    case 'reopen':
      return state === 'over' ? { state: 'held', holder: holder ?? person } : null
    case 'merge':
      return state === 'free' || (state === 'held' && mayWork) ? { state: 'merged' } : null
    case 'unmerge':
      return state === 'merged' ? { state: 'held', holder: holder ?? person, isAnswered } : null
  }
}

function stateOf({ status, duplicateOf }: LeadData): Model['state'] {
  if (status === 'new') return 'free'
  if (status === 'in_progress') return 'held'
  return duplicateOf ? 'merged' : 'over'
}

let outside: Outside
let team: Team

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  outside = new Outside()
  team = await newTeam({ responseMinutes: null })
})

afterEach(() => {
  vi.useRealTimers()
})

/** One lead's life in the real world: its object, its row, its card. */
class Life {
  readonly id = crypto.randomUUID()
  readonly first = crypto.randomUUID()
  sent: LeadCommand[] = []

  async send(command: LeadCommand): Promise<LeadAnswer> {
    try {
      return await leadOf(env, this.id).carryOut(command)
    } catch {
      // Its object has just died, and with it the call: whoever gets no answer asks again.
      return leadOf(env, this.id).carryOut(command)
    }
  }

  async receive(): Promise<void> {
    for (const id of [this.id, this.first]) {
      const lead = { projectId: team.projectId, source: 'api', sourceRef: null, name: id } as const
      await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
    }
  }

  commandOf(wish: Wish): LeadCommand {
    const id = `wish-${this.sent.length}`
    if (wish.type === 'merge') return { ...wish, id, into: this.first }
    return { ...wish, id }
  }

  /** Everything comes back to life and is carried out to the end. */
  async comeToRest(): Promise<void> {
    for (let round = 0; round < 4; round++) {
      vi.setSystemTime(Date.now() + 600_000)
      await ringOut(this.id)
      await leadOf(env, this.id).kick()
      await conversationOf(env, team.chatId).kick()
    }
  }

  async expectIs(model: Model): Promise<void> {
    const found = await leadOf(env, this.id).read()
    const { lead, events = [] } = found ?? {}
    const parsed = leadSchema.parse(lead)
    expect(stateOf(parsed)).toBe(model.state)
    expect(parsed).toMatchObject({ version: model.version, assignee: model.holder })
    expect(parsed.firstResponseAt !== null).toBe(model.isAnswered)
    expect(parsed.notes).toHaveLength(model.notes)
    expect(events.map(({ type }) => type)).toEqual(['receive', ...model.types])
  }

  async expectShownAsItIs(): Promise<void> {
    const lead = (await leadOf(env, this.id).read())?.lead
    const { leads } = await listLeads(env.DB, { projectId: team.projectId }, PAGE)
    expect(leads.find(({ id }) => id === this.id)).toEqual(lead)
    const cards = [...outside.messages(team.chatId).values()].filter((text) =>
      text.includes(this.id),
    )
    const parsed = leadSchema.parse(lead)
    const outcomes = { won: 'Успех', lost: 'Не вышло', spam: 'Спам' }
    const words = {
      free: 'Новая заявка',
      held: parsed.assignee?.name ?? '',
      over: outcomes[parsed.outcome ?? 'spam'],
      merged: 'Объединена',
    }
    expect(cards).toEqual([expect.stringContaining(words[stateOf(parsed)])])
    expect(await conversationOf(env, team.chatId).owed()).toMatchObject({ parked: 0, reason: null })
  }
}

const PAGE = { after: null, limit: 200 }

type Step = fc.AsyncCommand<Model, Life>

/** Somebody asks something of the lead. */
class Ask implements Step {
  readonly wish: Wish
  constructor(wish: Wish) {
    this.wish = wish
  }
  check = () => true
  async run(model: Model, life: Life): Promise<void> {
    const command = life.commandOf(this.wish)
    life.sent.push(command)
    const answer = await life.send(command)
    expectAnswer(model, this.wish, command, answer)
    await life.expectIs(model)
  }
  toString = () => `${this.wish.by.name} ${this.wish.type}`
}

/** What was asked before arrives once more, in whatever order. */
class Again implements Step {
  readonly place: number
  constructor(place: number) {
    this.place = place
  }
  check = () => true
  async run(model: Model, life: Life): Promise<void> {
    const command = life.sent[this.place % Math.max(1, life.sent.length)]
    // What was refused or changed nothing may be granted now: it never was.
    if (!command || !model.done.has(command.id)) return
    expect(await life.send(command)).toMatchObject({ ok: true, isNew: false })
    await life.expectIs(model)
  }
  toString = () => `again ${this.place}`
}

/** Everybody asks at the same moment; the lead decides in the order in which they reach it. */
class AskTogether implements Step {
  readonly wishes: Wish[]
  constructor(wishes: Wish[]) {
    this.wishes = wishes
  }
  check = () => true
  async run(model: Model, life: Life): Promise<void> {
    const asked = this.wishes.map((wish) => {
      const command = life.commandOf(wish)
      life.sent.push(command)
      return { wish, command }
    })
    const answers = await Promise.all(asked.map(({ command }) => life.send(command)))
    for (const [n, { wish, command }] of asked.entries()) {
      const answer = answers[n]
      if (answer) expectAnswer(model, wish, command, answer)
    }
    await life.expectIs(model)
  }
  toString = () => `together ${this.wishes.map(({ by, type }) => `${by.name} ${type}`).join()}`
}

/** The lead's object dies where it stands, or its chat's does, or it is put to sleep. */
class Trouble implements Step {
  readonly kind: 'lead dies' | 'chat dies' | 'lead sleeps' | 'alarm'
  constructor(kind: Trouble['kind']) {
    this.kind = kind
  }
  check = () => true
  async run(model: Model, life: Life): Promise<void> {
    if (this.kind === 'lead dies') await crash(leadOf(env, life.id))
    if (this.kind === 'chat dies') await crash(conversationOf(env, team.chatId))
    if (this.kind === 'lead sleeps') await evictDurableObject(leadOf(env, life.id)).catch(() => 0)
    if (this.kind === 'alarm') await runDurableObjectAlarm(leadOf(env, life.id))
    await life.expectIs(model)
  }
  toString = () => this.kind
}

function expectAnswer(model: Model, wish: Wish, command: LeadCommand, answer: LeadAnswer): void {
  const change = granted(model, wish)
  if (change === null) {
    const isHeld = model.state === 'held' && model.holder?.id !== wish.by.id
    expect(answer.ok).toBe(false)
    if (!answer.ok && answer.code === 'HELD_BY_OTHER') {
      expect([isHeld, answer.holder]).toEqual([true, model.holder])
    }
    return
  }
  expect(answer).toMatchObject({ ok: true })
  if (change === 'as it is') return
  Object.assign(model, change)
  model.version += 1
  model.types.push(wish.type)
  model.done.add(command.id)
}

const actor = fc.constantFrom(...MANAGERS, OWNER, SYSTEM)
const person = fc.constantFrom(...MANAGERS).map(({ id, name }) => ({ id, name }))
const wish: fc.Arbitrary<Wish> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('claim'), by: actor }) },
  fc.record({ type: fc.constantFrom('release', 'reopen'), by: actor }),
  fc.record({ type: fc.constant('merge'), by: actor }),
  fc.record({ type: fc.constant('unmerge'), by: actor }),
  fc.record({ type: fc.constant('assign'), by: actor, to: person }),
  fc.record({
    type: fc.constant('close'),
    by: actor,
    outcome: fc.constantFrom('won', 'lost', 'spam'),
  }),
  fc.record({ type: fc.constant('note'), by: actor, text: fc.string({ minLength: 1 }) }),
)
const step: fc.Arbitrary<Step>[] = [
  wish.map((one) => new Ask(one)),
  fc.array(wish, { minLength: 2, maxLength: 6 }).map((wishes) => new AskTogether(wishes)),
  fc.nat(30).map((place) => new Again(place)),
  fc
    .constantFrom('lead dies', 'chat dies', 'lead sleeps', 'alarm')
    .map((kind) => new Trouble(kind)),
]

describe('any life of a lead', () => {
  // oxlint-disable-next-line vitest/expect-expect -- the steps and the life expect
  it('is what a person would say of it, and is shown once and as it is', async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(step, { maxCommands: 14 }), async (steps) => {
        const life = new Life()
        await life.receive()
        const model = (): Model => ({
          state: 'free',
          holder: null,
          isAnswered: false,
          version: 1,
          types: [],
          notes: 0,
          done: new Set(),
        })
        await fc.asyncModelRun(() => ({ model: model(), real: life }), steps)
        await life.comeToRest()
        await life.expectShownAsItIs()
      }),
      { numRuns: 400, interruptAfterTimeLimit: 45_000, markInterruptAsFailure: false },
    )
  }, 120_000)
})
