import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { deleteConnection } from '../../../src/store/connections.ts'
import { formSchema, upsertForms } from '../../../src/store/forms.ts'
import { receiptSchema, saveReceipts } from '../../../src/store/receipts.ts'
import { recordUnread, unreadLeadSchema } from '../../../src/store/unread-leads.ts'
import { listAudit } from '../../../src/store/audit.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { connectionOf, conversationOf, leadIdOf, leadOf, pageOf } from '../../../src/stubs.ts'
import { FakeMeta } from '../fake-meta.ts'
import { metaError, Outside } from '../outside.ts'
import { newId } from '../updates.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() })

let outside: Outside
let formId: string
let pageId: string
let projectId: string
let key: string
let meta: FakeMeta

beforeEach(async () => {
  outside = new Outside()
  meta = new FakeMeta(outside)
  formId = String(newId())
  pageId = String(newId())
  projectId = crypto.randomUUID()
  await insertProject(env.DB, projectId, 'Clinic')
  await upsertForms(env.DB, pageId, [
    {
      id: formId,
      name: 'Имплантация',
      locale: 'ru_RU',
      status: 'ACTIVE',
      questions: [{ key: 'кому', label: 'Кому звонить?', type: 'CUSTOM', options: [] }],
      leadsCount: 7,
      expiredLeadsCount: 2,
    },
  ])
  key = (await newKey('admin')).key
})

afterEach(async () => {
  // The admins hear of this test before the next one looks, and no later tick of the cron finds it.
  await connectionOf(env, meta.userId).kick()
  await conversationOf(env, '1001').kick()
  await deleteConnection(env.DB, meta.userId)
})

const path = () => `/api/forms/${formId}`
const refused = async (response: Response) => (await errorOf(response)).code

describe('forms', () => {
  const formsOf = async (project: string) => {
    const response = await ask('GET', `/api/forms?project=${project}`, { key })
    return (await read(page(formSchema), response)).items
  }

  it('are shown with their questions and where their leads go, by project', async () => {
    expect(await formsOf('main')).toContainEqual(
      expect.objectContaining({ id: formId, routedBy: 'first', leadsCount: 7, mapping: {} }),
    )
    const body = { projectId, mapping: { кому: 'name' } }
    const changed = await read(formSchema, await ask('PATCH', path(), { key, body }))
    expect(changed).toMatchObject({ projectId, routedBy: 'form', mapping: { кому: 'name' } })
    expect(await formsOf(projectId)).toEqual([changed])
    expect((await formsOf('main')).some(({ id }) => id === formId)).toBe(false)
    const [entry] = await listAudit(env.DB, { before: null, limit: 1 })
    expect(entry).toMatchObject({ action: 'form.change', target: formId })
  })

  it('keep what people have set when Meta describes them anew', async () => {
    await ask('PATCH', path(), { key, body: { mapping: { кому: 'name' } } })
    const form = { id: formId, name: 'Новое имя', locale: null, status: 'ARCHIVED', questions: [] }
    await upsertForms(env.DB, pageId, [{ ...form, leadsCount: 8, expiredLeadsCount: 2 }])
    const [shown] = (await formsOf('main')).filter(({ id }) => id === formId)
    expect(shown).toMatchObject({ name: 'Новое имя', mapping: { кому: 'name' } })
  })

  it.each([
    ['a question that asks for nothing we know', { mapping: { кому: 'address' } }],
    ['a project that is none', { projectId: 'none' }],
    ['what is not known', { name: 'x' }],
  ])('refuse %s', async (_, body) => {
    expect(await refused(await ask('PATCH', path(), { key, body }))).toBe('INVALID_REQUEST')
  })

  it('that do not exist are 404, and managers change none', async () => {
    expect(await refused(await ask('PATCH', '/api/forms/1', { key, body: {} }))).toBe('NOT_FOUND')
    const manager = await newKey('manager')
    const answer = await ask('PATCH', path(), { key: manager.key, body: {} })
    expect(await refused(answer)).toBe('FORBIDDEN')
    expect((await ask('GET', '/api/forms', { key: manager.key })).status).toBe(200)
  })
})

describe('routes of leads', () => {
  it('are set, shown, changed and forgotten', async () => {
    const route = { kind: 'campaign', metaId: String(newId()), projectId: 'main' }
    expect((await ask('PUT', '/api/meta-routes', { key, body: route })).status).toBe(200)
    const changed = { ...route, projectId }
    expect((await ask('PUT', '/api/meta-routes', { key, body: changed })).status).toBe(200)
    const list = await ask('GET', `/api/meta-routes?project=${projectId}`, { key })
    expect(await list.json()).toEqual({ items: [changed], nextCursor: null })
    const address = `/api/meta-routes/campaign/${route.metaId}`
    expect((await ask('DELETE', address, { key })).status).toBe(204)
    expect(await refused(await ask('DELETE', address, { key }))).toBe('NOT_FOUND')
  })

  it.each([
    ['another kind', { kind: 'ad', metaId: '1', projectId: 'main' }],
    ['an id that is none of Meta’s', { kind: 'form', metaId: 'act_1', projectId: 'main' }],
    ['a project that is none', { kind: 'form', metaId: '1', projectId: 'none' }],
  ])('are refused for %s', async (_, body) => {
    const answer = await ask('PUT', '/api/meta-routes', { key, body })
    expect(await refused(answer)).toBe('INVALID_REQUEST')
  })
})

