import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { packStart } from '../../../src/bot/start-payload.ts'
import { type ProjectRules, projectRulesSchema } from '../../../src/project-rules.ts'
import { upsertInsights } from '../../../src/store/insights.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { Client } from '../client.ts'
import { crash } from '../crash.ts'
import { Outside, telegramError } from '../outside.ts'
import { message, newId } from '../updates.ts'

let outside: Outside

beforeEach(() => {
  outside = new Outside()
})

afterEach(async () => {
  vi.useRealTimers()
  // Other tests begin with one project that asks nothing of its own.
  await askOf('main', [])
  await env.DB.prepare("DELETE FROM projects WHERE id <> 'main'").run()
})

/** Has a project ask these questions. */
async function askOf(projectId: string, questions: unknown[]): Promise<void> {
  const rules: ProjectRules = projectRulesSchema.parse({ questions })
  await updateProject(env.DB, projectId, { rules })
}

async function newProject(name = 'Courses'): Promise<string> {
  const id = crypto.randomUUID()
  await insertProject(env.DB, id, name)
  return id
}

const QUESTIONS = [
  {
    id: 'level',
    type: 'choice',
    label: { ru: 'Уровень', en: 'Level', uz: 'Daraja' },
    options: [
      { ru: 'Начальный', en: 'Beginner', uz: 'Boshlang‘ich' },
      { ru: 'Средний', en: 'Middle', uz: 'O‘rta' },
    ],
    isRequired: true,
  },
  { id: 'age', type: 'number', label: { ru: 'Возраст' } },
  { id: 'begin', type: 'date', label: { ru: 'Когда начать' } },
  { id: 'second', type: 'phone', label: { ru: 'Второй телефон' } },
  { id: 'why', type: 'text', label: { ru: 'Зачем' } },
]

describe('a link from an advertisement', () => {
  it('carries its project, campaign and source into the request', async () => {
    const projectId = await newProject()
    const campaignId = String(newId())
    await upsertInsights(env.DB, '1', [insightOf(campaignId, 'Autumn')], '2020-01-01')
    const client = new Client(outside)
    await client.say(`/start ${packStart({ projectId, campaignId, source: 'instagram' })}`)
    await client.press('Оставить заявку')
    await client.sayAll('Aziza', '901234567', 'Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({
      projectId,
      campaignId,
      campaignName: 'Autumn',
      utmSource: 'instagram',
      source: 'telegram',
    })
  })

  it('to a project that is no more leads to the first', async () => {
    const client = new Client(outside)
    await client.say(`/start ${crypto.randomUUID()}_7_vk`)
    await client.sayAll('/lead', 'Aziza', '901234567', 'Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({ projectId: 'main', campaignId: '7', utmSource: 'vk' })
  })

  it('is forgotten after thirty days', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const client = new Client(outside)
    await client.say('/start main_7_vk')
    vi.setSystemTime(Date.now() + 31 * 24 * 3_600_000)
    await client.sayAll('/lead', 'Aziza', '901234567', 'Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({ campaignId: null, utmSource: null })
  })
})

function insightOf(campaignId: string, campaignName: string) {
  return {
    date: '2026-11-25',
    campaignId,
    campaignName,
    currency: 'USD',
    spendMicros: 1,
    impressions: 1,
    clicks: 1,
    leads: 1,
    formLeads: 1,
    messages: 0,
    purchases: 0,
    results: null,
    resultIndicator: null,
    actions: [],
  }
}

