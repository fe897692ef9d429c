import { introspectWorkflowInstance } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { orderReport, startReport } from '../../../src/reports/order.ts'
import { onTick } from '../../../src/schedule/tick.ts'
import {
  findReport,
  insertReport,
  reportSchema,
  setReportFailed,
} from '../../../src/store/reports.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { conversationOf, leadOf } from '../../../src/stubs.ts'
import { STEPS } from '../../../workflows/generate-report.ts'
import { Outside } from '../outside.ts'
import { newId } from '../updates.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

let outside: Outside
let key: string
let projectId: string
let chatId: string

beforeEach(async () => {
  outside = new Outside()
  key = (await newKey('admin')).key
  projectId = crypto.randomUUID()
  chatId = String(-1_000_000_000_000 - newId())
  await insertProject(env.DB, projectId, 'Clinic')
  await updateProject(env.DB, projectId, { chatId })
})

async function newLead(name: string, createdAt: string): Promise<void> {
  const id = crypto.randomUUID()
  const lead = {
    projectId,
    source: 'api',
    sourceRef: null,
    name,
    phone: '+998901234567',
    createdAt,
  } as const
  await leadOf(env, id).carryOut({ id, type: 'receive', by: null, lead })
  await leadOf(env, id).show()
}

const order = () => ({
  projectId,
  kind: 'leads',
  format: 'csv',
  period: { from: '2026-11-01', to: '2026-11-02' },
})

/** Orders over the API and lets the workflow run to its end. */
async function ordered(headers: Record<string, string> = {}) {
  const response = await ask('POST', '/api/reports', { key, body: order(), headers })
  expect(response.status).toBe(202)
  const report = await read(reportSchema, response)
  await using instance = await introspectWorkflowInstance(
    env.GENERATE_REPORT,
    `report_${report.id}`,
  )
  await instance.waitForStatus('complete')
  await conversationOf(env, chatId).kick()
  return report
}

/** A report that was asked for and not begun. */
async function registered(createdAt?: string): Promise<string> {
  const id = crypto.randomUUID()
  const asked = { ...order(), kind: 'leads', format: 'csv', chatId, requestedBy: '1001' } as const
  await insertReport(env.DB, { ...asked, id })
  const sql = 'UPDATE reports SET created_at = coalesce(?2, created_at) WHERE id = ?1'
  await env.DB.prepare(sql)
    .bind(id, createdAt ?? null)
    .run()
  return id
}

/** Ticks of these tests are about reports. */
const WITHOUT_META = { ...env, META_APP_ID: '', META_APP_SECRET: '', META_VERIFY_TOKEN: '' }

