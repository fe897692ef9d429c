import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { doErrand } from '../../../src/bot/errands.ts'
import type { LeadData, NewLead } from '../../../src/lead.ts'
import { projectRulesSchema } from '../../../src/project-rules.ts'
import { dayOf } from '../../../src/period.ts'
import { settingsOf } from '../../../src/settings.ts'
import { upsertInsights } from '../../../src/store/insights.ts'
import { addMember, listWorkers } from '../../../src/store/members.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { setUserRole } from '../../../src/store/users.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { FIRST_MESSAGE, Outside, type OutgoingCall, telegramError } from '../outside.ts'
import {
  BOT,
  deliver,
  message,
  newGroup,
  newId,
  newPerson,
  newUser,
  press,
  privateChat,
} from '../updates.ts'

let outside: Outside

beforeEach(() => {
  outside = new Outside()
})

type Person = ReturnType<typeof newPerson>

/** A project of its own whose group shows its leads. */
async function newTeam(rules: object = {}) {
  const projectId = `team-${newId()}`
  const group = newGroup()
  await insertProject(env.DB, projectId, 'Team')
  await updateProject(env.DB, projectId, {
    chatId: String(group.id),
    threadId: null,
    rules: projectRulesSchema.parse({ responseMinutes: null, ...rules }),
  })
  return { projectId, group, chatId: String(group.id) }
}

type Team = Awaited<ReturnType<typeof newTeam>>

async function receive({ projectId, chatId }: Team, lead: Partial<NewLead> = {}): Promise<string> {
  const id = crypto.randomUUID()
  const known = { projectId, source: 'api', sourceRef: null, name: 'Aziza', ...lead } as const
  await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead: known })
  await settle(id, chatId)
  return id
}

/** Waits until the lead has told everybody and its chat has said everything. */
async function settle(leadId: string, chatId: string): Promise<void> {
  await leadOf(env, leadId).show()
  await conversationOf(env, chatId).kick()
}

async function pressCard(person: Person, team: Team, verb: string, leadId: string, choice = '') {
  await deliver(press(person, team.group, FIRST_MESSAGE, `v1:${verb}:${leadId}${choice}`))
  await settle(leadId, team.chatId)
}

async function read(id: string): Promise<LeadData> {
  const found = await leadOf(env, id).read()
  if (!found) throw new Error('there is no such lead')
  return found.lead
}

interface Button {
  text: string
  callback_data: string
}

function buttonsOf(call: OutgoingCall | undefined): Button[] {
  const markup = call?.params['reply_markup'] as { inline_keyboard: Button[][] } | undefined
  return markup?.inline_keyboard.flat() ?? []
}

function dataOf(call: OutgoingCall | undefined, label: string): string {
  return buttonsOf(call).find(({ text }) => text.includes(label))?.callback_data ?? ''
}

const card = (team: Team) => outside.sent('editMessageText', team.chatId).at(-1)
const textOf = (call: OutgoingCall | undefined) => String(call?.params['text'])
const lastAnswer = () => outside.sent('answerCallbackQuery').at(-1)?.params

