import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { deleteConnection } from '../../../src/store/connections.ts'
import { findForm, listForms, setMapping } from '../../../src/store/forms.ts'
import { putMetaRoute } from '../../../src/store/meta-routes.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { countActivity } from '../../../src/store/lead-counts.ts'
import { countOutcomes } from '../../../src/store/outcomes.ts'
import { findUnread, listUnread } from '../../../src/store/unread-leads.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { isoTime } from '../../../src/time.ts'
import { crash } from '../crash.ts'
import { FakeMeta } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { newId } from '../updates.ts'

const MINUTE = 60_000

let outside: Outside
let meta: FakeMeta
let chatId: string
let formId: string
/** Where the leads of the page go. */
let own: string

beforeEach(async () => {
  outside = new Outside()
  meta = new FakeMeta(outside)
  chatId = newChat()
  formId = String(newId())
  own = await newProject({ chatId })
  await putMetaRoute(env.DB, { kind: 'page', metaId: meta.pageId, projectId: own })
  await connectionOf(env, meta.userId).adopt('token-1')
  await connectionOf(env, meta.userId).kick()
})

afterEach(async () => {
  vi.useRealTimers()
  // The admins hear of this test before the next one looks, and no later tick of the cron finds it.
  await connectionOf(env, meta.userId).kick()
  await conversationOf(env, '1001').kick()
  await deleteConnection(env.DB, meta.userId)
})

const newChat = () => String(-1_000_000_000_000 - newId())
const page = () => pageOf(env, meta.pageId)

const QUESTIONS = [
  {
    key: 'qaysi_kurs?',
    label: 'Qaysi kurs qiziqtiradi?',
    type: 'CUSTOM',
    options: [
      { key: 'ingliz_tili', value: 'Ingliz tili' },
      { key: 'it', value: 'IT' },
    ],
  },
  { key: 'q_name', label: 'Исмингиз', type: 'FULL_NAME' },
  { key: 'q_phone', label: 'Телефон', type: 'PHONE' },
]

const ANSWERS = [
  { name: 'qaysi_kurs?', values: ['ingliz_tili', 'it'] },
  { name: 'q_name', values: ['Азиза'] },
  { name: 'q_phone', values: ['901234567'] },
]

/** Meta has this form, and leads of it with these fields. */
function answer(fields: Record<string, unknown> = {}, form: Record<string, unknown> = {}): void {
  outside.answer(({ name, params }) => {
    if (name.endsWith(`/${formId}`)) {
      return Response.json({ id: formId, name: 'Kurs', questions: QUESTIONS, ...form })
    }
    if (name.endsWith(`/${formId}/test_leads`)) return Response.json({ data: [] })
    const id = /\/(118\d+)$/.exec(name)?.[1]
    if (!id || 'batch' in params) return undefined
    return Response.json({ id, form_id: formId, field_data: ANSWERS, ...fields })
  })
}

/** A webhook tells of a lead, and everything that follows from it is done. */
async function comes(leadgenId = meta.newLead(), adId: string | null = '5'): Promise<string> {
  const createdAt = new Date().toISOString()
  await page().receive({ leads: [{ leadgenId, formId, adId, createdAt }], malformed: [] })
  await page().kick()
  return leadgenId
}

async function leadOfMeta(leadgenId: string) {
  return (await leadOf(env, leadIdOf('facebook', leadgenId)).read())?.lead
}

async function cardsIn(chat: string): Promise<string[]> {
  await conversationOf(env, chat).kick()
  return outside.sent('sendMessage', chat).map(({ params }) => String(params['text']))
}

async function newProject(changes: Parameters<typeof updateProject>[2] = {}): Promise<string> {
  const id = crypto.randomUUID()
  await insertProject(env.DB, id, 'Clinic')
  await updateProject(env.DB, id, changes)
  return id
}