describe('leaving a request', () => {
  it('suggests the name of the profile, and takes the person’s own number for verified', async () => {
    const client = new Client(outside, { name: 'Олим <&> 🌸' })
    await client.say('/lead')
    expect(keyboardOf(client)).toEqual([[{ text: 'Олим <&> 🌸' }]])
    await client.say('Олим <&> 🌸')
    await client.share('998901234567')
    await client.say('Пропустить')
    expect(client.last().text).toContain('Олим &lt;&amp;&gt; 🌸')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({
      name: 'Олим <&> 🌸',
      phone: '+998901234567',
      isVerified: true,
      userId: client.id,
    })
  })

  it.each([
    ['somebody else’s', 777],
    ['an address book’s', null],
  ])('takes %s contact for a number that nobody vouches for', async (_, userId) => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza')
    await client.share('+998901234567', userId)
    await client.say('Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({ phone: '+998901234567', isVerified: false })
  })

  it('does not suggest a name that it would refuse', async () => {
    const client = new Client(outside, { name: '12345' })
    await client.say('/lead')
    expect(markupOf(client)).toEqual({ remove_keyboard: true })
  })

  it('asks the project’s questions, and tells its team the answers in their language', async () => {
    await askOf('main', QUESTIONS)
    const client = new Client(outside, { language: 'uz' })
    await client.sayAll('/lead', 'Aziza', '901234567')
    expect(client.last().text).toContain('Daraja')
    await client.say('nimadir')
    expect(client.last().text).toContain('tugmalardan birini')
    await client.sayAll('O‘rta', '25', 'ertaga', '+998 91 234 56 78', 'Пропустить', 'Izoh')
    const lead = await client.sentBy(await client.press('Yuborish'))
    expect(lead?.answers).toEqual({
      Уровень: 'Средний',
      Возраст: '25',
      'Когда начать': expect.stringMatching(/^\d\d\.\d\d\.\d{4}$/),
      'Второй телефон': '+998 91 234 56 78',
    })
    expect(lead?.notes).toMatchObject([{ text: 'Izoh' }])
  })

  it.each([
    ['@aziza_k', { contact: '@aziza_k', phone: '+998912345678', email: null }],
    ['a@b.uz', { contact: 'a@b.uz', phone: '+998912345678', email: 'a@b.uz' }],
    ['901234567', { contact: '+998 90 123 45 67', phone: '+998901234567' }],
  ])('calls who leaves %s by the phone they gave to a question', async (contact, expected) => {
    await askOf('main', [{ id: 'second', type: 'phone', label: { ru: 'Второй телефон' } }])
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', contact, '91 234 56 78', 'Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({ ...expected, isVerified: false })
    expect(lead?.answers).toEqual({ 'Второй телефон': '+998 91 234 56 78' })
  })

  it('goes on in the language chosen meanwhile, and understands buttons of the one before', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '901234567', '/language')
    await client.press('O‘zbekcha')
    expect(client.last().text).toContain('qiziqtiradi')
    await client.say('Пропустить')
    expect(client.last().text).toContain('Arizangizni tekshiring')
    const lead = await client.sentBy(await client.press('Yuborish'))
    expect(lead?.notes).toEqual([])
  })

  it('takes the last question’s keyboard away, and says nothing for that but the summary', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '901234567')
    expect(client.keyboard()).toEqual([[{ text: 'Пропустить' }]])
    await client.say('Английский')
    expect(client.keyboard()).toBeNull()
    expect(client.shown().map(({ text }) => text.split('\n')[0])).toEqual([
      'Как вас зовут?',
      expect.stringContaining('Оставьте телефон'),
      expect.stringContaining('Что вас интересует'),
      'Проверьте заявку:',
    ])
    expect(client.last().buttons.map(({ text }) => text)).toEqual([
      '✅ Отправить',
      '✏️ Имя',
      '✏️ Контакт',
      '✏️ Комментарий',
      '✖️ Отменить',
    ])
  })

  it('asks without the project’s questions when they cannot be read', async () => {
    const client = new Client(outside)
    await client.say('/help')
    await env.DB.prepare('ALTER TABLE projects RENAME TO projects_away').run()
    await client.say('/lead')
    await env.DB.prepare('ALTER TABLE projects_away RENAME TO projects').run()
    expect(client.last().text).toContain('Как вас зовут')
    await client.sayAll('Aziza', '901234567', 'Пропустить')
    expect(await client.sentBy(await client.press('Отправить'))).not.toBeNull()
  })

  it('takes the name of whoever writes it before being asked', async () => {
    await askOf('main', QUESTIONS)
    const client = new Client(outside)
    const conversation = conversationOf(env, client.id)
    const updates = ['/lead', 'Malika'].map((text) => message(client.person, client.chat, { text }))
    await Promise.all(updates.map((update) => conversation.receive(update, 'https://bot.test')))
    await client.settle()
    expect(client.last().text).toContain('телефон')
    await client.say('901234567')
    expect(client.last().text).toContain('Уровень')
    await client.sayAll('Средний', 'Skip', 'Skip', 'Skip', 'Skip', 'Skip')
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({ name: 'Malika' })
  })

  it('goes on after days, other commands and the death of the conversation', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '/help', '/nonsense', '/my')
    await crash(conversationOf(env, client.id))
    vi.setSystemTime(Date.now() + 9 * 24 * 3_600_000)
    await client.sayAll('901234567', 'Пропустить')
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({ name: 'Aziza' })
  })

  it('is cancelled at any step', async () => {
    const client = new Client(outside)
    for (const words of [[], ['Aziza'], ['Aziza', '901234567'], ['Aziza', '901234567', 'x']]) {
      await client.sayAll('/lead', ...words, '/cancel')
      expect(client.last().text).toContain('Отменили')
    }
    await client.say('/cancel')
    expect(client.last().text).toContain('нечего')
  })
})

