import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import {
  CALLBACK,
  CLINIC_FORM,
  connected,
  NOW,
  SCHOOL,
  SCHOOL_FORM,
  standIn,
  TASHKENT,
} from './stand-in.ts'

const closers: (() => void)[] = []
afterEach(() => {
  for (const close of closers.splice(0)) close()
})

type Stand = ReturnType<typeof standIn>

/** The stand-in on a free port below `/meta`, as it is when the product runs on one's own machine. */
async function listen({ meta }: Stand): Promise<string> {
  const app = new Hono().route('/meta', meta.app)
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}/meta`),
    )
    closers.push(() => {
      meta.close()
      server.close()
    })
  })
}

async function command(stand: Stand, name: string, body: unknown = {}) {
  const response = await stand.meta.app.request(`http://meta.test/control/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  const answer: unknown = await response.json()
  return { status: response.status, answer }
}

describe('over HTTP', () => {
  it('is found below its mount, and links to its pages there', async () => {
    const stand = connected({ history: true })
    const root = await listen(stand)
    const query = new URLSearchParams({ limit: '1', access_token: stand.user })
    const proof = `&appsecret_proof=${stand.meta.tokens.proof(stand.user)}`
    const first = await fetch(`${root}/v26.0/${TASHKENT}/campaigns?${query.toString()}${proof}`)
    const shape = z.object({ paging: z.object({ next: z.string() }) })
    const { next } = shape.parse(await first.json()).paging
    expect(next.startsWith(`${root}/v26.0/${TASHKENT}/campaigns?`)).toBe(true)
    expect((await fetch(next + proof)).status).toBe(200)
  })

  it('shows the dialog below its mount', async () => {
    const root = await listen(standIn())
    const redirect = encodeURIComponent('http://127.0.0.1/cb')
    const query = `client_id=1234567890&redirect_uri=${redirect}&auto=1`
    const url = `${root}/v26.0/dialog/oauth?${query}`
    const response = await fetch(url, { redirect: 'manual' })
    expect(response.headers.get('location')).toMatch(/^http:\/\/127\.0\.0\.1\/cb\?code=AQ/)
  })

  it('cuts the connection, and lets a hanging caller give up', async () => {
    const stand = standIn()
    const root = await listen(stand)
    stand.meta.faults.add({ times: 1, kind: { is: 'drop' } })
    await expect(fetch(`${root}/me`)).rejects.toThrow('fetch failed')
    stand.meta.faults.add({ times: 1, kind: { is: 'hang' } })
    const caller = new AbortController()
    const call = fetch(`${root}/me`, { signal: caller.signal })
    await stand.meta.when(() => stand.meta.calls.length === 2)
    caller.abort()
    await expect(call).rejects.toThrow('aborted')
    expect((await fetch(`${root}/me`)).status).toBe(400)
  })
})

describe('the control routes', () => {
  it('send leads, and say how their notification was taken', async () => {
    const stand = connected()
    const { answer } = await command(stand, 'submit-lead', { formId: SCHOOL_FORM, count: 3 })
    expect(answer).toMatchObject({
      leadIds: [expect.any(String), expect.any(String), expect.any(String)],
      deliveries: [{ status: 'accepted', attempts: 1, lastAnswer: '200' }],
    })
    const { leadIds } = z.object({ leadIds: z.array(z.string()) }).parse(answer)
    const again = { leadIds, copies: 2, ids: 'numbers' }
    expect((await command(stand, 'send-webhook', again)).answer).toMatchObject({
      deliveries: [{ status: 'accepted' }, { status: 'accepted' }],
    })
    stand.callback.status = 500
    expect((await command(stand, 'ping')).answer).toMatchObject({
      deliveries: [{ status: 'pending', lastAnswer: '500' }],
    })
  })

  it('say that nothing was sent for a page that is not subscribed', async () => {
    const stand = standIn({ callbackUrl: CALLBACK })
    const { answer } = await command(stand, 'submit-lead', { formId: SCHOOL_FORM })
    expect(answer).toMatchObject({ deliveries: [] })
  })

  it('turn every switch that tests can turn', async () => {
    const stand = connected()
    const id = '998877665544332'
    const switches: [string, unknown][] = [
      ['exchange-mode', { mode: 'refuses' }],
      ['revoke-permission', { scope: 'ads_read' }],
      ['expire-data-access', {}],
      ['lose-role', { pageId: SCHOOL }],
      ['regain-role', { pageId: SCHOOL }],
      ['system-token', { expires: true }],
      ['add-fault', { times: 1, kind: { is: 'html' } }],
      ['clear-faults', {}],
      ['throttle', { code: 4, minutes: 5 }],
      ['clear-throttle', {}],
      ['set-day', { id: '120210000000000101', date: '2026-11-21', numbers: { spend: 5 } }],
      ['restate', { date: '2026-11-21', factor: 2 }],
      ['insights-mode', { fractional: true, maxDays: 7 }],
      ['next-report', { outcome: 'fails' }],
      ['set-account', { id, change: { account_status: 2 } }],
      ['kill-token', { subcode: 460 }],
    ]
    for (const [name, body] of switches) {
      expect([name, (await command(stand, name, body)).status]).toEqual([name, 200])
    }
    const state = await stand.meta.app.request('http://meta.test/control/state')
    const text = await state.text()
    expect(JSON.parse(text)).toMatchObject({
      exchange: { mode: 'refuses' },
      callbackUrl: CALLBACK,
      tokens: expect.arrayContaining([
        expect.objectContaining({ kind: 'user', problem: { code: 190, subcode: 460 } }),
      ]),
    })
    expect(text).not.toContain(stand.user)
  })

  it('refuse what they do not understand', async () => {
    const stand = connected()
    expect((await command(stand, 'explode')).status).toBe(404)
    expect((await command(stand, 'kill-token', { subcode: 'all' })).status).toBe(400)
    expect((await command(stand, 'submit-lead', { formId: '1' })).status).toBe(400)
    expect((await command(stand, 'set-day', { id: '1', date: 'x', numbers: {} })).status).toBe(400)
  })

  it('show the calls and the events', async () => {
    const stand = connected()
    await stand.get('me', {}, stand.user)
    const calls = await stand.meta.app.request('http://meta.test/control/calls')
    expect(await calls.json()).toMatchObject([{ path: 'me', status: 200 }])
    const events = await stand.meta.app.request('http://meta.test/control/events')
    expect(await events.json()).toEqual([])
  })
})

