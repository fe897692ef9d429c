import Papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { PEOPLE } from '../../dev/demo.ts'
import type { Telegram } from '../../dev/telegram/telegram.ts'
import { leadSchema } from '../../src/lead.ts'
import { totalsSchema } from '../../src/statistics.ts'
import { answerTo, buttonsOf, cardsWith, cardWith, summaryTo, told } from './chats.ts'
import { Stage, until } from './stage.ts'
import { storedIn } from './stored.ts'

const ACCOUNT = '998877665544332'
const FORM = '778812345678901'
const { client, olim, nodira } = PEOPLE
const UZBEK = { id: 1999, first_name: 'Gulnora', language_code: 'uz' }
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
)

let stage: Stage
/** Every portal key that was made: none may ever be seen again. */
const keys: string[] = []

beforeAll(async () => {
  stage = await Stage.set({ history: true })
  stage.standIns.telegram.addUser(UZBEK)
}, 120_000)

afterAll(() => stage.clear())

const known = z.object({ id: z.string() })
const period = z.object({ from: z.string(), to: z.string() })
const snapshot = period.extend({ totals: totalsSchema })
type Days = z.infer<typeof period>

/** Asks the API as a program with a key does. */
async function ask(
  method: string,
  path: string,
  { key, body, once }: { key: string; body?: unknown; once?: string },
): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${stage.url}/api${path}`, {
    method,
    headers: {
      'X-Auth-Key': key,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(once === undefined ? {} : { 'Idempotency-Key': once }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: await response.json() }
}

async function newKey(role: 'manager' | 'partner' | 'service'): Promise<string> {
  const made = await stage.admin.api('POST', '/keys', { name: `e2e ${role}`, role })
  const { key } = z.object({ key: z.uuid() }).parse(made)
  keys.push(key)
  return key
}

/** The one lead that was left under this name. */
async function leadNamed(name: string) {
  const list = await until(
    () => stage.admin.api('GET', `/leads?q=${encodeURIComponent(name)}`),
    (answer) => leadsIn(answer).length > 0,
  )
  const [lead, ...more] = leadsIn(list)
  expect(more).toEqual([])
  return leadSchema.parse(lead)
}

const leadsIn = (answer: unknown) => z.object({ items: z.array(leadSchema) }).parse(answer).items

describe('what advertising costs', () => {
  it('is what Meta says of the same days, once Facebook is connected', async () => {
    const last = snapshot.parse(await firstSnapshot())
    expect(last.totals).toEqual(totalsOf(await delivered(last)))
    expect(last.totals.leads).toBeGreaterThan(100)
    expect(await stage.admin.api('GET', '/stats')).toMatchObject({
      ...last,
      source: { accountId: ACCOUNT, currency: 'USD', timezone: 'Asia/Tashkent' },
    })
  })

  it('is asked for by days, and told by day and by campaign', async () => {
    const { to } = snapshot.parse(await firstSnapshot())
    const days = { from: daysBefore(to, 9), to: daysBefore(to, 3) }
    const rows = await delivered(days)
    const stats = await stage.admin.api('GET', `/stats?from=${days.from}&to=${days.to}`)
    expect(stats).toMatchObject({ ...days, totals: totalsOf(rows) })
    const { byDay, byCampaign } = z
      .object({
        byDay: z.array(totalsSchema.extend({ date: z.string() })),
        byCampaign: z.array(totalsSchema.extend({ campaignId: z.string() })),
      })
      .parse(stats)
    for (const { date, ...totals } of byDay)
      expect(totals).toEqual(totalsOf(rows.filter((row) => row.date_start === date)))
    for (const { campaignId, ...totals } of byCampaign)
      expect(totals).toMatchObject(totalsOf(rows.filter((row) => row.campaign_id === campaignId)))
    expect(byDay).toHaveLength(7)
    expect(new Set(byCampaign.map(({ campaignId }) => campaignId))).toEqual(
      new Set(rows.map((row) => row.campaign_id)),
    )
  })
})

describe('a request left in the bot', () => {
  const NAME = 'Азиза Каримова'
  const COMMENT = 'Английский для дочери, по вечерам'
  let cardId: number
  let leadId: string

  it('is asked for step by step and shown in the topic, to be taken or called spam', async () => {
    expect((await answerTo(stage, client.id, { text: '/start ad_7' })).text).toContain(
      'Здравствуйте',
    )
    expect((await answerTo(stage, client.id, { text: '/lead' })).text).toBe('Как вас зовут?')
    expect((await answerTo(stage, client.id, { text: NAME })).text).toContain('Оставьте телефон')
    expect(stage.standIns.telegram.keyboard(client.id)?.keyboard).toEqual([
      [{ text: '📞 Отправить мой номер', request_contact: true }],
    ])
    expect((await answerTo(stage, client.id, { contact: 'own' })).text).toContain('Что вас')
    const summary = await summaryTo(stage, client.id, { text: COMMENT })
    expect(summary.text).toContain('+998 90 000 01 04')
    await stage.standIns.telegram.press(client.id, client.id, summary.message_id, '✅ Отправить')
    await told(stage, client.id, 'Заявка принята')
    const card = await cardWith(stage, NAME)
    expect(card.message_thread_id).toBe(stage.links.topicId)
    expect(card.text).toContain('Новая заявка')
    expect(card.text).toContain('+998 90 000 01 04')
    expect(card.text).toContain(COMMENT)
    expect(buttonsOf(card).flat()).toEqual(['🙋 Взять', '🚫 Спам', '💬 Заметка', '📜 История'])
    cardId = card.message_id
    leadId = (await leadNamed(NAME)).id
  })

  it('goes to one of two managers who press at once, and the other is told to whom', async () => {
    const { telegram } = stage.standIns
    const press = (id: number) => telegram.press(id, stage.links.groupId, cardId, '🙋 Взять')
    const answers = await Promise.all([press(olim.id), press(nodira.id)])
    const { assignee } = await leadNamed(NAME)
    const isOlims = assignee?.id === String(olim.id)
    expect(answers[isOlims ? 0 : 1]).toMatchObject({ text: 'Заявка ваша. Звоните!' })
    expect(answers[isOlims ? 1 : 0]).toMatchObject({
      text: `Уже взял(а) ${isOlims ? 'Олим Рахимов' : 'Нодира Саидова'}`,
      show_alert: true,
    })
    const card = await cardWith(stage, `В работе · ${assignee?.name}`)
    expect(card.message_id).toBe(cardId)
    expect(buttonsOf(card).flat()).toEqual(
      expect.arrayContaining(['✅ Успех', '⚪️ Не вышло', '↩️ Вернуть']),
    )
    await told(stage, client.id, `Вашу заявку взял(а) ${assignee?.name}`)
  })

  it('takes a reply to its card as a note', async () => {
    const { groupId, topicId: threadId } = stage.links
    const text = 'Придёт в субботу в 11:00'
    stage.standIns.telegram.say(nodira.id, groupId, { text, threadId, replyTo: cardId })
    const card = await cardWith(stage, `💬 Нодира Саидова: ${text}`)
    expect(card.message_id).toBe(cardId)
  })

  it('is won by one press, and whoever left it is told', async () => {
    const { telegram } = stage.standIns
    const { assignee } = await leadNamed(NAME)
    const answer = await telegram.press(
      Number(assignee?.id),
      stage.links.groupId,
      cardId,
      '✅ Успех',
    )
    expect(answer).toMatchObject({ text: 'Поздравляем!' })
    const card = await cardWith(stage, `Успех · ${assignee?.name}`)
    expect(card.message_id).toBe(cardId)
    expect(buttonsOf(card)).toEqual([['🔄 Снова в работу', '📜 История']])
    await told(stage, client.id, 'Ваша заявка закрыта')
    expect(cardsWith(stage, NAME)).toHaveLength(1)
  })

  it('keeps who did what to it', async () => {
    const lead = await stage.admin.api('GET', `/leads/${leadId}`)
    expect(lead).toMatchObject({
      status: 'closed',
      outcome: 'won',
      source: 'telegram',
      userId: String(client.id),
      phone: '+998900000104',
      events: ['receive', 'claim', 'note', 'close'].map((type) => ({ type })),
    })
  })
})

describe('somebody who answers the bot with anything at all', () => {
  const NAME = 'Gulnora Toʻrayeva'
  type Saying = Parameters<Telegram['say']>[2]

  const NONSENSE = 'Buni o‘qiy olmayman'
  const UNKNOWN = 'Bunday buyruqni bilmayman'
  const SUMMARY = 'Arizangizni tekshiring'
  const ANSWERS: [Saying, string][] = [
    [{ text: '/start' }, 'Assalomu alaykum, Gulnora!'],
    [{ text: 'Narxi qancha?' }, 'Ariza qoldirish uchun /lead'],
    [{ text: '/lead' }, 'Ismingiz nima?'],
    [{ sticker: '👍' }, NONSENSE],
    [{ photo: { name: 'a.png', bytes: PNG } }, NONSENSE],
    [{ voice: 3 }, NONSENSE],
    [{ text: 'G'.repeat(4_000) }, 'Juda uzun: 150 belgidan oshmasin'],
    [{ text: '12345' }, 'Ismingizni kamida bitta harf bilan yozing'],
    [{ text: '/narx' }, UNKNOWN],
    [{ text: NAME }, 'Telefon raqamingizni qoldiring'],
    [{ text: '+998 00 000 00 00' }, 'Bunday raqam bo‘lmaydi'],
    [{ text: '99999999999999999999' }, 'Bunday raqam bo‘lmaydi'],
    [{ text: 'keyinroq aytaman' }, 'Bu telefon, e-pochta yoki @nomga o‘xshamaydi'],
    [{ location: { latitude: 41.3, longitude: 69.2 } }, NONSENSE],
    [{ text: '/narx' }, UNKNOWN],
    [{ text: '90 123 45 67' }, 'Sizni nima qiziqtiradi?'],
    [{ text: 'a'.repeat(1_001) }, 'Juda uzun: 1000 belgidan oshmasin'],
    [{ photo: { name: 'a.png', bytes: PNG }, caption: 'mana' }, NONSENSE],
    [{ text: 'O‘tkazib yuborish' }, SUMMARY],
    [{ text: 'ha' }, 'Quyidagi tugmalardan birini'],
  ]

  it('is answered in their language, and comes to a lead all the same', async () => {
    const heard: string[] = []
    for (const [saying, answer] of ANSWERS) {
      const { text = '' } = await (answer === SUMMARY ? summaryTo : answerTo)(
        stage,
        UZBEK.id,
        saying,
      )
      heard.push(text.includes(answer) ? answer : text)
    }
    expect(heard).toEqual(ANSWERS.map(([, answer]) => answer))
    const { telegram } = stage.standIns
    const last = telegram.messages(UZBEK.id).at(-1)
    await telegram.press(UZBEK.id, UZBEK.id, last?.message_id ?? 0, '✅ Yuborish')
    await told(stage, UZBEK.id, 'Rahmat! Arizangiz qabul qilindi')
    const card = await cardWith(stage, NAME)
    expect(card.text).toContain('+998 90 123 45 67')
    expect(await leadNamed(NAME)).toMatchObject({
      phone: '+998901234567',
      status: 'new',
      notes: [],
      userId: String(UZBEK.id),
    })
  })
})

describe('a Facebook form', () => {
  it('travels to a card and to the API with everything that was filled in', async () => {
    const { meta } = stage.standIns
    const id = meta.leads.submit(FORM, {
      field_data: [
        { name: 'какой_курс_вас_интересует?', values: ['ielts'] },
        { name: 'когда_вам_удобно_заниматься?', values: ['утром', 'вечером'] },
        { name: 'full_name', values: ['Фёдор <Мирзаев> & сын'] },
        { name: 'phone_number', values: ['+998900054321'] },
        { name: 'email', values: ['fyodor@example.uz'] },
      ],
    })
    const card = await cardWith(stage, 'Фёдор <Мирзаев> & сын')
    expect(card.message_thread_id).toBe(stage.links.topicId)
    for (const line of [
      '📞 +998 90 005 43 21',
      '✉️ fyodor@example.uz',
      '▫️ Какой курс вас интересует? IELTS',
      '▫️ Когда вам удобно заниматься? Можно выбрать несколько: Утром, Вечером',
      'Facebook · Английский | Лиды | Ташкент',
    ])
      expect(card.text).toContain(line)
    expect(await leadNamed('Мирзаев')).toMatchObject({
      source: 'facebook',
      sourceRef: id,
      formId: FORM,
      phone: '+998900054321',
      email: 'fyodor@example.uz',
      campaignName: 'Английский | Лиды | Ташкент',
      details: 'complete',
      createdAt: expect.stringMatching(/Z$/),
    })
    expect(cardsWith(stage, 'Мирзаев')).toHaveLength(1)
  })
})

describe('a portal key', () => {
  it('is shown once, to the admin who makes it', async () => {
    const key = await newKey('service')
    expect((await ask('GET', '/me', { key })).body).toMatchObject({ kind: 'key', role: 'service' })
    const list = JSON.stringify(await stage.admin.api('GET', '/keys'))
    expect(list).toContain('e2e service')
    expect(list).not.toContain(key)
    expect(JSON.stringify(await stage.admin.api('GET', '/audit'))).not.toContain(key)
  })

  it('brings a lead once, however often it is sent', async () => {
    const key = await newKey('partner')
    const body = { name: 'Партнёрский клиент', contact: '+998 93 005 11 22', note: 'Звонить утром' }
    const first = await ask('POST', '/leads', { key, body, once: 'order-7' })
    const second = await ask('POST', '/leads', { key, body, once: 'order-7' })
    expect([first.status, second.status]).toEqual([201, 200])
    expect(second.body).toEqual(first.body)
    const card = await cardWith(stage, body.name)
    expect(card.text).toContain('+998 93 005 11 22')
    expect(cardsWith(stage, body.name)).toHaveLength(1)
    expect((await leadNamed(body.name)).id).toBe(known.parse(first.body).id)
  })

  it.each([
    ['partner', 'GET', '/stats'],
    ['partner', 'GET', '/stats/last'],
    ['partner', 'GET', '/reports'],
    ['service', 'POST', '/reports'],
    ['manager', 'POST', '/stats/refresh'],
    ['manager', 'POST', '/keys'],
    ['manager', 'GET', '/connections'],
  ] as const)('of a %s does not open %s %s', async (role, method, path) => {
    const answer = await ask(method, path, {
      key: await newKey(role),
      ...(method === 'POST' ? { body: {} } : {}),
    })
    expect(answer).toMatchObject({ status: 403, body: { error: { code: 'FORBIDDEN' } } })
  })
})

describe('a report that is ordered', () => {
  it('of leads is delivered to the chat as the file that the API gives', async () => {
    const file = await orderedReport('leads')
    expect(file.rows.map((row) => row['Имя'])).toEqual(
      expect.arrayContaining(['Азиза Каримова', 'Gulnora Toʻrayeva', 'Партнёрский клиент']),
    )
    expect(file.rows.find((row) => row['Имя'] === 'Азиза Каримова')).toMatchObject({
      Статус: 'Закрыта',
      Итог: 'Успех',
      Контакт: '+998 90 000 01 04',
    })
    expect(file.delivered).toEqual(file.bytes)
  })

  it('of campaigns sums up to what the statistics say', async () => {
    const { rows, delivered: letter, bytes } = await orderedReport('campaigns')
    const { totals } = snapshot.parse(await stage.admin.api('GET', '/stats'))
    expect(rows.at(-1)).toMatchObject({
      Кампания: 'Всего',
      Расход: totals.spend.amount,
      Показы: String(totals.impressions),
      Клики: String(totals.clicks),
      Заявки: String(totals.leads),
      'Цена заявки': totals.cpl?.amount,
      'CTR, %': String(totals.ctr),
    })
    expect(letter).toEqual(bytes)
  })

  it('comes to the topic that the project is bound to', () => {
    const { groupId, topicId } = stage.links
    const letters = stage.standIns.telegram.messages(groupId).filter(({ document }) => document)
    expect(letters.map((letter) => letter.message_thread_id)).toEqual([topicId, topicId])
  })
})

describe('after all this', () => {
  it('the next tick of the clock counts the new lead of Facebook', async () => {
    const { meta } = stage.standIns
    const before = snapshot.parse(await stage.admin.api('GET', '/stats'))
    const expected = totalsOf(await delivered(before))
    expect(expected.leads).toBe(before.totals.leads + 1)
    await stage.tick()
    const stats = await until(
      () => stage.admin.api('GET', '/stats'),
      (answer) => snapshot.parse(answer).totals.leads === expected.leads,
    )
    expect(stats).toMatchObject({ totals: expected })
    // Comparing has run too: every open form was read. The token was looked at when it was new.
    const asked = (end: string) => meta.calls.filter(({ path }) => path.endsWith(end)).length
    await meta.when(() => asked('/leads') >= 4)
  })

  it('nothing secret was printed or is stored in the clear', async () => {
    await stage.standIns.telegram.idle()
    const { ADMIN_IDS: _ids, META_APP_ID: _app, ...secrets } = stage.settings
    const { admin, manager, client: clients } = stage.links
    const tokens = [admin, manager, clients].map((link) => new URL(link).searchParams.get('token'))
    const all: [string, string][] = [
      ...Object.entries(secrets),
      ...stage.standIns.meta.tokens.all.map(({ kind, value }): [string, string] => [
        `a token of a ${kind}`,
        value,
      ]),
      ...keys.map((key): [string, string] => ['a portal key', key]),
      ...tokens.map((token): [string, string] => ["a person's token", token ?? '']),
    ]
    expect(all.length).toBeGreaterThan(20)
    const seenIn = (text: string) => all.filter(([, value]) => text.includes(value))
    const printed = stage.printed.join('')
    expect(printed).toContain('POST /telegram/webhook 200')
    expect(seenIn(printed)).toEqual([])
    const stored = storedIn(stage.state)
    // What is stored can be read at all: steps of workflows, leads, snapshots, reports.
    for (const words of [
      'which days to read',
      'make the file',
      'list the forms',
      'Партнёрский клиент',
      '"totals"',
      'CTR, %',
    ])
      expect(stored).toContain(words)
    expect(seenIn(stored)).toEqual([])
  })

  it('nothing personal was printed', () => {
    const printed = stage.printed.join('')
    for (const words of ['998900000104', '000 01 04', 'Азиза', 'Мирзаев', 'example.uz', 'субботу'])
      expect(printed).not.toContain(words)
  })
})

/** Asked until there are numbers: connecting Facebook has started their reading. */
async function firstSnapshot(): Promise<unknown> {
  const key = keys[0] ?? (await newKey('service'))
  const answer = await until(
    () => ask('GET', '/stats/last', { key }),
    ({ status }) => status === 200,
  )
  return answer.body
}

function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}

const rowSchema = z.object({
  date_start: z.string(),
  campaign_id: z.string(),
  spend: z.string(),
  impressions: z.string(),
  clicks: z.string().default('0'),
  actions: z.array(z.object({ action_type: z.string(), value: z.string() })).default([]),
})
type Row = z.infer<typeof rowSchema>

const STATUSES = ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED', 'IN_PROCESS', 'WITH_ISSUES']

/** What Meta itself says that the account has delivered: a row for every campaign and day. */
async function delivered({ from, to }: Days): Promise<Row[]> {
  const { meta, url } = stage.standIns
  const token = meta.tokens.all.findLast(({ kind }) => kind === 'user')?.value ?? ''
  const query = new URLSearchParams({
    level: 'campaign',
    time_increment: '1',
    time_range: JSON.stringify({ since: from, until: to }),
    fields: 'campaign_id,spend,impressions,clicks,actions',
    filtering: JSON.stringify([
      { field: 'campaign.effective_status', operator: 'IN', value: STATUSES },
    ]),
    limit: '1000',
    access_token: token,
    appsecret_proof: meta.tokens.proof(token),
  })
  const answer = await fetch(`${url}/meta/v26.0/act_${ACCOUNT}/insights?${query.toString()}`)
  const { data, paging } = z
    .object({ data: z.array(rowSchema), paging: z.object({ next: z.string().optional() }) })
    .parse(await answer.json())
  expect(paging.next).toBeUndefined()
  return data
}

/** Totals by the definitions: cost of a lead is spend by leads, CTR clicks by impressions. */
function totalsOf(rows: Row[]): z.infer<typeof totalsSchema> {
  const sum = (value: (row: Row) => string) =>
    rows.reduce((total, row) => total + Number(value(row)), 0)
  const leadsOf = ({ actions }: Row) =>
    actions.find(({ action_type: type }) => type === 'lead')?.value ?? '0'
  const cents = Math.round(sum(({ spend }) => spend) * 100)
  const [impressions, clicks, leads] = [
    sum((row) => row.impressions),
    sum((row) => row.clicks),
    sum(leadsOf),
  ]
  const dollars = (amount: number) => ({ amount: amount.toFixed(2), currency: 'USD' })
  return {
    spend: dollars(cents / 100),
    impressions,
    clicks,
    leads,
    cpl: leads === 0 ? null : dollars(cents / leads / 100),
    ctr: impressions === 0 ? null : Number(((clicks / impressions) * 100).toFixed(4)),
  }
}

/** Orders a report with a key, and waits for it both at the API and in the chat. */
async function orderedReport(kind: 'leads' | 'campaigns') {
  const { telegram } = stage.standIns
  const key = await newKey('manager')
  const { from, to } = snapshot.parse(await stage.admin.api('GET', '/stats'))
  const body = { kind, format: 'csv', period: { from, to } }
  const ordered = await ask('POST', '/reports', { key, body, once: kind })
  expect(ordered).toMatchObject({ status: 202, body: { state: 'queued', kind } })
  const again = await ask('POST', '/reports', { key, body, once: kind })
  const { id } = known.parse(ordered.body)
  expect(again).toMatchObject({ status: 202, body: { id } })
  const ready = await until(
    () => stage.admin.api('GET', `/reports/${id}`),
    (report) => z.object({ state: z.string() }).parse(report).state !== 'queued',
  )
  expect(ready).toMatchObject({ state: 'ready', fileName: `${kind}_${from}_${to}.csv` })
  const response = await fetch(`${stage.url}/api/reports/${id}/file`, {
    headers: { 'X-Auth-Key': key },
  })
  const bytes = Buffer.from(await response.arrayBuffer())
  const letters = await telegram.when(() => {
    const name = `${kind}_${from}_${to}.csv`
    const all = telegram.messages(stage.links.groupId)
    const found = all.filter(({ document }) => document?.file_name === name)
    return found.length > 0 && found
  })
  expect(letters).toHaveLength(1)
  const [letter] = letters
  const [begin, end] = [from, to].map((day) => day.split('-').toReversed().join('.'))
  expect(letter?.caption).toContain(`${begin} — ${end}`)
  const file = await fetch(
    `${stage.standIns.url}/page/files/${letter?.document?.file_unique_id ?? ''}`,
  )
  const { data } = Papa.parse<Record<string, string>>(
    bytes.toString('utf8').replace('\uFEFF', ''),
    {
      header: true,
    },
  )
  return {
    bytes,
    rows: data,
    delivered: Buffer.from(await file.arrayBuffer()),
  }
}