describe('a card in a group', () => {
  it('asks in place why a lead was lost, and is closed with one press', async () => {
    const team = await newTeam({ lostReasons: ['Дорого', 'Другой город'] })
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    await pressCard(olim, team, 'lost', id)
    expect(textOf(card(team))).toContain('Почему не вышло?')
    expect((await read(id)).status).toBe('in_progress')
    await deliver(press(olim, team.group, FIRST_MESSAGE, dataOf(card(team), 'Другой город')))
    await settle(id, team.chatId)
    expect(await read(id)).toMatchObject({ outcome: 'lost', reason: 'Другой город' })
    expect(textOf(card(team))).toContain('Причина: Другой город')
    expect(textOf(card(team))).not.toContain('Почему')
    expect(outside.sent('sendMessage', team.chatId)).toHaveLength(1)
  })

  it('goes back from the reasons, and closes without any', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager')
    await pressCard(olim, team, 'take', id)
    await pressCard(olim, team, 'lost', id)
    expect(buttonsOf(card(team)).map(({ text }) => text)).toContain('Дорого')
    await pressCard(olim, team, 'fold', id)
    expect(buttonsOf(card(team)).map(({ text }) => text)).toContain('✅ Успех')
    await pressCard(olim, team, 'why', id, '-none')
    expect(await read(id)).toMatchObject({ outcome: 'lost', reason: null })
  })

  it('asks nobody for a reason but who holds the lead and the admins, and takes it from nobody else', async () => {
    const team = await newTeam()
    const id = await receive(team)
    await pressCard(await newUser('manager', 'Olim'), team, 'take', id)
    const nodir = await newUser('manager', 'Nodir')
    await pressCard(nodir, team, 'lost', id)
    expect(lastAnswer()).toMatchObject({ text: 'Уже взял(а) Olim', show_alert: true })
    expect(textOf(card(team))).not.toContain('Почему')
    await pressCard(nodir, team, 'why', id, '-none')
    expect(lastAnswer()).toMatchObject({ text: 'Уже взял(а) Olim', show_alert: true })
    await pressCard(await newUser('admin', 'Owner'), team, 'lost', id)
    expect(textOf(card(team))).toContain('Почему не вышло?')
  })

  it('shows what happened on demand, and folds up with the next change', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    await pressCard(olim, team, 'history', id)
    expect(textOf(card(team))).toContain('<b>Olim</b>: взял(а) в работу')
    await pressCard(olim, team, 'won', id)
    expect(textOf(card(team))).not.toContain('История')
    expect(textOf(card(team))).toContain('Успех')
  })

  it('does once what is pressed twice, and answers both', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager')
    await pressCard(olim, team, 'take', id)
    await pressCard(olim, team, 'won', id)
    await pressCard(olim, team, 'won', id)
    expect(lastAnswer()).toMatchObject({ text: 'Заявка уже закрыта', show_alert: true })
    expect((await leadOf(env, id).read())?.events.map(({ type }) => type)).toEqual([
      'receive',
      'claim',
      'close',
    ])
  })

  it.each(['lost', 'history', 'remind', 'note', 'merge', 'fold'])(
    'lets nobody press %s who is no manager, and says so in their language',
    async (verb) => {
      const team = await newTeam()
      const id = await receive(team)
      const before = outside.sent('editMessageText', team.chatId).length
      await pressCard(newPerson('Stranger', 'en'), team, verb, id)
      expect(lastAnswer()).toMatchObject({
        text: expect.stringContaining('Only managers'),
        show_alert: true,
      })
      expect(outside.sent('editMessageText', team.chatId)).toHaveLength(before)
    },
  )

  it('shows that a person has come again, and is merged and separated by one press each', async () => {
    const team = await newTeam()
    const phone = `+99890${String(newId()).padStart(7, '0').slice(-7)}`
    const olim = await newUser('manager', 'Olim')
    const first = await receive(team, { phone })
    await pressCard(olim, team, 'take', first)
    await pressCard(olim, team, 'won', first)
    const again = await receive(team, { phone, createdAt: new Date(Date.now() + 1).toISOString() })
    await settle(again, team.chatId)
    expect(await read(again)).toMatchObject({
      repeatOf: first,
      earlier: { manager: 'Olim', status: 'closed', outcome: 'won' },
    })
    expect(textOf(card(team))).toMatch(/Повторная.*Olim, успех/)
    await pressCard(olim, team, 'merge', again)
    expect(await read(again)).toMatchObject({ status: 'closed', duplicateOf: first })
    expect(await read(first)).toMatchObject({ status: 'in_progress' })
    await pressCard(olim, team, 'unmerge', again)
    expect(await read(again)).toMatchObject({ status: 'in_progress', duplicateOf: null })
  })

  it('says who a lead was given to in turn, who answers it by taking it', async () => {
    const team = await newTeam({ assignment: 'round_robin' })
    const olim = await newUser('manager', 'Olim')
    const id = await receive(team)
    const to = { id: String(olim.id), name: 'Olim' }
    const system = { id: 'system', name: 'TargetBot', role: 'service' } as const
    await leadOf(env, id).carryOut({ id: 'given', type: 'assign', by: system, to })
    await settle(id, team.chatId)
    const lead = await read(id)
    const holder = lead.assignee?.id ?? ''
    expect(lead.firstResponseAt).toBeNull()
    expect(textOf(card(team))).toContain('Назначена')
    await pressCard({ ...olim, id: Number(holder) }, team, 'take', id)
    expect((await read(id)).firstResponseAt).not.toBeNull()
    expect(textOf(card(team))).toContain('В работе')
  })
})

