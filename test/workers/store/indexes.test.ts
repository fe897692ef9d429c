import { env } from 'cloudflare:workers'
import { describe, expect, it, vi } from 'vitest'
import { decide } from '../../../objects/lead/decide.ts'
import type { LeadData } from '../../../src/lead.ts'
import {
  addConversions,
  conversionsOf,
  countConversions,
  expireConversions,
  listConversions,
  listWaitingConversions,
  listWaitingDatasets,
  settleConversions,
} from '../../../src/store/conversions.ts'
import {
  countAround,
  type LeadFilter,
  listLeads,
  listLeadsToWake,
  listOpenLeadIds,
  projectIdsOfLatest,
  projectLeads,
} from '../../../src/store/leads.ts'
import { countOutcomes } from '../../../src/store/outcomes.ts'
import { listParked } from '../../../src/store/parked.ts'
import { listStaffIds, setUserToken } from '../../../src/store/users.ts'

/** How the database carries out what `act` asks it: one line a step. */
async function planOf(act: (db: D1Database) => Promise<unknown>): Promise<string[]> {
  const asked: D1PreparedStatement[] = []
  const db = new Proxy(env.DB, {
    get(target, name: keyof D1Database) {
      if (name === 'batch') return () => Promise.resolve([])
      if (name !== 'prepare') return target[name]
      return (sql: string) => ({
        bind: (...values: unknown[]) => {
          asked.push(target.prepare(`EXPLAIN QUERY PLAN ${sql}`).bind(...values))
          return target.prepare(sql).bind(...values)
        },
        all: () => {
          asked.push(target.prepare(`EXPLAIN QUERY PLAN ${sql}`))
          return target.prepare(sql).all()
        },
      })
    },
  })
  await act(db)
  const plans = await Promise.all(asked.map((one) => one.all<{ detail: string }>()))
  return plans.flatMap(({ results }) => results.map(({ detail }) => detail))
}

const list = (filter: LeadFilter, after = { createdAt: '2026-01-01', id: 'x' }) =>
  planOf((db) => listLeads(db, filter, { after, limit: 50 }))

const project = { projectId: 'main' }

describe('a list of leads', () => {
  it.each<[string, LeadFilter]>([
    ['leads_recent', {}],
    ['leads_by_project', project],
    ['leads_by_project', { ...project, status: 'closed' }],
    ['leads_by_status', { status: 'closed' }],
    ['leads_by_status', { ...project, status: 'new' }],
    ['leads_by_user', { userId: '7' }],
    ['leads_by_key', { keyId: 'k' }],
    ['leads_by_key', { ...project, keyId: 'k', status: 'closed', source: 'api' }],
    ['leads_by_assignee', { assigneeId: '7' }],
    ['leads_by_assignee', { ...project, assigneeId: '7', status: 'in_progress' }],
    ['leads_by_campaign', { campaignId: '120' }],
    ['leads_by_campaign', { ...project, campaignId: '120', status: 'closed' }],
  ])('is read in the order of %s for %j, and nothing is sorted', async (index, filter) => {
    const plan = await list(filter)
    expect(plan).toEqual([expect.stringContaining(`SEARCH leads USING INDEX ${index} (`)])
  })

  it.each<[string, LeadFilter]>([
    ['leads_recent', {}],
    ['leads_by_status', { status: 'new' }],
    ['leads_by_assignee', { assigneeId: '7', status: 'in_progress' }],
  ])('is counted by %s for %j', async (index, filter) => {
    const position = { createdAt: '2026-01-01', id: 'x' }
    const page = { first: position, last: position, oldestFirst: false, limit: 800 }
    const plan = await planOf((db) => countAround(db, filter, page))
    const steps = plan.filter((step) => step.includes(' leads '))
    expect(steps).toHaveLength(2)
    for (const step of steps) expect(step).toMatch(new RegExp(`^SEARCH leads USING .*${index} `))
  })

  it('that is searched reads only what the words are found in', async () => {
    const plan = await list({ ...project, status: 'new', search: 'Aziza' })
    expect(plan[0]).toContain('USING INTEGER PRIMARY KEY')
  })
})