/** The markup of one of the last messages sent. */
function markupOf(client: Client, at = -1): unknown {
  return outside.sent('sendMessage', client.id).at(at)?.params['reply_markup']
}

function keyboardOf(client: Client): unknown {
  const markup = markupOf(client)
  return markup && typeof markup === 'object' && 'keyboard' in markup ? markup.keyboard : null
}

describe('a summary', () => {
  const summary = async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '901234567', 'English')
    return client
  }

  it('lets every answer be corrected', async () => {
    const client = await summary()
    await client.press('✏️ Имя')
    await client.say('Malika')
    await client.press('✏️ Контакт')
    await client.say('912223344')
    await client.press('✏️ Комментарий')
    await client.say('Оставить как есть')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({ name: 'Malika', phone: '+998912223344' })
    expect(lead?.notes).toMatchObject([{ text: 'English' }])
  })

  it('is sent once by a double tap, and goes on saying that it was sent', async () => {
    const client = await summary()
    const { id, buttons } = client.last()
    const [send] = buttons
    const first = await client.pressData(id, send?.callback_data ?? '')
    const second = await client.pressData(id, send?.callback_data ?? '')
    expect(await client.sentBy(first)).toMatchObject({ name: 'Aziza' })
    expect(await client.sentBy(second)).toBeNull()
    const shown = client.shown().find((one) => one.id === id)
    expect(shown?.text).toContain('Заявка отправлена')
    expect(shown?.buttons).toEqual([])
    expect(client.toasts().at(-1)).toContain('уже отправлена')
  })

  it('of before a correction sends nothing, and loses its buttons', async () => {
    const client = await summary()
    const old = client.last()
    const send = old.buttons[0]?.callback_data ?? ''
    await client.press('✏️ Имя')
    await client.say('Malika')
    const stale = await client.pressData(old.id, send)
    expect(await client.sentBy(stale)).toBeNull()
    expect(client.toasts().at(-1)).toContain('не действует')
    expect(client.shown().find(({ id }) => id === old.id)?.buttons).toEqual([])
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({ name: 'Malika' })
  })

  it('of a request that was cancelled sends nothing', async () => {
    const client = await summary()
    const { id, buttons } = client.last()
    await client.say('/cancel')
    const stale = await client.pressData(id, buttons[0]?.callback_data ?? '')
    expect(await client.sentBy(stale)).toBeNull()
    expect(client.shown().find((one) => one.id === id)?.buttons).toEqual([])
  })

  it('has no buttons any more once it was corrected, cancelled, or asked for again', async () => {
    const client = await summary()
    await client.press('✏️ Имя')
    expect(client.withButtons()).toEqual([])
    const corrected = await client.say('Malika')
    expect(client.withButtons()).toHaveLength(1)
    expect(client.keyboard()).toBeNull()
    await client.edit(corrected, 'Nigora')
    expect(client.withButtons()).toHaveLength(1)
    expect(client.last().text).toContain('Nigora')
    await client.say('?')
    expect(client.withButtons()).toEqual([client.last()])
    await client.say('/lead')
    expect(client.withButtons()).toEqual([client.last()])
    await client.say('/cancel')
    expect(client.withButtons()).toEqual([])
  })

  it('costs one call more at most for the buttons of the one before', async () => {
    const client = await summary()
    await client.press('✏️ Имя')
    await client.say('Malika')
    await client.press('Отправить')
    expect(outside.sent('editMessageReplyMarkup', client.id)).toHaveLength(1)
    expect(outside.sent('editMessageText', client.id)).toHaveLength(1)
  })

  it('that Telegram no longer shows can be sent all the same', async () => {
    const client = await summary()
    outside.answer(({ name }) =>
      name.startsWith('edit')
        ? telegramError(400, 'Bad Request: message to edit not found')
        : undefined,
    )
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({ name: 'Aziza' })
    expect(client.last().text).toContain('принята')
  })
})