describe('what a press has to do', () => {
  it.each([
    ['take', null],
    ['won', null],
    ['why', 'none'],
    ['in', '1h'],
    ['release', null],
    ['lost', null],
    ['history', null],
  ] as const)(
    'may be done twice (%s, %j): it changes and answers the same',
    async (verb, choice) => {
      const team = await newTeam()
      const id = await receive(team)
      const olim = await newUser('manager', 'Olim')
      if (verb !== 'take') await pressCard(olim, team, 'take', id)
      const by = { id: String(olim.id), name: 'Olim', username: null, locale: 'ru' } as const
      const args = { by, verb, choice, leadId: id, callbackId: '1', messageId: FIRST_MESSAGE }
      const deps = {
        env,
        settings: settingsOf(env),
        chatId: team.chatId,
        updateId: newId(),
        locale: 'ru',
        publicUrl: '',
      } as const
      const first = await doErrand('press', args, deps)
      const before = (await leadOf(env, id).read())?.events.length
      expect(await doErrand('press', args, deps)).toEqual(first)
      expect((await leadOf(env, id).read())?.events).toHaveLength(before ?? 0)
    },
  )
})

/** A reply to a message of the bot, said now. */
function replyTo(person: Person, team: Team, content: object) {
  const reply_to_message = { message_id: FIRST_MESSAGE, date: 0, chat: team.group, from: BOT }
  const date = Math.floor(Date.now() / 1000)
  return message(person, team.group, { date, reply_to_message, ...content } as never)
}

describe('a reply to a card', () => {
  it('that asks to be reminded is a reminder and no note', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    await deliver(replyTo(olim, team, { text: 'напомни завтра в 10 про оплату' }))
    await settle(id, team.chatId)
    const lead = await read(id)
    expect(lead.notes).toEqual([])
    expect(lead.reminders).toMatchObject([{ userId: String(olim.id), text: 'про оплату' }])
    // Tashkent is five hours ahead of UTC all year.
    expect(lead.reminders[0]?.at).toMatch(/T05:00:00\.000Z$/)
    expect(textOf(outside.sent('sendMessage', team.chatId).at(-1))).toMatch(
      /Olim, напомню .* 10:00/,
    )
    expect(textOf(card(team))).toContain('про оплату')
  })

  it('at a time nobody can understand, or one that is over, is answered', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager')
    for (const [text, answer] of [
      ['напомни когда-нибудь', 'Не понял, когда'],
      ['напомни вчера в 10', 'уже прошло'],
    ] as const) {
      await deliver(replyTo(olim, team, { text }))
      expect(textOf(outside.sent('sendMessage', team.chatId).at(-1))).toContain(answer)
    }
    expect((await read(id)).reminders).toEqual([])
  })

  it('with a picture is told that only text is taken', async () => {
    const team = await newTeam()
    await receive(team)
    await deliver(replyTo(await newUser('manager'), team, { photo: [], caption: 'look' }))
    expect(textOf(outside.sent('sendMessage', team.chatId).at(-1))).toContain('только текст')
  })
})

