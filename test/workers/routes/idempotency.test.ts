import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { leadSchema } from '../../../src/lead.ts'
import { portalKeySchema } from '../../../src/store/portal-keys.ts'
import { projectSchema } from '../../../src/store/projects.ts'
import { openOutside } from '../outside.ts'
import { newUser } from '../updates.ts'
import { ask, errorOf, newKey, read } from '../worker.ts'

let admin: string

beforeEach(async () => {
  openOutside()
  admin = (await newKey('admin')).key
})

const once = () => ({ 'idempotency-key': crypto.randomUUID() })

async function newLead(): Promise<string> {
  const body = { name: 'Aziza', contact: '+998901234567' }
  return (await read(leadSchema, await ask('POST', '/api/leads', { key: admin, body }))).id
}

describe('one Idempotency-Key', () => {
  it('for two commands on a lead names two: neither is swallowed', async () => {
    const id = await newLead()
    const headers = once()
    await ask('POST', `/api/leads/${id}/claim`, { key: admin, headers })
    const body = { outcome: 'won' }
    const closed = await ask('POST', `/api/leads/${id}/close`, { key: admin, headers, body })
    expect(await read(leadSchema, closed)).toMatchObject({ status: 'closed', outcome: 'won' })
  })

  it('for two people a lead is given to names two', async () => {
    const id = await newLead()
    const headers = once()
    const people = [await newUser('manager'), await newUser('manager')]
    for (const person of people) {
      const body = { userId: String(person.id) }
      const given = await ask('POST', `/api/leads/${id}/assign`, { key: admin, headers, body })
      expect((await read(leadSchema, given)).assignee?.id).toBe(String(person.id))
    }
  })

  it('makes one project, also ten at once', async () => {
    const headers = once()
    const make = () => ask('POST', '/api/projects', { key: admin, headers, body: { name: 'X' } })
    const responses = await Promise.all(Array.from({ length: 10 }, make))
    expect(responses.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(9)
    const made = await Promise.all(responses.map((response) => read(projectSchema, response)))
    expect(new Set(made.map(({ id }) => id)).size).toBe(1)
    const sql = "SELECT count(*) AS n FROM audit_log WHERE action = 'project.create' AND target = ?"
    expect(await env.DB.prepare(sql).bind(made[0]?.id).first('n')).toBe(1)
  })

  it('of two callers makes two projects', async () => {
    const headers = once()
    const other = (await newKey('admin')).key
    for (const key of [admin, other]) {
      const made = await ask('POST', '/api/projects', { key, headers, body: { name: 'X' } })
      expect(made.status).toBe(201)
    }
  })

  it('makes one key, and does not show it again', async () => {
    const headers = once()
    const body = { name: 'CRM', role: 'partner' }
    const first = await ask('POST', '/api/keys', { key: admin, headers, body })
    const { id } = await read(portalKeySchema.extend({ key: z.uuid() }), first)
    const again = await ask('POST', '/api/keys', { key: admin, headers, body })
    expect(again.status).toBe(409)
    expect(await errorOf(again)).toMatchObject({ code: 'CONFLICT', details: { id } })
  })

  it.each([
    ['/api/leads', { name: 'A', contact: '+998901234567' }],
    ['/api/projects', { name: 'A' }],
    ['/api/keys', { name: 'A', role: 'partner' }],
    [
      '/api/reports',
      { kind: 'leads', format: 'csv', period: { from: '2026-01-01', to: '2026-01-02' } },
    ],
  ])('that is empty or too long is refused by %s', async (path, body) => {
    for (const value of ['', 'x'.repeat(256)]) {
      const headers = { 'idempotency-key': value }
      const response = await ask('POST', path, { key: admin, headers, body })
      expect(response.status).toBe(400)
      expect((await errorOf(response)).message).toContain('Idempotency-Key')
    }
  })
})