describe('a request begun and left alone', () => {
  it('is gone on with, or begun anew, when a new one is asked for', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '/lead')
    await client.press('Продолжить')
    expect(client.last().text).toContain('телефон')
    await client.sayAll('901234567', '/lead')
    const { id, buttons } = client.last()
    await client.press('Заново')
    expect(client.last().text).toContain('Как вас зовут')
    await client.pressData(id, buttons[1]?.callback_data ?? '')
    await client.sayAll('Malika', '912223344', 'Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    expect(lead).toMatchObject({ name: 'Malika', phone: '+998912223344' })
  })
})

describe('the reply keyboard of a question', () => {
  it('goes when the person is asked whether to go on, and comes back with the question', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza')
    expect(client.keyboard()).toEqual([[{ text: '📞 Отправить мой номер' }]])
    await client.say('/lead')
    expect(client.keyboard()).toBeNull()
    expect(client.last().text).toContain('Продолжить')
    await client.press('Продолжить')
    expect(client.keyboard()).toEqual([[{ text: '📞 Отправить мой номер' }]])
    expect(client.withButtons()).toEqual([])
  })

  it('is not taken away twice', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '901234567', 'x', '?', '/lead')
    expect(outside.sent('deleteMessage', client.id)).toHaveLength(1)
  })
})

describe('a second request while one is open', () => {
  const withOpen = async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '901234567', 'Пропустить')
    const lead = await client.sentBy(await client.press('Отправить'))
    await client.say('/lead')
    expect(client.last().text).toContain('ждёт менеджера')
    return { client, leadId: lead?.id ?? '' }
  }

  it('is added to it as a note by the client, which its card shows', async () => {
    const { client, leadId } = await withOpen()
    await client.press('Дополнить')
    await client.say('Call after six')
    expect(client.last().text).toContain('Добавили')
    const lead = await leadOf(env, leadId).read()
    expect(lead?.lead.notes).toMatchObject([{ text: 'Call after six', author: 'Aziza' }])
    expect(await client.leads()).toHaveLength(1)
  })

  it('can be left all the same', async () => {
    const { client, leadId } = await withOpen()
    await client.press('Новая заявка')
    await client.sayAll('Aziza', '901234567', 'Пропустить')
    const second = await client.sentBy(await client.press('Отправить'))
    expect(second?.id).not.toBe(leadId)
    expect(await client.leads()).toHaveLength(2)
  })

  it('is told when that one was closed before the words came', async () => {
    const { client, leadId } = await withOpen()
    await client.press('Дополнить')
    const by = { id: '7', name: 'Olim', role: 'manager' } as const
    await leadOf(env, leadId).carryOut({ id: 'take', type: 'claim', by })
    await leadOf(env, leadId).carryOut({ id: 'won', type: 'close', by, outcome: 'won' })
    await client.say('One more thing')
    expect(client.last().text).toContain('уже закрыта')
    expect((await leadOf(env, leadId).read())?.lead.notes).toMatchObject([
      { text: 'One more thing' },
    ])
  })

  it('for another project is a request of its own', async () => {
    const { client } = await withOpen()
    await client.say('/cancel')
    await client.say(
      `/start ${packStart({ projectId: await newProject(), campaignId: null, source: null })}`,
    )
    await client.say('/lead')
    expect(client.last().text).toContain('Как вас зовут')
  })
})