describe('a reminder', () => {
  it('is chosen from a card and shown on it', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager')
    await pressCard(olim, team, 'take', id)
    await pressCard(olim, team, 'remind', id)
    await deliver(press(olim, team.group, FIRST_MESSAGE, dataOf(card(team), '1 час')))
    await settle(id, team.chatId)
    // Pressed twice, it asks once.
    await pressCard(olim, team, 'in', id, '-1h')
    const [reminder, ...more] = (await read(id)).reminders
    expect(more).toEqual([])
    expect(Date.parse(reminder?.at ?? '') - Date.now()).toBeGreaterThan(58 * 60_000)
    expect(lastAnswer()?.['text']).toContain('Напомню')
    expect(textOf(card(team))).toMatch(/⏰ \d/)
  })

  /** A reminder of a manager's that is due now, and the message by which they hear of it. */
  async function remind(manager: Person, id: string, chatId: string): Promise<OutgoingCall> {
    const told = outside.next('sendMessage', chatId)
    const by = { id: String(manager.id), name: 'Olim', role: 'manager' } as const
    const at = new Date(Date.now() - 1_000).toISOString()
    await leadOf(env, id).carryOut({ id: `r-${newId()}`, type: 'remind', by, at, text: 'цена' })
    await runDurableObjectAlarm(leadOf(env, id))
    return told
  }

  it('comes in private with the buttons of its lead, which work there', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    const chatId = String(olim.id)
    const told = await remind(olim, id, chatId)
    expect(textOf(told)).toContain('Напоминание.</b> цена')
    expect(buttonsOf(told).map(({ text }) => text)).toContain('⏰ Напомнить')
    await deliver(press(olim, privateChat(olim), FIRST_MESSAGE, dataOf(told, 'Напомнить')))
    const choices = outside.sent('editMessageText', chatId).at(-1)
    await deliver(press(olim, privateChat(olim), FIRST_MESSAGE, dataOf(choices, '15 минут')))
    expect((await read(id)).reminders).toHaveLength(1)
    await deliver(press(olim, privateChat(olim), FIRST_MESSAGE, dataOf(told, 'Успех')))
    await settle(id, team.chatId)
    expect(textOf(outside.sent('editMessageText', chatId).at(-1))).toContain('Успех')
    expect(textOf(card(team))).toContain('Успех')
  })

  it('is asked for once more by replying to it', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    const chat = privateChat(olim)
    await remind(olim, id, String(olim.id))
    const reply_to_message = { message_id: FIRST_MESSAGE, date: 0, chat, from: BOT }
    const date = Math.floor(Date.now() / 1000)
    const said = { text: 'напомни через 2 часа', date, reply_to_message }
    await deliver(message(olim, chat, said as never))
    expect((await read(id)).reminders).toHaveLength(1)
    await deliver(message(olim, chat, { ...said, text: 'Просит скидку' } as never))
    expect((await read(id)).notes).toMatchObject([{ text: 'Просит скидку', author: 'Olim' }])
  })

  it('is not told to somebody who is a manager no more', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    await setUserRole(env.DB, String(olim.id), 'client')
    const by = { id: String(olim.id), name: 'Olim', role: 'manager' } as const
    const at = new Date(Date.now() - 1_000).toISOString()
    await leadOf(env, id).carryOut({ id: `r-${newId()}`, type: 'remind', by, at, text: null })
    await runDurableObjectAlarm(leadOf(env, id))
    await settle(id, team.chatId)
    await conversationOf(env, by.id).kick()
    expect((await read(id)).reminders).toEqual([])
    expect(outside.sent('sendMessage', by.id)).toEqual([])
  })

  it('of somebody who never began with the bot calls them in the group, once', async () => {
    const team = await newTeam()
    const id = await receive(team)
    const olim = await newUser('manager', 'Olim')
    await pressCard(olim, team, 'take', id)
    const chatId = String(olim.id)
    outside.answer(({ name, params }) =>
      name === 'sendMessage' && String(params['chat_id']) === chatId
        ? telegramError(403, "Forbidden: bot can't initiate conversation with a user")
        : undefined,
    )
    const inGroup = outside.next('sendMessage', team.chatId)
    await remind(olim, id, chatId)
    await conversationOf(env, chatId).kick()
    expect(textOf(await inGroup)).toContain(`<a href="tg://user?id=${chatId}">Olim</a>`)
  })
})