const page = async (path: string) => {
  const stand = standIn({ callbackUrl: CALLBACK })
  const response = await stand.meta.app.request(`http://meta.test${path}`)
  return { status: response.status, text: await response.text() }
}

describe('the pages', () => {
  it('list the forms that can be sent', async () => {
    const { text } = await page('/forms')
    expect(text).toContain(`/forms/${SCHOOL_FORM}`)
    expect(text).not.toContain('778812345678903')
  })

  it('show a form with its questions, its choices and a filled-in contact', async () => {
    const { text } = await page(`/forms/${CLINIC_FORM}`)
    expect(text).toContain('name="бўйин_оғриғи"')
    expect(text).toContain('data-disclaimer="optional_1"')
    expect(text).toMatch(/name="phone_number"\s+value="\+998\d{9}"/)
    expect(text).toContain('href="https://worker.test/meta/connect"')
  })

  it('bring their own styles and scripts, and nothing else', async () => {
    for (const name of ['forms.css', 'form.js', 'panel.js']) {
      expect((await page(`/forms/assets/${name}`)).status).toBe(200)
    }
    expect((await page('/forms/assets/meta.ts')).status).toBe(404)
    expect((await page('/forms/12345')).status).toBe(404)
  })
})

const file = () => join(mkdtempSync(join(tmpdir(), 'meta-')), 'deep', 'meta.json')

describe('the state', () => {
  it('is found again after a restart: tokens, leads, subscriptions, numbers', async () => {
    const statePath = file()
    const before = connected({ statePath, history: true })
    const id = before.meta.leads.submit(SCHOOL_FORM)
    await before.meta.idle()
    const leads = (await before.get(`${SCHOOL_FORM}/leads`, {}, before.user)).rows()
    before.meta.close()

    // Without a history of its own making, a second world would begin a day later with other leads.
    const after = standIn({ statePath, history: true, seed: 99, now: () => NOW + 1000 })
    expect((await after.get(`${SCHOOL_FORM}/leads`, {}, before.user)).rows()).toEqual(leads)
    expect((await after.get(id, {}, before.page)).status).toBe(200)
    expect(after.meta.webhooks.hears(SCHOOL)).toBe(true)
    expect(after.meta.leads.submit(SCHOOL_FORM)).not.toBe(id)
  })

  it('keeps what was not delivered, and delivers it after the restart', async () => {
    const statePath = file()
    const before = connected({ statePath })
    before.callback.status = 500
    before.meta.leads.submit(SCHOOL_FORM)
    await before.meta.idle()
    before.meta.close()
    const after = standIn({ statePath, callbackUrl: CALLBACK, now: () => NOW + 3_600_000 })
    after.meta.tick()
    await after.meta.idle()
    expect(after.received).toHaveLength(1)
    expect(after.meta.webhooks.deliveries).toMatchObject([{ status: 'accepted' }])
  })

  it('is set aside when it cannot be read, and said so', () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    const statePath = join(mkdtempSync(join(tmpdir(), 'meta-')), 'meta.json')
    writeFileSync(statePath, '{"half')
    const stand = standIn({ statePath })
    expect(stand.meta.tokens.all).toEqual([])
    expect(readFileSync(`${statePath}.unreadable`, 'utf8')).toBe('{"half')
    expect(warn).toHaveBeenCalledOnce()
    warn.mockRestore()
  })
})
