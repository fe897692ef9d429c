import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { listAudit } from '../../../src/store/audit.ts'
import {
  addConversions,
  conversionSchema,
  listedConversionSchema,
  settleConversions,
} from '../../../src/store/conversions.ts'
import { insertProject, updateProject } from '../../../src/store/projects.ts'
import { openOutside } from '../outside.ts'
import { newLead } from '../team.ts'
import { newId } from '../updates.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

const NOW = Math.floor(Date.now() / 1000)
const listAnswer = z.object({
  items: z.array(listedConversionSchema),
  nextCursor: z.string().nullable(),
  counts: z.record(z.string(), z.number()),
})
const withConversions = z.object({ conversions: z.array(conversionSchema) })

let admin: string
let projectId: string

beforeEach(async () => {
  openOutside()
  admin = (await newKey('admin')).key
  projectId = `project-${newId()}`
  await insertProject(env.DB, projectId, 'Clinic')
})

/** Stages of a lead, a second after one another, the first `secondsAgo`. */
async function reach(stages: ('lead' | 'contacted' | 'won')[], secondsAgo = 60) {
  const leadId = crypto.randomUUID()
  const at = NOW - secondsAgo
  await addConversions(
    env.DB,
    stages.map((stage, n) => ({ leadId, projectId, stage, eventTime: at + n })),
  )
  return leadId
}

async function settle(leadId: string, stage: 'lead' | 'won', state: 'sent' | 'failed') {
  const reason = state === 'failed' ? '100/2804008' : null
  await settleConversions(env.DB, [{ leadId, stage }], { state, reason })
}

const list = async (query = '') =>
  read(
    listAnswer,
    await ask('GET', `/api/conversions?project=${projectId}${query}`, { key: admin }),
  )

const retry = (leadId: string, stage: string, key = admin) =>
  ask('POST', `/api/conversions/${leadId}/${stage}/retry`, { key })

describe('what Meta was told', () => {
  it('is listed with counts, the latest first, and can be narrowed by its state', async () => {
    const id = await reach(['lead', 'contacted', 'won'])
    await settle(id, 'lead', 'sent')
    await settle(id, 'won', 'failed')
    const all = await list()
    expect(all.items.map(({ stage, state }) => [stage, state])).toEqual([
      ['won', 'failed'],
      ['contacted', 'waiting'],
      ['lead', 'sent'],
    ])
    expect(all.items[2]?.at).toBe(new Date((NOW - 60) * 1000).toISOString())
    expect(all.counts).toEqual({ waiting: 1, sent: 1, failed: 1, too_old: 0 })
    expect((await list('&state=failed')).items).toMatchObject([
      { leadId: id, stage: 'won', reason: '100/2804008' },
    ])
  })

  it('comes in pages that meet without a gap', async () => {
    for (let n = 0; n < 5; n++) await reach(['lead', 'contacted'])
    const whole = (await list()).items
    const paged = []
    let cursor: string | null = null
    do {
      const page: z.infer<typeof listAnswer> = await list(
        `&limit=3${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      )
      paged.push(...page.items)
      cursor = page.nextCursor
    } while (cursor !== null)
    expect(whole).toHaveLength(10)
    expect(paged).toEqual(whole)
  })

  it('counts the last 28 days', async () => {
    await reach(['lead'], 29 * 86_400)
    await reach(['lead'])
    expect((await list()).counts).toMatchObject({ waiting: 1 })
  })

  it('stands with the lead, for those who work it', async () => {
    const leadId = await newLead(projectId, { source: 'facebook', sourceRef: '1180123456789012' })
    await addConversions(env.DB, [{ leadId, projectId, stage: 'lead', eventTime: NOW }])
    const asked = async (key: string) =>
      (await read(withConversions, await ask('GET', `/api/leads/${leadId}`, { key }))).conversions
    expect(await asked(admin)).toEqual([
      { stage: 'lead', state: 'waiting', at: new Date(NOW * 1000).toISOString(), reason: null },
    ])
    expect(await asked((await newKey('service')).key)).toEqual([])
  })

  it.each(['manager', 'service', 'partner'] as const)('is nothing for a %s', async (role) => {
    const { key } = await newKey(role)
    expect((await ask('GET', '/api/conversions', { key })).status).toBe(403)
    expect((await retry(crypto.randomUUID(), 'lead', key)).status).toBe(403)
  })
})

describe('trying again', () => {
  it('has a stage that was refused sent again, and writes down who did', async () => {
    const id = await reach(['lead'])
    await settle(id, 'lead', 'failed')
    const answer = await retry(id, 'lead')
    expect(await read(conversionSchema, answer)).toMatchObject({ state: 'waiting', reason: null })
    expect((await list()).counts).toMatchObject({ waiting: 1, failed: 0 })
    expect(await listAudit(env.DB, { before: null, limit: 5 })).toContainEqual(
      expect.objectContaining({ action: 'conversion.retry', target: `${id}:lead` }),
    )
  })

  it.each(['waiting', 'sent'] as const)('refuses one that is %s', async (state) => {
    const id = await reach(['lead'])
    if (state === 'sent') await settle(id, 'lead', 'sent')
    const answer = await retry(id, 'lead')
    expect(answer.status).toBe(409)
    expect(await errorOf(answer)).toMatchObject({ code: 'CONFLICT' })
  })

  it('knows no stage that was never reached, and no stage that is none', async () => {
    const id = await reach(['lead'])
    expect((await retry(id, 'won')).status).toBe(404)
    expect((await retry(id, 'sold')).status).toBe(400)
  })
})

describe('the dataset of a project', () => {
  const change = (body: object) => ask('PATCH', `/api/projects/${projectId}`, { key: admin, body })

  it('is set, kept by other changes, and taken away', async () => {
    const shape = z.object({ datasetId: z.string().nullable() })
    const after = async (body: object) => (await read(shape, await change(body))).datasetId
    expect(await after({ datasetId: '665544332211009' })).toBe('665544332211009')
    expect(await after({ name: 'Dental clinic' })).toBe('665544332211009')
    expect(await after({ datasetId: null })).toBeNull()
  })

  it.each(['665', 'act_665544332211009', '665544332211009/events', ''])(
    'is not %j',
    async (datasetId) => {
      expect((await change({ datasetId })).status).toBe(400)
    },
  )

  it('is sent what the one before has refused', async () => {
    await updateProject(env.DB, projectId, { datasetId: '665544332211001' })
    const id = await reach(['lead'])
    await settle(id, 'lead', 'failed')
    await change({ datasetId: '665544332211001', name: 'Same' })
    expect((await list()).counts).toMatchObject({ failed: 1 })
    await change({ datasetId: '665544332211002' })
    expect((await list()).counts).toMatchObject({ waiting: 1, failed: 0 })
  })
})
