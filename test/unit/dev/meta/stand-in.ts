import { z } from 'zod'
import { createMeta, type MetaOptions } from '../../../../dev/meta/meta.ts'

/** A Sunday noon in Tashkent (14:00). */
export const NOW = Date.parse('2026-11-22T09:00:00Z')
export const MINUTE = 60_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

export const APP_ID = '1234567890'
export const APP_SECRET = '0123456789abcdef0123456789abcdef'
export const APP_TOKEN = `${APP_ID}|${APP_SECRET}`
export const CALLBACK = 'https://worker.test/meta/webhook'

export const SCHOOL = '102938475610293'
export const CLINIC = '204817365920471'
export const SCHOOL_FORM = '778812345678901'
export const CLINIC_FORM = '889923456789011'
export const TASHKENT = 'act_998877665544332'
export const LOS_ANGELES = 'act_887766554433221'
export const TOKYO = 'act_776655443322110'
export const CAMPAIGN = '120210000000000101'
export const AD = '120210000000000301'

type Json = Record<string, unknown>
const json = z.record(z.string(), z.unknown())

interface Received {
  body: string
  signature: string | null
}

/** A Meta on a clock of its own, with a callback that remembers and a caller that signs. */
export function standIn(options: Partial<MetaOptions> = {}) {
  let now = NOW
  const received: Received[] = []
  const callback = { status: 200 }
  const receive = async (input: string | URL | Request, init?: RequestInit) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (init?.method !== 'POST') {
      const known = url.searchParams.get('hub.verify_token') === 'verify-me'
      return new Response(url.searchParams.get('hub.challenge'), { status: known ? 200 : 403 })
    }
    const signature = new Headers(init.headers).get('x-hub-signature-256')
    received.push({ body: z.string().parse(init.body), signature })
    return new Response(null, { status: callback.status })
  }
  const meta = createMeta({
    appId: APP_ID,
    appSecret: APP_SECRET,
    verifyToken: 'verify-me',
    now: () => now,
    history: false,
    fetch: receive,
    ...options,
  })
  const send = async (method: string, path: string, params: Params, token?: string) => {
    const query = new URLSearchParams(
      Object.entries(params).map(([name, value]): [string, string] => [
        name,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    )
    if (token !== undefined && !query.has('access_token')) query.set('access_token', token)
    if (token !== undefined && token !== APP_TOKEN) {
      query.set('appsecret_proof', meta.tokens.proof(token))
    }
    const address = path.startsWith('http') ? path : `http://meta.test${versioned(path)}`
    const body = method === 'POST' ? { body: query } : {}
    const url =
      method === 'POST'
        ? address
        : `${address}${address.includes('?') ? '&' : '?'}${query.toString()}`
    const response = await meta.app.request(url, { method, ...body })
    const parsed: unknown = await response.json()
    return {
      status: response.status,
      headers: response.headers,
      body: parsed,
      json: () => json.parse(parsed),
      rows: () => z.object({ data: z.array(json) }).parse(parsed).data,
      next: () =>
        z.object({ paging: z.object({ next: z.string().optional() }) }).parse(parsed).paging.next,
      error: () => errorSchema.parse(parsed).error,
    }
  }
  return {
    meta,
    received,
    callback,
    get: (path: string, params: Params = {}, token?: string) => send('GET', path, params, token),
    post: (path: string, params: Params = {}, token?: string) => send('POST', path, params, token),
    remove: (path: string, params: Params = {}, token?: string) =>
      send('DELETE', path, params, token),
    /** Moves the clock and lets what became due happen. */
    advance: async (ms: number) => {
      now += ms
      meta.tick()
      await meta.idle()
    },
    now: () => now,
  }
}

type Params = Record<string, unknown>

const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    type: z.string(),
    code: z.number(),
    error_subcode: z.number().optional(),
    is_transient: z.boolean(),
    fbtrace_id: z.string(),
  }),
})

/** A stand-in whose person has connected and whose pages tell of their leads. */
export function connected(options: Partial<MetaOptions> = {}) {
  const stand = standIn({ callbackUrl: CALLBACK, ...options })
  const user = stand.meta.tokens.user()
  for (const id of stand.meta.world.pages.keys()) stand.meta.webhooks.subscribePage(id)
  return { ...stand, user: user.value, page: stand.meta.tokens.page(user, SCHOOL).value }
}

/** `actions` of an Insights row by type. */
export function actionsOf(row: Json | undefined): Record<string, string> {
  const actions = z
    .array(z.looseObject({ action_type: z.string(), value: z.string() }))
    .default([])
    .parse(row?.actions)
  return Object.fromEntries(actions.map(({ action_type, value }) => [action_type, value]))
}

function versioned(path: string): string {
  return path.startsWith('/') ? path : `/v26.0/${path}`
}