describe('a lead of a form that nobody knew', () => {
  it('is shown with the words of its questions and answers, and the form is known from then on', async () => {
    answer()
    const id = await comes()
    expect(await leadOfMeta(id)).toMatchObject({
      name: 'Азиза',
      phone: '+998901234567',
      answers: { 'Qaysi kurs qiziqtiradi?': 'Ingliz tili, IT' },
    })
    const [card] = await cardsIn(chatId)
    expect(card).toContain('Qaysi kurs qiziqtiradi? Ingliz tili, IT')
    expect(await findForm(env.DB, formId)).toMatchObject({ name: 'Kurs', pageId: meta.pageId })
    await comes()
    expect(meta.calls(`/${formId}`)).toHaveLength(1)
  })

  it('is made with its own words when Meta does not give the form, which is not asked for again', async () => {
    answer()
    outside.answer(({ name }) => (name.endsWith(`/${formId}`) ? metaError(10) : undefined))
    const id = await comes()
    await comes()
    expect(await leadOfMeta(id)).toMatchObject({
      details: 'complete',
      answers: { 'qaysi kurs?': 'ingliz_tili, it', 'q name': 'Азиза' },
      phone: '+998901234567',
    })
    expect(meta.calls(`/${formId}`)).toHaveLength(1)
  })

  it('asks for a form again a minute later when Meta was down', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answer()
    let isDown = true
    outside.answer(({ name }) => (isDown && name.endsWith(`/${formId}`) ? metaError(2) : undefined))
    await comes()
    isDown = false
    vi.setSystemTime(Date.now() + 2 * MINUTE)
    expect(await leadOfMeta(await comes())).toMatchObject({ name: 'Азиза' })
  })
})

describe('the questions of a form', () => {
  it('ask for what people say they do', async () => {
    answer({ field_data: [...ANSWERS, { name: 'boss', values: ['Олим'] }] })
    await comes()
    await setMapping(env.DB, formId, { boss: 'name' })
    expect(await leadOfMeta(await comes())).toMatchObject({
      // Of two names the first stands.
      name: 'Азиза',
      answers: { boss: 'Олим' },
    })
    await setMapping(env.DB, formId, { boss: 'name', q_name: 'answer' })
    expect(await leadOfMeta(await comes())).toMatchObject({
      name: 'Олим',
      answers: { Исмингиз: 'Азиза' },
    })
  })
})