describe('/my', () => {
  it('says what has become of the requests, and who took them', async () => {
    const client = new Client(outside)
    await client.say('/my')
    expect(client.last().text).toContain('пока нет')
    for (const name of ['One', 'Two', 'Three']) {
      await client.sayAll('/lead')
      if (name !== 'One') await client.press('Новая заявка')
      await client.sayAll(name, '901234567', 'Пропустить')
      await client.sentBy(await client.press('Отправить'))
    }
    const by = { id: '7', name: '<Olim>', role: 'manager' } as const
    const [, second, first] = await client.leads()
    for (const lead of [first, second]) {
      await leadOf(env, lead?.id ?? '').carryOut({ id: 'take', type: 'claim', by })
    }
    await leadOf(env, first?.id ?? '').carryOut({ id: 'x', type: 'close', by, outcome: 'spam' })
    for (const lead of [first, second]) await leadOf(env, lead?.id ?? '').show()
    await client.settle()
    await client.say('/my')
    const lines = client.last().text.split('\n').slice(2)
    expect(lines).toEqual([
      expect.stringContaining('ждёт менеджера'),
      expect.stringContaining('занимается <b>&lt;Olim&gt;</b>'),
      expect.stringMatching(/закрыта$/),
    ])
  })
})

describe('what is no answer', () => {
  const asked = async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza')
    return { client, count: client.shown().length }
  }

  it.each([
    ['a sticker', { sticker: {} }],
    ['a photo', { photo: [] }],
    ['a voice', { voice: {} }],
    ['a place', { location: {} }],
  ])('%s is said to be none, and the question stays', async (_, content) => {
    const { client, count } = await asked()
    await client.send(content as never)
    expect(client.shown()).toHaveLength(count + 1)
    await client.sayAll('901234567', 'Пропустить')
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({ name: 'Aziza' })
  })

  it('an album of ten photos is answered once, in a request and outside', async () => {
    const { client, count } = await asked()
    for (let n = 0; n < 10; n++) await client.send({ photo: [], media_group_id: 'album' })
    expect(client.shown()).toHaveLength(count + 1)
    await client.say('/cancel')
    for (let n = 0; n < 10; n++) await client.send({ photo: [], media_group_id: 'other' })
    expect(client.shown()).toHaveLength(count + 3)
  })

  it('messages forwarded together are answered once, and none is taken for an answer', async () => {
    const { client, count } = await asked()
    const forward_origin = { type: 'hidden_user', date: 0, sender_user_name: 'X' } as const
    for (const text of ['901234567', 'two', 'three']) await client.send({ text, forward_origin })
    expect(client.shown()).toHaveLength(count + 1)
    await client.sayAll('912223344', 'Пропустить')
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({
      phone: '+998912223344',
    })
  })

  it.each([
    ['pinned_message', {}],
    ['message_auto_delete_timer_changed', { message_auto_delete_time: 1 }],
    ['write_access_allowed', {}],
  ])('news of Telegram’s own (%s) are passed over', async (kind, news) => {
    const { client, count } = await asked()
    await client.send({ [kind]: news })
    await client.say('/cancel')
    await client.send({ [kind]: news })
    expect(client.shown()).toHaveLength(count + 1)
  })
})