describe('what is done at every tick and at once for many', () => {
  it.each<[string, (db: D1Database) => Promise<unknown>]>([
    ['the open leads of a project', (db) => listOpenLeadIds(db, 'main', 200)],
    [
      'leads to be woken',
      (db) => {
        const after = { createdAt: '2026-01-01', id: '' }
        return listLeadsToWake(db, { after, before: '2027', closedSince: '2026-12', limit: 50 })
      },
    ],
    ['projects of own leads', (db) => projectIdsOfLatest(db, { keyId: 'k' })],
    ['those who work here', listStaffIds],
    [
      'outcomes of a time',
      (db) => countOutcomes(db, { projectId: 'main', from: '2026-11-01', to: '2026-12-01' }),
    ],
    ['sessions of a person', (db) => setUserToken(db, '7', 'hash')],
    ['what is parked for a reason', (db) => listParked(db, { reason: 'NO_CHAT', limit: 200 })],
  ])('%s: reads no whole table', async (_, act) => {
    const plan = await planOf(act)
    expect(plan.length).toBeGreaterThan(0)
    for (const step of plan.filter((one) => /\b(leads|users|sessions|parked)\b/.test(one))) {
      expect(step).toMatch(/SEARCH|USING COVERING INDEX users_of_staff/)
    }
  })
})

describe('what Meta is told of', () => {
  const project = { projectId: 'main' }
  const after = { at: '2026-11-22T09:00:00.000Z', leadId: 'x', stage: 'won' }
  const waiting = { connectionId: '1', datasetId: '2', limit: 1_000 }

  it.each<[string, (db: D1Database) => Promise<unknown>]>([
    ['what waits for a dataset', (db) => listWaitingConversions(db, waiting)],
    ['datasets for which something waits', listWaitingDatasets],
    ['what is too old', (db) => expireConversions(db, 1)],
    ['a list', (db) => listConversions(db, { ...project, state: undefined }, { after, limit: 50 })],
    [
      'a list of one state',
      (db) => listConversions(db, { ...project, state: 'sent' }, { after, limit: 50 }),
    ],
    ['counts', (db) => countConversions(db, { ...project, since: 1 })],
    ['what a lead’s stages are', (db) => conversionsOf(db, crypto.randomUUID())],
    ['what was sent', (db) => settleConversions(db, [], { state: 'sent', reason: null })],
  ])('%s: is found by an index', async (_, act) => {
    const plan = (await planOf(act)).filter((step) => /\b(c|conversions|l)\b/.test(step))
    expect(plan.length).toBeGreaterThan(0)
    for (const step of plan) expect(step).toContain('SEARCH')
  })

  it('costs two rows when it is reached and two when it was sent', async () => {
    const key = { leadId: crypto.randomUUID(), stage: 'lead' } as const
    let written = 0
    const counting = {
      prepare: (sql: string) => ({
        bind: (...values: unknown[]) => ({
          run: async () => {
            const result = await env.DB.prepare(sql)
              .bind(...values)
              .run()
            written += result.meta.rows_written
            return result
          },
        }),
      }),
    } as unknown as D1Database // all that is called
    await addConversions(counting, [{ ...key, projectId: 'main', eventTime: 1 }])
    expect(written).toBe(2)
    await addConversions(counting, [{ ...key, projectId: 'main', eventTime: 1 }])
    expect(written).toBe(2)
    await settleConversions(counting, [key], { state: 'sent', reason: null })
    expect(written).toBe(4)
  })
})

/** Rows written for a new lead. */
async function costOf(change: Partial<LeadData>): Promise<number> {
  const batch = vi.spyOn(env.DB, 'batch')
  await projectLeads(env.DB, [{ ...newLead(), ...change }])
  const results: D1Result[] = (await batch.mock.results[0]?.value) ?? []
  batch.mockRestore()
  return results.reduce((sum, { meta }) => sum + meta.rows_written, 0)
}

function newLead(): LeadData {
  const id = crypto.randomUUID()
  const lead = { projectId: 'main', source: 'facebook', sourceRef: '1', name: 'Aziza' } as const
  const command = { id, type: 'receive', by: null, lead } as const
  const decision = decide(null, command, '2026-11-22T09:00:00.000Z')
  if (!decision.ok) throw new Error(decision.code)
  return decision.lead
}

describe('the price of these lists', () => {
  it('is paid only by leads that are in them', async () => {
    const plain = await costOf({})
    expect(await costOf({ campaignId: '120' })).toBe(plain + 1)
    expect(await costOf({ assignee: { id: '7', name: 'Olim' } })).toBe(plain + 1)
    expect(await costOf({ source: 'api' })).toBe(plain + 1)
    await withoutIndexes(async () => expect(await costOf({})).toBe(plain))
  })
})

async function withoutIndexes(act: () => Promise<void>): Promise<void> {
  const { results } = await env.DB.prepare(
    `SELECT name, sql FROM sqlite_master
     WHERE name IN ('leads_by_key', 'leads_by_assignee', 'leads_by_campaign')`,
  ).all<{ name: string; sql: string }>()
  expect(results).toHaveLength(3)
  for (const { name } of results) await env.DB.exec(`DROP INDEX ${name}`)
  await act()
  for (const { sql } of results) await env.DB.exec(sql)
}
