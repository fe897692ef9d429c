import { z } from 'zod'
import type { MetaSettings } from '../../src/settings.ts'
import { type Found, StepError } from './report.ts'

const TIMEOUT_MS = 30_000

/** Meta opened the webhook, and it did not answer as it should (Meta: webhooks). */
const NOT_VERIFIED = 2200
/** The app's id or secret is wrong (Meta: error-reference). */
const APP_WRONG = [1, 101, 104, 190]

const refusal = z.object({ error: z.object({ code: z.number(), message: z.string() }) })
const appSchema = z.object({ id: z.string(), name: z.string() })
const subscriptionsSchema = z.object({
  data: z.array(
    z.object({
      object: z.string(),
      callback_url: z.string(),
      active: z.boolean(),
      fields: z.array(z.object({ name: z.string() })),
    }),
  ),
})

/** Whether Meta knows the app and its secret. */
export async function findApp(meta: MetaSettings): Promise<Found<string>> {
  const { name } = appSchema.parse(await ask(meta, 'GET', meta.appId, { fields: 'id,name' }))
  return { value: name, says: name }
}

/** Asks Meta for leads of the app's pages; it opens the webhook while this runs. */
export async function subscribe(meta: MetaSettings, address: string): Promise<Found<true>> {
  const path = `${meta.appId}/subscriptions`
  const callback = `${address}/meta/webhook`
  await ask(meta, 'POST', path, {
    object: 'page',
    callback_url: callback,
    verify_token: meta.verifyToken,
    fields: 'leadgen',
    include_values: 'true',
  })
  const { data } = subscriptionsSchema.parse(await ask(meta, 'GET', path))
  const taken = data.find(({ object }) => object === 'page')
  const isLeads = taken?.fields.some(({ name }) => name === 'leadgen') ?? false
  if (!taken?.active || taken.callback_url !== callback || !isLeads) {
    throw new StepError(
      `Meta sends leads to ${taken?.callback_url ?? 'nowhere'}`,
      'Does something else use this app? It has one webhook: it needs an app of its own',
    )
  }
  return {
    value: true,
    says: `${callback}. For /connect allow ${address}/meta/callback as an OAuth redirect in the app`,
  }
}

async function ask(
  meta: MetaSettings,
  method: 'GET' | 'POST',
  path: string,
  params: Record<string, string> = {},
): Promise<unknown> {
  const url = new URL(`${meta.graphRoot}/${meta.version}/${path}`)
  const form = new URLSearchParams(params)
  if (method === 'GET') url.search = form.toString()
  const response = await fetch(url, {
    method,
    headers: { authorization: `Bearer ${meta.appId}|${meta.appSecret}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(method === 'POST' ? { body: form } : {}),
  }).catch(() => null)
  if (!response) throw new StepError('Meta does not answer', 'Is this machine online? Try again')
  const body: unknown = await response.json().catch(() => null)
  if (response.ok) return body
  throw refused(response.status, body)
}

function refused(status: number, body: unknown): StepError {
  const read = refusal.safeParse(body)
  if (!read.success) return new StepError(`Meta answers ${status}`, 'Try again later')
  const { code, message } = read.data.error
  return new StepError(`Meta refuses: ${message}`, adviceFor(code))
}

function adviceFor(code: number): string {
  if (code === NOT_VERIFIED) return 'Meta opens the webhook itself: it must be reachable by https'
  if (!APP_WRONG.includes(code)) return `Meta's reference of errors tells of code ${code}`
  return 'Look up META_APP_ID and META_APP_SECRET: developers.facebook.com → your app → Basic'
}