describe('a report', () => {
  it('is one file: the bytes delivered to the chat are those the API gives', async () => {
    // Tashkent is five hours ahead: the first is of the 1st there, the last of the 3rd.
    await newLead('Aziza', '2026-10-31T19:00:00.000Z')
    await newLead('=HYPERLINK("x")', '2026-11-02T18:59:00.000Z')
    await newLead('Too late', '2026-11-02T19:00:00.000Z')
    const { id } = await ordered()
    const file = await ask('GET', `/api/reports/${id}/file`, { key })
    expect(file.headers.get('content-type')).toBe('text/csv; charset=utf-8')
    expect(file.headers.get('content-disposition')).toContain('leads_2026-11-01_2026-11-02.csv')
    const text = await file.text()
    const rows = text.trim().split('\r\n')
    expect(rows).toHaveLength(3)
    expect(rows[1]).toContain('2026-11-01 00:00,Aziza,+998 90 123 45 67')
    expect(rows[2]).toContain("'=HYPERLINK")
    const [sent] = outside.sent('sendDocument', chatId)
    // Reading a text takes its byte order mark away.
    expect(Object.values(sent?.params ?? {})).toContain(`\ufeff${text}`)
    expect(sent?.params['caption']).toMatch(/«Clinic», \d\d\.\d\d\.2026 — \d\d\.\d\d\.2026$/)
  })

  it('is made and delivered once for one Idempotency-Key', async () => {
    const headers = { 'idempotency-key': crypto.randomUUID() }
    const { id } = await ordered(headers)
    const again = await ask('POST', '/api/reports', { key, body: order(), headers })
    expect(await read(reportSchema, again)).toMatchObject({ id, state: 'ready' })
    expect(outside.sent('sendDocument', chatId)).toHaveLength(1)
  })

  it('answers ranges of its file', async () => {
    const { id } = await ordered()
    const whole = new Uint8Array(
      await (await ask('GET', `/api/reports/${id}/file`, { key })).arrayBuffer(),
    )
    const part = await ask('GET', `/api/reports/${id}/file`, {
      key,
      headers: { range: 'bytes=3-9' },
    })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe(`bytes 3-9/${whole.length}`)
    expect(new Uint8Array(await part.arrayBuffer())).toEqual(whole.slice(3, 10))
    const etag = part.headers.get('etag') ?? ''
    const same = await ask('GET', `/api/reports/${id}/file`, {
      key,
      headers: { 'if-none-match': etag },
    })
    expect(same.status).toBe(304)
  })

  it('answers conditions of its file, and what it does not hold', async () => {
    const { id } = await ordered()
    const file = (headers: Record<string, string>, method = 'GET') =>
      ask(method, `/api/reports/${id}/file`, { key, headers })
    const whole = await file({})
    const size = (await whole.arrayBuffer()).byteLength
    const beyond = await file({ range: `bytes=${size}-` })
    expect(beyond.status).toBe(416)
    expect(beyond.headers.get('content-range')).toBe(`bytes */${size}`)
    expect(await errorOf(beyond)).toMatchObject({ code: 'RANGE_NOT_SATISFIABLE' })
    const other = await file({ 'if-match': '"other"' })
    expect(other.status).toBe(412)
    expect(await errorOf(other)).toMatchObject({ code: 'PRECONDITION_FAILED' })
    const modified = whole.headers.get('last-modified') ?? ''
    const known = await file({ 'if-modified-since': modified })
    expect([known.status, await known.text()]).toEqual([304, ''])
    const begun = await file({ 'if-range': '"other"', range: 'bytes=0-1' })
    expect([begun.status, (await begun.arrayBuffer()).byteLength]).toEqual([200, size])
  })

  it('tells how long its file is without sending it', async () => {
    const { id } = await ordered()
    const size = (await (await ask('GET', `/api/reports/${id}/file`, { key })).arrayBuffer())
      .byteLength
    const head = await ask('HEAD', `/api/reports/${id}/file`, { key })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(size)])
    const headers = { range: 'bytes=0-9' }
    const part = await ask('HEAD', `/api/reports/${id}/file`, { key, headers })
    expect([part.status, part.headers.get('content-length')]).toEqual([206, '10'])
  })

  it('keeps its file when its chat could not be reached, and says so', async () => {
    const id = await registered()
    await using instance = await introspectWorkflowInstance(env.GENERATE_REPORT, `report_${id}`)
    await instance.modify(async (m) => {
      await m.disableRetryDelays([{ name: STEPS.deliver }])
      await m.mockStepError({ name: STEPS.deliver }, new Error('the chat is overloaded'))
    })
    await startReport(env, id)
    await instance.waitForStatus('errored')
    const report = await read(reportSchema, await ask('GET', `/api/reports/${id}`, { key }))
    expect(report).toMatchObject({ state: 'ready' })
    expect(report.error).toContain('NOT_DELIVERED')
    expect((await ask('GET', `/api/reports/${id}/file`, { key })).status).toBe(200)
  })

  it.each([
    ['running', 0],
    ['waiting', 0],
    ['queued', 0],
    ['errored', 1],
    ['terminated', 1],
    ['unknown', 1],
  ] as const)('that is still not made is begun anew when it is %s: %i times', async (status, n) => {
    const id = await registered('2026-01-01T00:00:00.000Z')
    const restart = vi.fn<() => Promise<void>>().mockResolvedValue()
    const instance = { status: () => Promise.resolve({ status }), restart }
    vi.spyOn(env.GENERATE_REPORT, 'get').mockImplementation((name) =>
      name === `report_${id}`
        ? Promise.resolve(instance as never)
        : Promise.reject(new Error('no')),
    )
    await onTick(WITHOUT_META, Date.now()).catch(() => undefined)
    expect(restart).toHaveBeenCalledTimes(n)
    vi.restoreAllMocks()
    await setReportFailed(env.DB, id, 'left by a test')
  })

  it('that could not be made says why, and gives no file', async () => {
    const { report } = await orderReport(env, {
      ...order(),
      kind: 'leads',
      format: 'csv',
      projectId: 'gone',
      chatId: null,
      requestedBy: '1001',
      ref: crypto.randomUUID(),
    })
    await using instance = await introspectWorkflowInstance(
      env.GENERATE_REPORT,
      `report_${report.id}`,
    )
    await instance.modify(async (m) => m.disableRetryDelays([{ name: STEPS.make }]))
    await instance.waitForStatus('errored')
    expect(await findReport(env.DB, report.id)).toMatchObject({ state: 'failed' })
    const file = await ask('GET', `/api/reports/${report.id}/file`, { key })
    expect(file.status).toBe(409)
    expect(await errorOf(file)).toMatchObject({ code: 'NOT_READY', details: { state: 'failed' } })
  })

  it.each([
    ['period.from', { period: { from: '2026-11-03', to: '2026-11-02' } }],
    ['period.to', { period: { from: '2026-11-01', to: 'soon' } }],
    ['format', { format: 'xlsx' }],
    ['kind', { kind: 'poem' }],
    ['projectId', { projectId: 'nobody' }],
  ])('is not ordered with a wrong %s', async (field, change) => {
    const response = await ask('POST', '/api/reports', { key, body: { ...order(), ...change } })
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain(field)
  })
})
