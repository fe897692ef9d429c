import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import fc from 'fast-check'
import type { Message, Update } from 'grammy/types'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Memory } from '../../../src/bot/context.ts'
import type { LeadForm } from '../../../src/bot/flow.ts'
import { projectRulesSchema } from '../../../src/project-rules.ts'
import { updateProject } from '../../../src/store/projects.ts'
import type { OutboxCounts } from '../../../src/outbox/outbox.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { Client } from '../client.ts'
import { crash } from '../crash.ts'
import { FIRST_MESSAGE, Outside } from '../outside.ts'
import { message, newId, press } from '../updates.ts'

const QUESTIONS = [
  {
    id: 'level',
    type: 'choice',
    label: { ru: 'Уровень', uz: 'Daraja' },
    options: [{ ru: 'Начальный' }, { ru: 'Средний', uz: 'O‘rta' }],
    isRequired: true,
  },
  { id: 'begin', type: 'date', label: { ru: 'Когда начать' } },
]

/** An answer that is right, whatever is asked. */
const RIGHT: Record<string, string> = {
  name: 'Malika',
  contact: '912223344',
  q_level: 'Средний',
  q_begin: 'завтра',
  comment: 'English',
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  await updateProject(env.DB, 'main', { rules: projectRulesSchema.parse({ questions: QUESTIONS }) })
})

afterEach(async () => {
  vi.useRealTimers()
  // Other tests begin with a project that asks nothing of its own.
  await updateProject(env.DB, 'main', { rules: projectRulesSchema.parse({}) })
})

/** A person, what they have done so far, and what must have come of it. */
class World {
  readonly outside = new Outside()
  readonly client = new Client(this.outside)
  /** Everything that was delivered, to be delivered again or edited. */
  readonly delivered: Update[] = []
  /** Presses that are late: other updates overtake them. */
  readonly late: Update[] = []
  /** The updates that have sent a request. */
  readonly sent = new Set<number>()

  async form(): Promise<LeadForm | null> {
    // Looked into only once it has begun.
    await this.#insist((conversation) => conversation.owed())
    return this.#insist((conversation) =>
      runInDurableObject(conversation, (_, state) => {
        const sql = "SELECT body FROM fact WHERE name = 'memory'"
        const [row] = state.storage.sql.exec<{ body: string }>(sql).toArray()
        // Our own words, as the object keeps them.
        return row ? (JSON.parse(row.body) as Memory).form : null
      }),
    )
  }

  /** Every button there ever was: old messages keep theirs. */
  buttons(): { messageId: number; data: string }[] {
    return this.outside.sent('sendMessage', this.client.id).flatMap(({ params }, index) => {
      const found = JSON.stringify(params).matchAll(/"callback_data":"([^"]+)"/g)
      return [...found].map(([, data = '']) => ({ messageId: FIRST_MESSAGE + index, data }))
    })
  }

  newPress(messageId: number, data: string): Update {
    return press(this.client.person, this.client.chat, messageId, data)
  }

  /** Delivers an update as Telegram does: again, until it is taken; then nothing is owed any more. */
  async receive(update: Update): Promise<OutboxCounts> {
    await this.#insist((conversation) => conversation.receive(update, 'https://bot.test'))
    const kick = () => this.#insist((conversation) => conversation.kick())
    let owed = await kick()
    while (owed.waiting > 0) {
      vi.setSystemTime(Date.now() + 30_000)
      owed = await kick()
    }
    return owed
  }

  /** Calls the conversation as somebody does who gets no answer when it dies: again. */
  async #insist<Answer>(
    call: (conversation: ReturnType<typeof conversationOf>) => Promise<Answer>,
  ): Promise<Answer> {
    for (let tries = 1; ; tries++) {
      try {
        return await call(conversationOf(env, this.client.id))
      } catch (error) {
        if (tries === 5 || !String(error).includes('crashed by a test')) throw error
      }
    }
  }
}

/** What an update did. */
interface Outcome {
  update: Update
  before: LeadForm | null
  after: LeadForm | null
  /** How many calls of Telegram it caused. */
  calls: number
}