describe('receipts', () => {
  it('add up the pages of a project, newest first', async () => {
    const one = { projectId, date: '2026-11-20', meta: 3, held: 3, shown: 3, slowestSeconds: 4 }
    const short = { ...one, meta: 2, held: 1, shown: 1, slowestSeconds: 9 }
    await saveReceipts(env.DB, pageId, [one, { ...one, date: '2026-11-21' }])
    await saveReceipts(env.DB, String(newId()), [short])
    const query = `project=${projectId}&from=2026-11-20&to=2026-11-21`
    const { items } = await read(
      page(receiptSchema),
      await ask('GET', `/api/receipts?${query}`, { key }),
    )
    expect(items).toMatchObject([
      { date: '2026-11-21', meta: 3, state: 'complete' },
      { date: '2026-11-20', meta: 5, held: 4, shown: 4, slowestSeconds: 9, state: 'short' },
    ])
    // Counted again, it takes the place of what was before.
    await saveReceipts(env.DB, pageId, [{ ...one, meta: 4, held: 4, shown: 4 }])
    const again = await ask('GET', `/api/receipts?${query}`, { key })
    expect((await read(page(receiptSchema), again)).items[1]).toMatchObject({ meta: 6, held: 5 })
  })

  it.each([
    ['from=2026-11-21&to=2026-11-20', 'INVALID_REQUEST'],
    ['from=yesterday', 'INVALID_REQUEST'],
    ['from=2020-01-01&to=2026-11-20', 'INVALID_REQUEST'],
    ['project=none', 'NOT_FOUND'],
  ])('of %s are %s', async (query, code) => {
    expect(await refused(await ask('GET', `/api/receipts?${query}`, { key }))).toBe(code)
  })

  it('are counted on demand, for every page that is connected', async () => {
    outside.answer(({ name }) =>
      /leadgen_forms|\/leads$/.test(name) ? Response.json({ data: [] }) : undefined,
    )
    await connectionOf(env, meta.userId).adopt('token-1')
    await connectionOf(env, meta.userId).kick()
    const answer = await ask('POST', '/api/receipts', { key, body: { days: 30 } })
    expect(answer.status).toBe(202)
    expect(await answer.json()).toEqual({ pages: expect.any(Number) })
    const bad = await ask('POST', '/api/receipts', { key, body: { days: 91 } })
    expect(await refused(bad)).toBe('INVALID_REQUEST')
  })
})

describe('unread leads', () => {
  it('are listed with their reasons, in pages', async () => {
    const all = Array.from({ length: 3 }, () => {
      const leadgenId = String(newId())
      const leadId = leadIdOf('facebook', leadgenId)
      return { leadId, leadgenId, pageId, projectId, reason: 'META_200', isGivenUp: false }
    })
    await recordUnread(env.DB, all)
    const found: string[] = []
    let cursor = ''
    do {
      const answer = await ask('GET', `/api/unread-leads?limit=2${cursor}`, { key })
      const { items, nextCursor } = await read(page(unreadLeadSchema), answer)
      found.push(...items.map(({ leadId }) => leadId))
      cursor = nextCursor ? `&cursor=${nextCursor}` : ''
    } while (cursor)
    expect(new Set(found).size).toBe(found.length)
    expect(found).toEqual(expect.arrayContaining(all.map(({ leadId }) => leadId)))
  })

  it('are tried again by whoever may', async () => {
    await updateProject(env.DB, projectId, { chatId: String(-1_000_000_000_000 - newId()) })
    await connectionOf(env, meta.userId).adopt('token-1')
    await connectionOf(env, meta.userId).kick()
    const leadgenId = meta.newLead()
    let isMissing = true
    outside.answer(({ name }) =>
      isMissing && name.endsWith(`/${leadgenId}`) ? metaError(200) : undefined,
    )
    const lead = { leadgenId, formId, adId: '5', createdAt: null }
    await pageOf(env, meta.pageId).receive({ leads: [lead], malformed: [] })
    await pageOf(env, meta.pageId).kick()
    const leadId = leadIdOf('facebook', leadgenId)
    const retry = () => ask('POST', `/api/unread-leads/${leadId}/retry`, { key })
    expect(await (await retry()).json()).toMatchObject({
      isRead: false,
      unread: { leadId, reason: 'META_permission_200' },
    })
    isMissing = false
    expect(await (await retry()).json()).toEqual({ isRead: true, unread: null })
    expect((await leadOf(env, leadId).read())?.lead.details).toBe('complete')
    expect(await refused(await retry())).toBe('NOT_FOUND')
    const manager = await newKey('manager')
    const asked = await ask('GET', '/api/unread-leads', { key: manager.key })
    expect(await refused(asked)).toBe('FORBIDDEN')
  })
})
