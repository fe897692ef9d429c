import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { findUser } from '../../../src/store/users.ts'
import { beginAnew } from '../chats.ts'
import { Client } from '../client.ts'
import { Outside } from '../outside.ts'
import { ask, cookieOf } from '../worker.ts'

let outside: Outside
let admin: Client

beforeEach(async () => {
  outside = new Outside()
  await beginAnew()
  admin = await Client.as('admin', outside)
})

const labels = (client: Client) => client.last().buttons.map(({ text }) => text)

describe('an invitation', () => {
  it.each([
    ['from the panel', ['/admin'], ['Приглашения', 'Менеджера']],
    ['by /invite', ['/invite'], ['Менеджера']],
  ])('made %s leads back to the others', async (_, said, pressed) => {
    await admin.sayAll(...said)
    for (const label of pressed) await admin.press(label)
    expect(admin.last().text).toContain('?start=inv_')
    expect(labels(admin)).toEqual(['⬅️ Назад'])
    await admin.press('Назад')
    expect(admin.last().text).toContain('Приглашения')
    await admin.press('Назад')
    expect(admin.last().text).toContain('Панель администратора')
  })
})

describe('a role', () => {
  const roleOf = async ({ id }: Client) => (await findUser(env.DB, id))?.role
  const show = async (person: Client) =>
    admin.pressData(admin.last().id, `v1:admin:person--${person.id}`)

  it.each([
    ['client', 'Менеджер', 'брать и закрывать заявки', 'manager'],
    ['manager', 'Администратор', 'Сможет всё', 'admin'],
    ['manager', 'Клиент', 'только свои заявки', 'client'],
  ] as const)(
    'of a %s is changed once the admin has read what it means: %s',
    async (role, ...to) => {
      const [label, meaning, after] = to
      const person = await Client.as(role, outside, 'Nodir <b>')
      await admin.say('/admin')
      await show(person)
      await admin.press(`→ ${label}`)
      expect(admin.last().text).toContain('Nodir &lt;b&gt;')
      expect(admin.last().text).toContain(meaning)
      expect(await roleOf(person)).toBe(role)
      await admin.press('Назад')
      expect(labels(admin)).toContain(`→ ${label}`)
      await admin.press(`→ ${label}`)
      await admin.press('Да, поменять')
      expect(await roleOf(person)).toBe(after)
      expect(admin.last().text).toContain(label)
    },
  )

  it('holds at once for whoever is signed in with it, and for who watches the feed', async () => {
    const person = await Client.as('manager', outside)
    const cookie = await cookieOf(person.person)
    const live = await ask('GET', '/api/live', {
      headers: { cookie, upgrade: 'websocket', 'sec-fetch-site': 'same-origin' },
    })
    const socket = live.webSocket
    const closed = new Promise<number>((resolve) => {
      socket?.addEventListener('close', ({ code }) => resolve(code))
    })
    socket?.accept()
    await admin.say('/admin')
    await admin.pressData(admin.last().id, `v1:admin:give-client-${person.id}`)
    expect((await ask('GET', '/api/me', { headers: { cookie } })).status).toBe(401)
    expect(await closed).toBe(1008)
  })

  it('that an invitation brings is asked for at the portal anew', async () => {
    const person = await Client.as('client', outside)
    const cookie = await cookieOf(person.person)
    const status = async () => (await ask('GET', '/api/me', { headers: { cookie } })).status
    for (const [role, expected] of [
      ['client', 200],
      ['manager', 401],
    ] as const) {
      await admin.say('/invite')
      await admin.pressData(admin.last().id, `v1:invite:${role}-main`)
      await person.say(`/start ${/inv_\w+/.exec(admin.last().text)?.[0]}`)
      expect(await status()).toBe(expected)
    }
  })

  it('that somebody has meanwhile is not asked about', async () => {
    const person = await Client.as('manager', outside)
    await admin.say('/admin')
    await admin.pressData(admin.last().id, `v1:admin:role-manager-${person.id}`)
    expect(labels(admin)).toContain('→ Клиент')
  })
})