describe('an edited message', () => {
  it('corrects its answer, and the summary shows it', async () => {
    const client = new Client(outside)
    await client.say('/lead')
    const name = await client.say('Azza')
    await client.edit(name, 'Aziza')
    expect(client.last().text).toContain('Исправили')
    await client.sayAll('901234567', 'Пропустить')
    const stale = client.last()
    await client.edit(name, 'Malika')
    expect(client.last().text).toContain('Malika')
    expect(
      await client.sentBy(await client.pressData(stale.id, stale.buttons[0]?.callback_data ?? '')),
    ).toBeNull()
    expect(await client.sentBy(await client.press('Отправить'))).toMatchObject({ name: 'Malika' })
  })

  it('is the answer when it was none before', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza')
    const phone = await client.say('90123456')
    expect(client.last().text).toContain('Такого номера')
    await client.edit(phone, '901234567')
    expect(client.last().text).toContain('интересует')
  })

  it('of an answer that was sent is said to come too late', async () => {
    const client = new Client(outside)
    await client.sayAll('/lead', 'Aziza', '901234567')
    const comment = await client.say('English')
    await client.press('Отправить')
    await client.edit(comment, 'German')
    expect(client.last().text).toContain('уже отправлена')
  })

  it('that says nothing to us gets no answer', async () => {
    const client = new Client(outside)
    const hello = await client.say('hello')
    const count = client.shown().length
    await client.edit(hello, 'hello!')
    expect(client.shown()).toHaveLength(count)
  })
})

describe('the longest there is', () => {
  it.each(['ru', 'en', 'uz'])('fits into Telegram’s limits (%s)', async (language) => {
    const label = { ru: 'Я'.repeat(200), en: 'Z'.repeat(200), uz: 'Oʻ'.repeat(100) }
    const options = [{ ru: '<'.repeat(200) }, { ru: '&'.repeat(200) }]
    await askOf(
      'main',
      Array.from({ length: 10 }, (_, n) =>
        n % 2
          ? { id: `q${n}`, type: 'text', label }
          : { id: 'q'.repeat(31) + n, type: 'choice', label, options },
      ),
    )
    const client = new Client(outside, { name: `${'👨‍👩‍👧‍👦'.repeat(5)} ${'x'.repeat(64)}`, language })
    await client.sayAll('/start', '/lead', 'م'.repeat(150), '901234567')
    for (let n = 0; n < 10; n++) await client.say(n % 2 ? '&'.repeat(500) : '<'.repeat(200))
    await client.say('<b>'.repeat(333))
    const lead = await client.sentBy(await client.press('✅'))
    expect(Object.keys(lead?.answers ?? {})).toHaveLength(10)
    await client.say('/my')
    for (const { params } of outside.calls) {
      const shown = JSON.stringify(params['text'] ?? '')
        .replace(/<\/?[bi]>/g, '')
        .replace(/&(lt|gt|amp);/g, '.')
      expect(shown.length).toBeLessThanOrEqual(4_096)
      for (const [, data = ''] of JSON.stringify(params).matchAll(/"callback_data":"([^"]*)"/g)) {
        expect(new TextEncoder().encode(data).length).toBeLessThanOrEqual(64)
      }
    }
  })
})

describe('a conversation remembered from before', () => {
  it('lacks nothing', async () => {
    const client = new Client(outside)
    const conversation = conversationOf(env, client.id)
    await client.say('/help')
    await runInDurableObject(conversation, (_, state) => {
      const body = JSON.stringify({ locale: 'ru', form: null, movedTo: null })
      state.storage.sql.exec("UPDATE fact SET body = ? WHERE name = 'memory'", body)
    })
    await client.sayAll('/lead', 'Aziza', '901234567', 'Пропустить')
    expect(await client.sentBy(await client.press('Отправить'))).not.toBeNull()
  })
})
