import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { projectSchema } from '../../../src/store/projects.ts'
import { portalKeySchema } from '../../../src/store/portal-keys.ts'
import { openOutside } from '../outside.ts'
import { newUser } from '../updates.ts'
import { ask, cookieOf, errorOf, newKey, read } from '../worker.ts'

let admin: string

beforeEach(async () => {
  openOutside()
  admin = (await newKey('admin')).key
})

const createdKey = portalKeySchema.extend({ key: z.uuid() })

describe('a portal key', () => {
  const create = (body: object) => ask('POST', '/api/keys', { key: admin, body })

  it('is shown once, kept as a hash, opens what it may, and nothing once it is deleted', async () => {
    const made = await read(createdKey, await create({ name: 'CRM', role: 'partner' }))
    expect(made.scopes).toEqual(['leads:read', 'leads:create'])
    const list = await (await ask('GET', '/api/keys', { key: admin })).text()
    expect(list).toContain(made.id)
    expect(list).not.toContain(made.key)
    const stored = await env.DB.prepare('SELECT * FROM portal_keys WHERE id = ?')
      .bind(made.id)
      .first()
    expect(JSON.stringify(stored)).not.toContain(made.key)
    expect((await ask('GET', '/api/leads', { key: made.key })).status).toBe(200)
    expect((await ask('GET', '/api/stats', { key: made.key })).status).toBe(403)
    expect((await ask('DELETE', `/api/keys/${made.id}`, { key: admin })).status).toBe(204)
    expect((await ask('GET', '/api/leads', { key: made.key })).status).toBe(401)
  })

  it.each([
    ['name', { role: 'partner' }],
    ['role', { name: 'CRM', role: 'owner' }],
    ['scopes', { name: 'CRM', role: 'partner', scopes: ['keys:manage'] }],
    ['scopes.0', { name: 'CRM', role: 'admin', scopes: ['fly'] }],
  ])('is not made with a wrong %s', async (field, body) => {
    const response = await create(body)
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ details: { fields: [{ field }] } })
  })

  it('is given nothing that its maker may not, whatever is asked for', async () => {
    const { key } = await newKey('admin', ['keys:manage', 'leads:read'])
    const make = (body: object) => ask('POST', '/api/keys', { key, body: { name: 'X', ...body } })
    const whole = await make({ role: 'admin' })
    expect(whole.status).toBe(403)
    expect(await errorOf(whole)).toMatchObject({ code: 'FORBIDDEN' })
    const more = await make({ role: 'manager', scopes: ['leads:read', 'leads:work', 'stats:read'] })
    expect(await errorOf(more)).toMatchObject({
      message: expect.stringContaining('leads:work, stats:read'),
      details: { scopes: ['leads:work', 'stats:read'] },
    })
    expect((await make({ role: 'manager', scopes: ['leads:read'] })).status).toBe(201)
  })

  it('is known to have been used, without a write for every request', async () => {
    const { id, key } = await newKey('service')
    const used = async () => {
      await ask('GET', '/api/me', { key })
      await vi.waitFor(async () => expect(await lastUsed(id)).not.toBeNull())
      return lastUsed(id)
    }
    const first = await used()
    expect(await used()).toBe(first)
  })
})

async function lastUsed(id: string): Promise<string | null> {
  const sql = 'SELECT last_used_at FROM portal_keys WHERE id = ?'
  return env.DB.prepare(sql).bind(id).first<string>('last_used_at')
}

describe('a person', () => {
  it('is given a role, which is written down', async () => {
    const { id } = await newUser('client')
    const response = await ask('PATCH', `/api/users/${id}`, {
      key: admin,
      body: { role: 'manager' },
    })
    expect(await response.json()).toMatchObject({ id: String(id), role: 'manager' })
    const audit = await (await ask('GET', '/api/audit', { key: admin })).text()
    expect(audit).toContain('user.role')
  })

  it('is signed out when their role changes, and only then', async () => {
    const person = await newUser('manager')
    const cookie = await cookieOf(person)
    const opens = async () => (await ask('GET', '/api/me', { headers: { cookie } })).status
    const give = (role: string) =>
      ask('PATCH', `/api/users/${person.id}`, { key: admin, body: { role } })
    await give('manager')
    expect(await opens()).toBe(200)
    await give('client')
    expect(await opens()).toBe(401)
  })

  it('whom the configuration makes an admin stays one', async () => {
    await newUser('client')
    const body = { role: 'client' }
    const response = await ask('PATCH', '/api/users/1001', { key: admin, body })
    expect(response.status).toBe(409)
  })

  it('who never wrote to the bot cannot be given one', async () => {
    const body = { role: 'manager' }
    expect((await ask('PATCH', '/api/users/5', { key: admin, body })).status).toBe(404)
  })
})

describe('a project', () => {
  it('is made, read and changed', async () => {
    const made = await ask('POST', '/api/projects', { key: admin, body: { name: 'Clinic' } })
    const { id } = await read(projectSchema, made)
    const body = { timezone: 'Asia/Almaty', locale: 'en', region: 'KZ' }
    const changed = await ask('PATCH', `/api/projects/${id}`, { key: admin, body })
    expect(await read(projectSchema, changed)).toMatchObject({ id, name: 'Clinic', ...body })
  })

  it.each([
    ['timezone', { timezone: 'Mars/Base' }],
    ['region', { region: 'uzb' }],
    ['adAccountId', { adAccountId: '998' }],
    ['chatId', { chatId: '-100' }],
  ])('is not changed by a wrong %s', async (field, body) => {
    const response = await ask('PATCH', '/api/projects/main', { key: admin, body })
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toContain(field)
  })
})