describe('leads of one page', () => {
  it('go to the projects of their forms, campaigns and pages, each to its own chat', async () => {
    const [ofForm, ofCampaign] = [newChat(), newChat()]
    const clinic = await newProject({ chatId: ofForm })
    const school = await newProject({ chatId: ofCampaign })
    const campaignId = String(newId())
    await putMetaRoute(env.DB, { kind: 'campaign', metaId: campaignId, projectId: school })
    answer({ campaign_id: campaignId })
    const first = await comes()
    expect(await leadOfMeta(first)).toMatchObject({ projectId: school, campaignId })
    await putMetaRoute(env.DB, { kind: 'form', metaId: formId, projectId: clinic })
    const second = await comes()
    expect(await leadOfMeta(second)).toMatchObject({ projectId: clinic })
    expect(await cardsIn(ofCampaign)).toHaveLength(1)
    expect(await cardsIn(ofForm)).toHaveLength(1)
    expect(await cardsIn(chatId)).toEqual([])
    // What was made stays where it is.
    expect(await leadOfMeta(first)).toMatchObject({ projectId: school })
    expect(await listForms(env.DB, { projectId: clinic })).toMatchObject([
      { id: formId, routedBy: 'form' },
    ])
  })

  it('that go to several projects are read and made together', async () => {
    const chats = [newChat(), newChat()]
    const routes = await Promise.all(
      chats.map(async (chat) => {
        const route = { metaId: String(newId()), projectId: await newProject({ chatId: chat }) }
        await putMetaRoute(env.DB, { kind: 'form', ...route })
        return route
      }),
    )
    const leads = Array.from({ length: 12 }, (_, n) => ({
      leadgenId: meta.newLead(),
      formId: routes[n % 2]?.metaId ?? '',
      adId: '5',
      createdAt: null,
    }))
    outside.answer(({ params }) => {
      if (!('batch' in params)) return undefined
      const parts = leads.map(({ leadgenId: id, formId: form_id }) => {
        return { code: 200, body: JSON.stringify({ id, form_id, field_data: ANSWERS }) }
      })
      return Response.json(parts)
    })
    await page().receive({ leads, malformed: [] })
    await page().kick()
    const made = await Promise.all(leads.map(({ leadgenId }) => leadOfMeta(leadgenId)))
    expect(made.map((lead) => lead?.projectId)).toEqual(
      leads.map((_, n) => routes[n % 2]?.projectId),
    )
    for (const chat of chats) expect(await cardsIn(chat)).toHaveLength(6)
    expect(await cardsIn(chatId)).toEqual([])
  })

  it('are filled in within the project they were made for, although routes have changed', async () => {
    answer()
    const clinicChat = newChat()
    const clinic = await newProject({ chatId: clinicChat, region: 'KZ' })
    await putMetaRoute(env.DB, { kind: 'page', metaId: meta.pageId, projectId: clinic })
    answer({ field_data: [{ name: 'q_phone', values: ['8 701 234 56 78'] }] })
    const release = meta.holdReading()
    outside.answer(async ({ name }) => {
      if (/\/118\d+$/.test(name)) await held
      return undefined
    })
    const { promise: held, resolve } = Promise.withResolvers<void>()
    const shown = outside.next('sendMessage', clinicChat)
    const leadgenId = meta.newLead()
    await page().receive({
      leads: [{ leadgenId, formId, adId: '5', createdAt: null }],
      malformed: [],
    })
    await shown
    expect(await leadOfMeta(leadgenId)).toMatchObject({ details: 'pending', projectId: clinic })
    await putMetaRoute(env.DB, { kind: 'page', metaId: meta.pageId, projectId: own })
    resolve()
    release()
    await page().kick()
    // A phone without a country is one of the project's.
    expect(await leadOfMeta(leadgenId)).toMatchObject({
      details: 'complete',
      projectId: clinic,
      phone: '+77012345678',
    })
    expect(await cardsIn(chatId)).toEqual([])
  })

  it('go to the first project when theirs is gone', async () => {
    await putMetaRoute(env.DB, { kind: 'form', metaId: formId, projectId: 'gone' })
    answer()
    expect(await leadOfMeta(await comes())).toMatchObject({ projectId: 'main' })
  })

  it('are known to a page that is older than routing', async () => {
    answer()
    const id = meta.newLead()
    await runInDurableObject(page(), (_, { storage }) => {
      storage.sql.exec('DROP TABLE held')
      storage.sql.exec(
        'CREATE TABLE held (leadgen_id TEXT PRIMARY KEY, form_id TEXT, created_at TEXT)',
      )
      storage.sql.exec('INSERT INTO held (leadgen_id) VALUES (?)', id)
    })
    await crash(page())
    await comes(id)
    expect(await leadOfMeta(id)).toBeUndefined()
    expect(await leadOfMeta(await comes())).toMatchObject({ projectId: own })
  })
})

describe('an organic lead', () => {
  it('is made like any other, without an ad', async () => {
    answer()
    expect(await leadOfMeta(await comes(meta.newLead(), null))).toMatchObject({
      adId: null,
      campaignId: null,
      isTest: false,
      details: 'complete',
    })
  })

  it('waits for no answer about test leads', async () => {
    answer()
    outside.answer(async ({ name }) => {
      if (name.endsWith('/test_leads')) await new Promise(() => undefined)
      return undefined
    })
    expect(await leadOfMeta(await comes(meta.newLead(), null))).toMatchObject({ isTest: false })
  })
})

