import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A Telegram and a Meta that answer at once and keep nothing: what is measured is the Worker. */
export interface BareServers {
  url: string
  /** Cards sent so far. */
  sent(): number
  /** The last message's text. */
  lastText(): string
  /** Leads by the message that is their card. */
  cards: Map<number, string>
  /** How long Telegram takes for a call from now on, ms. */
  takesMs(ms: number): void
  /** Resolves when Telegram has answered the next call of a method. */
  answered(method: 'sendMessage' | 'editMessageText'): Promise<void>
  /** Meta has an ad account with so many campaigns from now on, each with a row for every day. */
  hasCampaigns(count: number): void
  /** Pages of insights read so far. */
  insightPages(): number
  /** Meta has so many leads of the page's form from now on, of the last hour. */
  leavesLeads(count: number): void
  /** Pages of lists of leads read so far. */
  leadPages(): number
  /** Resolves when so many cards were sent. */
  reached(sent: number): Promise<void>
  close(): void
}

/** The page that is connected, and its form. */
export const PAGE_ID = '102938475610293'
const FORM_ID = '778812345678901'

export async function startBareServers(): Promise<BareServers> {
  let sent = 0
  let lastText = ''
  let waiting: { count: number; resolve: () => void } | null = null
  let pauseMs = 0
  let campaigns = 0
  let insightPages = 0
  let leads = 0
  let leadPages = 0
  const cards = new Map<number, string>()
  const listeners = new Map<string, () => void>()
  const server: Server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://bare')
    const isTelegram = pathname.startsWith('/telegram/')
    const reply = isTelegram
      ? telegram(pathname, body)
      : (ofAdAccount(pathname, searchParams) ??
        ofForms(pathname, searchParams) ??
        meta(pathname, body))
    if (!isTelegram) response.setHeader('x-ad-account-usage', TRUSTED)
    if (isTelegram && pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs))
    response.setHeader('content-type', 'application/json').end(JSON.stringify(reply))
    const method = pathname.split('/').at(-1) ?? ''
    listeners.get(method)?.()
    listeners.delete(method)
  }

  function telegram(path: string, body: string): unknown {
    const params = JSON.parse(body || '{}')
    if (path.endsWith('/answerCallbackQuery')) return { ok: true, result: true }
    const chat = { id: Number(params.chat_id), type: 'supergroup' }
    if (path.endsWith('/sendMessage')) {
      sent += 1
      lastText = params.text
      const leadId = /"v1:take:([\w-]+)"/.exec(body)?.[1]
      if (leadId !== undefined) cards.set(sent, leadId)
      if (waiting && sent >= waiting.count) waiting.resolve()
    }
    return { ok: true, result: { message_id: params.message_id ?? sent, date: 0, chat } }
  }

  function ofAdAccount(path: string, query: URLSearchParams): unknown {
    if (campaigns === 0) return undefined
    if (path.endsWith('/adaccounts')) return { data: [AD_ACCOUNT] }
    if (!path.endsWith('/insights')) return undefined
    insightPages += 1
    return insights(campaigns, query)
  }

  function ofForms(path: string, query: URLSearchParams): unknown {
    if (path.endsWith('/leadgen_forms')) {
      return { data: [{ id: FORM_ID, name: 'Form', status: 'ACTIVE', leads_count: leads }] }
    }
    if (!path.endsWith(`/${FORM_ID}/leads`)) return undefined
    // Who checks whether leads can be read asks for one.
    if (query.get('limit') === '100') leadPages += 1
    return listedLeads(leads, query)
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sent: () => sent,
    lastText: () => lastText,
    cards,
    hasCampaigns: (count) => (campaigns = count),
    insightPages: () => insightPages,
    leavesLeads: (count) => (leads = count),
    leadPages: () => leadPages,
    takesMs: (ms) => (pauseMs = ms),
    answered: (method) => new Promise((resolve) => listeners.set(method, resolve)),
    reached: (count) =>
      new Promise((resolve) => {
        if (sent >= count) resolve()
        else waiting = { count, resolve }
      }),
    close: () => server.close(),
  }
}