/** Delivers an update, and looks at everything that must be so after it. */
async function deliver(world: World, update: Update): Promise<void> {
  const isNew = !world.delivered.includes(update)
  const before = await world.form()
  const begin = world.outside.calls.length
  const owed = await world.receive(update)
  const after = await world.form()
  expect(owed).toMatchObject({ waiting: 0, parked: 0 })
  if (!isNew) {
    expect(after).toEqual(before)
    return
  }
  world.delivered.push(update)
  const outcome = { update, before, after, calls: world.outside.calls.length - begin }
  expectNothingLost(outcome)
  expectAnswered(world, outcome)
  await expectSent(world, outcome)
  await expectAdded(outcome)
}

async function say(world: World, content: Omit<Partial<Message>, 'chat'>): Promise<void> {
  await deliver(world, message(world.client.person, world.client.chat, content))
}

/** As long as it is the same request, what was answered stays answered. */
function expectNothingLost({ before, after }: Outcome): void {
  if (!before || before.begun !== after?.begun) return
  expect(Object.keys(after.answers)).toEqual(expect.arrayContaining(Object.keys(before.answers)))
}

/** Nobody waits without a word: only what nobody expects an answer to gets none. */
function expectAnswered(world: World, { update, calls }: Outcome): void {
  const { message: words, callback_query: pressed } = update
  const isPassedOver = words?.pinned_message ?? words?.media_group_id ?? words?.forward_origin
  if (pressed) {
    const answers = world.outside.sent('answerCallbackQuery').map(({ params }) => params)
    expect(answers.map((one) => one['callback_query_id'])).toContain(pressed.id)
  } else if (words && !isPassedOver) expect(calls).toBeGreaterThan(0)
}

/** A press of Send sends what the newest summary shows, and nothing else sends anything. */
async function expectSent(world: World, { update, before, after }: Outcome): Promise<void> {
  const { callback_query: pressed, update_id: updateId } = update
  if (!pressed) return
  const { step } = before ?? {}
  const isSend = step?.at === 'confirming' && pressed.data === `v1:form:send-${step.summary}`
  const lead = await world.client.sentBy(update)
  expect(lead !== null).toBe(isSend)
  if (!before || !lead) return
  world.sent.add(updateId)
  expect(after).toBeNull()
  const { name, contact } = before.answers
  expect(name?.value).toEqual({ type: 'words', words: lead.name })
  expect(contact?.value).toMatchObject({ contact: { contact: lead.contact } })
}

/** Words for an open request become its note. */
async function expectAdded({ update, before, after }: Outcome): Promise<void> {
  const words = update.message?.text
  if (before?.step.at !== 'adding' || after || !words || words.startsWith('/')) return
  const added = await leadOf(env, before.step.request.id).read()
  expect(added?.lead.notes.map(({ text }) => text)).toContain(words.trim())
}

/** From wherever things stand, a request can be left, and is one request. */
async function leaveRequest(world: World): Promise<void> {
  const before = world.sent.size
  for (let n = 0; n < 40 && world.sent.size === before; n++) await goOn(world, await world.form())
  expect(world.sent.size).toBe(before + 1)
  expect(await world.client.leads()).toHaveLength(world.sent.size)
}

async function goOn(world: World, form: LeadForm | null): Promise<void> {
  const pressForm = (id: string) => deliver(world, world.newPress(FIRST_MESSAGE, `v1:form:${id}`))
  switch (form?.step.at) {
    case undefined:
    case 'opening':
      return say(world, { text: '/lead' })
    case 'choosing':
      return pressForm(`another-${form?.begun}`)
    case 'adding':
      return say(world, { text: 'One more thing' })
    case 'asking':
      return say(world, { text: RIGHT[form.step.field] ?? '' })
    case 'confirming':
      return pressForm(`send-${form.step.summary}`)
  }
}

/** How far a request has come before anything unusual happens. */
const ANSWERS = Object.keys(RIGHT).length

/** Something that happens. */
class Happening implements fc.AsyncCommand<object, World> {
  readonly #name: string
  readonly #happen: (world: World) => Promise<void>

  constructor(name: string, happen: (world: World) => Promise<void>) {
    this.#name = name
    this.#happen = happen
  }

  check(): boolean {
    return true
  }

  async run(_: object, world: World): Promise<void> {
    await this.#happen(world)
  }

  toString(): string {
    return this.#name
  }
}

const happening = (name: string, happen: (world: World) => Promise<void>) =>
  new Happening(name, happen)

const words = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...Object.values(RIGHT), 'Пропустить', 'Skip') },
  {
    weight: 3,
    arbitrary: fc.constantFrom('/lead', '/cancel', '/start main_1_vk', '/help', '/my', '/language'),
  },
  { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 1_100 }) },
)

