import { metaError, type OutgoingCall, type Outside } from './outside.ts'
import { newId } from './updates.ts'

const FAR = Math.floor(Date.now() / 1000) + 60 * 86_400

/** The few answers of Meta's that objects need, with what goes wrong at a word. */
export class FakeMeta {
  readonly userId = String(newId())
  userName = 'Owner'
  readonly pageId = String(newId())
  readonly accountId = String(newId())
  readonly #outside: Outside
  readonly #leads = new Set<string>()
  #dead: { code: number; subcode: number } | null = null
  #held: Promise<void> | null = null
  readonly datasetId = `66554${newId()}`
  /** Leads of which no event is taken, nor anything that comes in one call with it. */
  readonly badLeads = new Set<string>()
  /** Ids of the events that were taken, in order. */
  readonly events: string[] = []
  /** When the token ends, epoch seconds; 0: never. */
  expiresAt = FAR
  /** What an exchange gives. */
  exchange: (() => Response) | null = null

  constructor(outside: Outside) {
    this.#outside = outside
    outside.answer((call) => (call.to === 'meta' ? this.#answer(call) : undefined))
  }

  /** A lead somebody has left; gives its id. */
  newLead(id = `11801${newId()}`): string {
    this.#leads.add(id)
    return id
  }

  /** Meta knows from now on a lead that it did not know. */
  know(id: string): void {
    this.#leads.add(id)
  }

  killToken(code: number, subcode: number): void {
    this.#dead = { code, subcode }
  }

  revive(): void {
    this.#dead = null
  }

  /** Lead reads get no answer until the function returned is called. */
  holdReading(): () => void {
    let release: () => void = () => undefined
    this.#held = new Promise((resolve) => (release = resolve))
    return () => {
      this.#held = null
      release()
    }
  }

  /** Calls of one kind: `batch`, or the end of a path. */
  calls(kind: string): OutgoingCall[] {
    return this.#outside.calls.filter(({ to, name, params }) => {
      return to === 'meta' && (kind === 'batch' ? 'batch' in params : name.endsWith(kind))
    })
  }

  async #answer(call: OutgoingCall): Promise<Response> {
    const path = call.name.replace(/^v26\.0\//, '')
    if (path === 'debug_token') return Response.json({ data: this.#debug() })
    if (path === 'oauth/access_token') return this.exchange?.() ?? tokenReply('token-2')
    if (this.#dead) return metaError(this.#dead.code, this.#dead.subcode)
    switch (path) {
      case 'me':
        return Response.json({ id: this.userId, name: this.userName })
      case 'me/accounts':
        return list([{ id: this.pageId, name: 'Page', access_token: `page-token-${this.pageId}` }])
      case 'me/adaccounts':
        return list([
          {
            id: `act_${this.accountId}`,
            account_id: this.accountId,
            name: 'Account',
            account_status: 1,
            currency: 'USD',
            timezone_name: 'Asia/Tashkent',
          },
        ])
      case `${this.datasetId}/events`:
        return this.take(String(call.params['data']))
      case `${this.userId}/permissions`:
      case `${this.pageId}/subscribed_apps`:
        return Response.json({ success: true })
      case '':
        return this.#batch(String(call.params['batch']))
      default:
        await this.#held
        return this.lead(path)
    }
  }

  /** All events of a call, or none (Meta: conversions-api/using-the-api). */
  take(data: string): Response {
    const events = JSON.parse(data) as {
      event_id: string
      event_time: number
      user_data: { lead_id: string }
    }[]
    const oldest = Date.now() / 1000 - 7 * 86_400
    if (events.length > 1_000 || events.some((one) => one.event_time < oldest)) {
      return metaError(100, 2_804_003)
    }
    if (events.some((one) => this.badLeads.has(one.user_data.lead_id))) {
      return metaError(100, 2_804_008)
    }
    this.events.push(...events.map((one) => one.event_id))
    return Response.json({ events_received: events.length, messages: [], fbtrace_id: 'A' })
  }

  async #batch(batch: string): Promise<Response> {
    await this.#held
    const parts = JSON.parse(batch) as { relative_url: string }[]
    return Response.json(
      await Promise.all(
        parts.map(async ({ relative_url: url }) => {
          const response = this.lead(/\/(\d+)\?/.exec(url)?.[1] ?? '')
          return { code: response.status, body: await response.text() }
        }),
      ),
    )
  }

  /** What is answered to a reading of a lead. */
  lead(id: string): Response {
    if (!this.#leads.has(id)) return metaError(100, 33)
    return Response.json({
      id,
      created_time: '2026-11-22T09:00:00+0000',
      form_id: '77',
      field_data: [
        { name: 'full_name', values: [`Aziza ${id}`] },
        { name: 'phone_number', values: [phoneOf(id)] },
      ],
    })
  }

  #debug() {
    const { code, subcode } = this.#dead ?? {}
    return {
      type: 'USER',
      is_valid: this.#dead === null,
      expires_at: this.expiresAt,
      data_access_expires_at: 0,
      scopes: ['ads_read', 'leads_retrieval'],
      user_id: this.userId,
      ...(this.#dead ? { error: { code, subcode } } : {}),
    }
  }
}

export function tokenReply(token: string): Response {
  return Response.json({ access_token: token, token_type: 'bearer', expires_in: 5_183_944 })
}

function list(data: unknown[]): Response {
  return Response.json({ data, paging: { cursors: { before: 'a', after: 'b' } } })
}

/** Nobody else's: a phone that is known already makes a lead a repeat. */
export function phoneOf(leadgenId: string): string {
  return `+99890${leadgenId.slice(-7)}`
}