describe('a manager in private', () => {
  async function say(person: Person, text: string): Promise<OutgoingCall | undefined> {
    await deliver(message(person, privateChat(person), { text }))
    return outside.sent('sendMessage', String(person.id)).at(-1)
  }

  async function pressHere(person: Person, data: string): Promise<OutgoingCall | undefined> {
    await deliver(press(person, privateChat(person), FIRST_MESSAGE, data))
    return outside.sent('editMessageText', String(person.id)).at(-1)
  }

  const names = (call: OutgoingCall | undefined) =>
    buttonsOf(call).flatMap(({ text }) => /Lead \d+/.exec(text)?.[0] ?? [])

  it('leafs through their own leads there and back', async () => {
    const team = await newTeam()
    const olim = await newUser('manager', 'Olim')
    const by = { id: String(olim.id), name: 'Olim', role: 'manager' } as const
    for (let n = 1; n <= 10; n++) {
      const createdAt = new Date(Date.UTC(2026, 0, n)).toISOString()
      const id = await receive(team, { name: `Lead ${n}`, createdAt })
      await leadOf(env, id).carryOut({ id: `claim-${id}`, type: 'claim', by })
      await settle(id, team.chatId)
    }
    const first = await say(olim, '/leads')
    expect(names(first)).toEqual([10, 9, 8, 7, 6, 5, 4, 3].map((n) => `Lead ${n}`))
    const second = await pressHere(olim, dataOf(first, '▶️'))
    expect(names(second)).toEqual(['Lead 2', 'Lead 1'])
    const again = await pressHere(olim, dataOf(second, '◀️'))
    expect(names(again)).toEqual(names(first))
    const pages = [first, second, again].map((call) => / · (.+)\n/.exec(textOf(call))?.[1])
    expect(pages).toEqual(['1 из 2', '2 из 2', '1 из 2'])
    const all = await pressHere(olim, dataOf(first, 'Все'))
    expect(textOf(all)).toContain('Все заявки')
    expect(textOf(await pressHere(olim, 'v1:leads:mine'))).toContain('1 из 2')
  })

  it('finds a lead by name or the end of its phone, opens it, and works it there', async () => {
    const team = await newTeam()
    const digits = String(newId()).padStart(7, '0').slice(-7)
    const name = `Zulfiya${newId()}`
    const id = await receive(team, { name, phone: `+99890${digits}` })
    const olim = await newUser('manager', 'Olim')
    expect(dataOf(await say(olim, `/leads ${name.toLowerCase()}`), name)).toBe(`v1:open:${id}`)
    const found = await say(olim, `/leads ${digits}`)
    await deliver(press(olim, privateChat(olim), FIRST_MESSAGE, dataOf(found, name)))
    const opened = outside.sent('sendMessage', String(olim.id)).at(-1)
    expect(textOf(opened)).toContain(name)
    const taken = await pressHere(olim, dataOf(opened, 'Взять'))
    expect(textOf(taken)).toContain('В работе')
    await settle(id, team.chatId)
    expect(textOf(card(team))).toContain('В работе')
    const reasons = await pressHere(olim, dataOf(taken, 'Не вышло'))
    expect(textOf(await pressHere(olim, dataOf(reasons, 'Дорого')))).toContain('Причина: Дорого')
  })

  it('is told when nothing is found, and that a list of another day is over', async () => {
    const olim = await newUser('manager')
    expect(textOf(await say(olim, '/leads nobodyofthisname'))).toContain('Ничего не нашлось')
    await pressHere(olim, 'v1:leads:f1')
    expect(lastAnswer()).toMatchObject({ text: 'Кнопка устарела' })
  })

  it('sees nothing when they are no manager', async () => {
    const client = newPerson()
    for (const command of ['/leads', '/leads Aziza', '/stats', '/away']) {
      expect(textOf(await say(client, command))).toContain('только менеджеры')
    }
  })

  it('is given no leads while they are away', async () => {
    const olim = await newUser('manager', 'Olim')
    const isWorker = async () =>
      (await listWorkers(env.DB, 'main')).some(({ id }) => id === String(olim.id))
    expect(textOf(await say(olim, '/away'))).toContain('вас нет')
    expect(await isWorker()).toBe(false)
    expect(textOf(await say(olim, '/leads'))).toContain('Вы отсутствуете')
    expect(textOf(await say(olim, '/back'))).toContain('С возвращением')
    expect(await isWorker()).toBe(true)
  })

  it('is told what today and the week brought, and what a lead of Facebook’s cost', async () => {
    const team = await newTeam()
    const olim = await newUser('manager', 'Olim')
    await addMember(env.DB, team.projectId, String(olim.id))
    const id = await receive(team)
    await receive(team)
    await pressCard(olim, team, 'take', id)
    await pressCard(olim, team, 'won', id)
    expect(textOf(await say(olim, '/stats'))).toMatch(
      /^📊 <b>Team<\/b>\n\n<b>Сегодня:<\/b> получено 2, взято 1, успех 1, не вышло 0\n\n<b>Вчера:<\/b> получено 0/,
    )
    const account = { adAccountId: `act_${newId()}`, accountTimezone: 'Asia/Tashkent' }
    await updateProject(env.DB, team.projectId, { ...account, currency: 'USD' })
    const insight = {
      date: dayOf(Date.now(), 'Asia/Tashkent'),
      campaignId: `c${newId()}`,
      campaignName: 'Leads',
      currency: 'USD',
      spendMicros: 1_234_500_000,
      impressions: 100,
      clicks: 10,
      leads: 10,
      formLeads: 10,
      messages: 0,
      purchases: 0,
      results: null,
      resultIndicator: null,
      actions: [],
    }
    await upsertInsights(env.DB, account.adAccountId, [insight], '2020-01-01')
    expect(textOf(await say(olim, '/stats'))).toContain(
      'расход 1\u00A0234,50\u00A0$, заявок 10, цена заявки 123,45\u00A0$',
    )
  })
})