describe('a test lead', () => {
  /** How many of a project's leads statistics and summaries know. */
  async function counted(projectId: string): Promise<number[]> {
    const span = { projectId, from: '2000-01-01', to: '2100-01-01' }
    const outcomes = await countOutcomes(env.DB, span)
    const { received } = await countActivity(env.DB, {
      ...span,
      from: isoTime(Date.now() - 60_000),
    })
    return [outcomes.reduce((sum, one) => sum + one.received, 0), received]
  }

  it('is shown as one and counted nowhere, although somebody has filled it in', async () => {
    answer()
    const id = meta.newLead()
    outside.answer(({ name }) =>
      name.endsWith(`/${formId}/test_leads`) ? Response.json({ data: [{ id }] }) : undefined,
    )
    await comes(id, null)
    expect(await leadOfMeta(id)).toMatchObject({ isTest: true, name: 'Азиза' })
    const [card] = await cardsIn(chatId)
    expect(card).toContain('Тестовая заявка')
    expect(await counted(own)).toEqual([0, 0])
    await comes()
    expect(await counted(own)).toEqual([1, 1])
  })

  it('is known by the words that Meta’s tool fills in', async () => {
    const words = '<test lead: dummy data for q_name>'
    answer({ field_data: [{ name: 'q_name', values: [words] }] })
    const id = await comes(meta.newLead(), null)
    expect(await leadOfMeta(id)).toMatchObject({ isTest: true })
  })
})

describe('consents below a form', () => {
  it('stay with the lead', async () => {
    answer({ custom_disclaimer_responses: [{ checkbox_key: 'optional_1', is_checked: '1' }] })
    expect((await leadOfMeta(await comes()))?.consents).toEqual([
      { key: 'optional_1', isGiven: true },
    ])
  })
})

describe('what could not be read', () => {
  const unread = (leadgenId: string) => findUnread(env.DB, leadIdOf('facebook', leadgenId))

  it('is listed with its reason, and no more once it is read', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answer()
    let isMissing = true
    const id = meta.newLead()
    outside.answer(({ name }) =>
      isMissing && name.endsWith(`/${id}`) ? metaError(200) : undefined,
    )
    await comes(id)
    await page().kick()
    expect(await leadOfMeta(id)).toMatchObject({ details: 'pending' })
    expect(await unread(id)).toMatchObject({
      reason: 'META_permission_200',
      leadgenId: id,
      pageId: meta.pageId,
      projectId: own,
      isGivenUp: false,
    })
    isMissing = false
    await page().retryLead(id)
    expect(await leadOfMeta(id)).toMatchObject({ details: 'complete' })
    expect(await unread(id)).toBeNull()
  })

  it('is listed when nobody can be asked', async () => {
    await connectionOf(env, meta.userId).disconnect()
    await connectionOf(env, meta.userId).kick()
    const id = await comes()
    await page().kick()
    expect(await unread(id)).toMatchObject({ reason: 'NO_CONNECTION', isGivenUp: false })
  })

  it('is given up after a day, and read after all when a person tries it again', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    answer()
    const id = `118${newId()}`
    let isGone = true
    outside.answer(({ name }) =>
      isGone && name.endsWith(`/${id}`) ? metaError(100, 33) : undefined,
    )
    await comes(id)
    for (let hour = 0; hour < 26; hour++) {
      vi.setSystemTime(Date.now() + 60 * MINUTE)
      await page().kick()
    }
    expect(await leadOfMeta(id)).toMatchObject({ details: 'unavailable' })
    expect(await unread(id)).toMatchObject({ reason: 'META_100/33', isGivenUp: true })
    await page().retryLead(id)
    expect(await unread(id)).toMatchObject({ isGivenUp: true })
    isGone = false
    await page().retryLead(id)
    expect(await leadOfMeta(id)).toMatchObject({ details: 'complete', name: 'Азиза' })
    expect(await unread(id)).toBeNull()
    expect(await page().owed()).toMatchObject({ parked: 0 })
  })

  it('stands in the list longest first', async () => {
    const all = await listUnread(env.DB, { after: null, limit: 50 })
    const times = all.map(({ since }) => since)
    expect(times).toEqual(times.toSorted())
  })
})