const content = fc.constantFrom<[string, object][]>(
  ['a sticker', { sticker: {} }],
  ['a photo of an album', { photo: [], media_group_id: 'album' }],
  ['a forwarded message', { text: 'Aziza', forward_origin: { type: 'hidden_user' } }],
  ['a pinned message', { pinned_message: {} }],
  ['somebody’s contact', { contact: { phone_number: '+998901234567', first_name: 'X' } }],
)

const nth = fc.nat({ max: 200 })
const pick = <One>(many: One[], n: number): One | undefined => many[n % Math.max(1, many.length)]

const saySomething = words.map((text) =>
  happening(`say ${JSON.stringify(text)}`, (world) => say(world, { text })),
)

/** Says what is asked for, so that forms come to their end often. */
const answer = fc.constant(
  happening('answer', async (world) => {
    const form = await world.form()
    const field = form?.step.at === 'asking' ? form.step.field : null
    await say(world, { text: field ? (RIGHT[field] ?? '') : '/lead' })
  }),
)

const send = content.map(([name, what]) => happening(`send ${name}`, (world) => say(world, what)))

const share = fc.constant(
  happening('share their own contact', (world) => {
    const { id } = world.client.person
    return say(world, { contact: { phone_number: '998901234567', first_name: 'A', user_id: id } })
  }),
)

const pressAny = fc.record({ n: nth, isLate: fc.boolean() }).map(({ n, isLate }) =>
  happening(`press button ${n}${isLate ? ', late' : ''}`, async (world) => {
    const button = pick(world.buttons(), n)
    if (!button) return
    const update = world.newPress(button.messageId, button.data)
    if (isLate) world.late.push(update)
    else await deliver(world, update)
  }),
)

const pressNewest = nth.map((n) =>
  happening(`press newest button ${n % 6}`, async (world) => {
    const shown = world.client.shown().findLast(({ buttons }) => buttons.length > 0)
    const button = pick(shown?.buttons ?? [], n % 6)
    if (shown && button) await deliver(world, world.newPress(shown.id, button.callback_data))
  }),
)

const arrive = fc.constant(
  happening('late presses arrive', async (world) => {
    for (const update of world.late.splice(0).toReversed()) await deliver(world, update)
  }),
)

const again = nth.map((n) =>
  happening(`update ${n} comes again`, async (world) => {
    const update = pick(world.delivered, n)
    if (update) await deliver(world, update)
  }),
)

const edit = fc.tuple(nth, words).map(([n, text]) =>
  happening(`edit message ${n} to ${JSON.stringify(text)}`, async (world) => {
    const edited = pick(
      world.delivered.flatMap((one) => one.message ?? []),
      n,
    )
    if (!edited || text.startsWith('/')) return
    const update = { ...edited, text, edit_date: 1 } as Message
    await deliver(world, { update_id: newId(), edited_message: update as never })
  }),
)

const die = fc.constant(
  happening('the conversation dies', (world) => crash(conversationOf(env, world.client.id))),
)

const dieAt = fc.boolean().map((isTaken) =>
  happening(
    `the conversation will die ${isTaken ? 'after' : 'before'} its next call`,
    async (world) => {
      let isOver = false
      world.outside.answer(async (call) => {
        if (isOver) return undefined
        isOver = true
        if (isTaken) world.outside.deliverSilently(call)
        await crash(conversationOf(env, world.client.id))
        throw new TypeError('cut off')
      })
    },
  ),
)

const happenings = fc.commands(
  [
    saySomething,
    answer,
    answer,
    answer,
    send,
    share,
    pressAny,
    pressNewest,
    arrive,
    again,
    edit,
    die,
    dieAt,
  ],
  { maxCommands: 25, size: 'max' },
)

it('loses no answer, sends a request once, and has no dead end, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: ANSWERS }), happenings, async (answers, commands) => {
      const world = new World()
      const right = Object.values(RIGHT).slice(0, answers)
      for (const text of ['/lead', ...right]) await say(world, { text })
      await fc.asyncModelRun(() => ({ model: {}, real: world }), commands)
      for (const update of world.late.splice(0)) await deliver(world, update)
      await leaveRequest(world)
    }),
    // A failure is made smaller for so long, and then shown.
    { numRuns: 15, interruptAfterTimeLimit: 120_000, markInterruptAsFailure: false },
  )
  expect.hasAssertions()
}, 180_000)
