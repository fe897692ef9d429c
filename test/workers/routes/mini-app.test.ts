import { createHmac } from 'node:crypto'
import { env } from 'cloudflare:workers'
import { beforeEach, describe, expect, it } from 'vitest'
import { findUser } from '../../../src/store/users.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { openOutside } from '../outside.ts'
import { newUser } from '../updates.ts'
import { ask, errorOf } from '../worker.ts'

beforeEach(() => {
  openOutside()
})

const NOW_S = () => Math.floor(Date.now() / 1000)

/** What Telegram opens a Mini App with, as its documentation says it is signed. */
function initDataOf(
  fields: Record<string, string>,
  token: string = TEST_SETTINGS.TELEGRAM_BOT_TOKEN,
) {
  const check = Object.entries(fields)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join('\n')
  const secret = createHmac('sha256', 'WebAppData').update(token).digest()
  const hash = createHmac('sha256', secret).update(check).digest('hex')
  return new URLSearchParams({ ...fields, hash }).toString()
}

function fieldsOf(id: number, more: Record<string, string> = {}): Record<string, string> {
  const user = JSON.stringify({ id, first_name: 'Азиза & <b>', language_code: 'uz' })
  return { user, auth_date: String(NOW_S()), signature: 'AAAA', query_id: 'q', ...more }
}

async function enter(initData: string): Promise<Response> {
  return ask('POST', '/portal/enter', {
    body: new URLSearchParams({ initData }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
}

describe('the portal as a Mini App', () => {
  it('is opened by what Telegram has signed, with the role of the person', async () => {
    const manager = await newUser('manager')
    const response = await enter(initDataOf(fieldsOf(manager.id)))
    expect(response.status).toBe(204)
    const cookie = response.headers.get('set-cookie') ?? ''
    for (const part of ['__Host-', 'HttpOnly', 'Secure', 'SameSite=None', 'Partitioned']) {
      expect(cookie).toContain(part)
    }
    const me = await ask('GET', '/api/me', { headers: { cookie: cookie.split(';')[0] ?? '' } })
    expect(await me.json()).toMatchObject({ id: String(manager.id), role: 'manager' })
  })

  it('writes down a stranger as a client who speaks their language', async () => {
    const id = NOW_S()
    expect((await enter(initDataOf(fieldsOf(id)))).status).toBe(204)
    expect(await findUser(env.DB, String(id))).toMatchObject({ role: 'client', locale: 'uz' })
  })

  it.each([
    ['signed by another bot', () => initDataOf(fieldsOf(5), '1:other')],
    ['old', () => initDataOf(fieldsOf(5, { auth_date: String(NOW_S() - 3_600) }))],
    ['of the future', () => initDataOf(fieldsOf(5, { auth_date: String(NOW_S() + 3_600) }))],
    ['without a time', () => initDataOf(fieldsOf(5, { auth_date: '' }))],
    ['of nobody', () => initDataOf(fieldsOf(5, { user: '{}' }))],
    ['no JSON', () => initDataOf(fieldsOf(5, { user: '{' }))],
    ['changed', () => initDataOf(fieldsOf(5)).replace('%22id%22%3A5', '%22id%22%3A1001')],
    ['doubled', () => `${initDataOf(fieldsOf(5))}&user=${encodeURIComponent('{"id":1001}')}`],
    ['empty', () => ''],
  ])('is not opened by initData that is %s', async (_, initData) => {
    const response = await enter(initData())
    expect(response.status).toBe(401)
    expect(response.headers.get('set-cookie')).toBeNull()
    expect((await errorOf(response)).message).toContain('initData')
  })

  it('takes no more than Telegram sends', async () => {
    expect((await enter('x'.repeat(20_000))).status).toBe(413)
  })
})