/** The ad account of `hasCampaigns`. */
export const AD_ACCOUNT = {
  id: 'act_900',
  account_id: '900',
  name: 'Bench',
  account_status: 1,
  currency: 'USD',
  timezone_name: 'Asia/Tashkent',
}

/** An app that Meta trusts fully may ask as much as the bench does. */
const TRUSTED = JSON.stringify({ acc_id_util_pct: 0, ads_api_access_tier: 'standard_access' })

function insights(campaigns: number, query: URLSearchParams): unknown {
  const { since, until } = JSON.parse(query.get('time_range') ?? '{}')
  const days = (Date.parse(until) - Date.parse(since)) / 86_400_000 + 1
  const from = Number(query.get('after') ?? 0)
  const to = Math.min(from + Number(query.get('limit') ?? 25), days * campaigns)
  const data = Array.from({ length: to - from }, (_, n) => {
    const day = Math.floor((from + n) / campaigns)
    const campaign = (from + n) % campaigns
    const date = new Date(Date.parse(since) + day * 86_400_000).toISOString().slice(0, 10)
    return {
      date_start: date,
      campaign_id: String(120_000 + campaign),
      campaign_name: `Campaign ${campaign}`,
      account_currency: AD_ACCOUNT.currency,
      spend: `${campaign}.25`,
      impressions: String(1_000 + campaign),
      clicks: String(campaign),
      actions: [
        { action_type: 'lead', value: String(campaign % 7) },
        { action_type: 'onsite_conversion.lead_grouped', value: String(campaign % 7) },
        { action_type: 'link_click', value: String(campaign) },
      ],
    }
  })
  const next = to < days * campaigns ? { next: 'http://bare/next' } : {}
  return { data, paging: { cursors: { after: String(to) }, ...next } }
}

/** Of Meta's own list: newest first, so many at a time. */
function listedLeads(count: number, query: URLSearchParams): unknown {
  const from = Number(query.get('after') ?? 0)
  const to = Math.min(from + Number(query.get('limit') ?? 25), count)
  const created = new Date(Date.now() - 3_600_000).toISOString().replace(/\.\d+Z$/, '+0000')
  const data = Array.from({ length: to - from }, (_, n) => ({
    ...lead(String(FIRST_LISTED + BigInt(from + n))),
    ad_id: '120210000000000301',
    created_time: created,
  }))
  const next = to < count ? { next: 'http://bare/next' } : {}
  return { data, paging: { cursors: { after: String(to) }, ...next } }
}

/** Far from the ids that webhooks tell of. */
const FIRST_LISTED = 2_580_000_000_000_000n

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) body += String(chunk)
  return body
}

function meta(path: string, body: string): unknown {
  const name = path.split('/').at(-1) ?? ''
  const later = Math.floor(Date.now() / 1000) + 5_184_000
  switch (name) {
    case 'access_token':
      return { access_token: 'EAAGbenchtoken' }
    case 'debug_token':
      return { data: { type: 'USER', is_valid: true, expires_at: later, scopes: [] } }
    case 'me':
      return { id: '555', name: 'Owner' }
    case 'accounts':
      return { data: [{ id: PAGE_ID, name: 'Page', access_token: 'EAAGbenchpage' }] }
    case 'adaccounts':
    case 'insights':
      return { data: [] }
    case 'subscribed_apps':
      return { success: true }
    case '':
    case 'meta':
      return batch(body)
    default:
      return lead(name)
  }
}

function batch(body: string): unknown {
  const parts: { relative_url: string }[] = JSON.parse(
    new URLSearchParams(body).get('batch') ?? '[]',
  )
  return parts.map(({ relative_url: url }) => {
    const id = /\/(\d+)\?/.exec(url)?.[1] ?? ''
    return { code: 200, body: JSON.stringify(lead(id)) }
  })
}

function lead(id: string) {
  return {
    id,
    created_time: '2026-11-22T09:19:56+0000',
    form_id: FORM_ID,
    field_data: [
      { name: 'full_name', values: [`Aziza ${id}`] },
      // Of one person each: all of the same would be repeats of one another.
      { name: 'phone_number', values: [`+99890${id.slice(-7)}`] },
    ],
  }
}
