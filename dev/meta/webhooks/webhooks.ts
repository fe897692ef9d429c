import { randomInt } from 'node:crypto'
import { z } from 'zod'
import { type Core, secondsNow } from '../core.ts'
import { graphError } from '../graph/errors.ts'
import type { Delivery, Lead, Subscription } from '../state.ts'
import { must } from '../world/world.ts'
import { bodyOf, type Change, changeOf, MAX_UPDATES } from './body.ts'
import { Sender, type SenderOptions } from './sender.ts'

/** How a notification is bent out of its ordinary shape. */
export const sendOptionsSchema = z.object({
  leadIds: z.array(z.string()).default([]),
  ids: z.enum(['strings', 'numbers']).default('strings'),
  /** The whole notification so many times. */
  copies: z.number().int().positive().default(1),
  order: z.enum(['as_given', 'reversed']).default('as_given'),
  /** Values put between the real ones, e.g. `null`, `{}` or `{ "leadgen_id": true }`. */
  malformed: z.array(z.unknown()).default([]),
  signature: z.enum(['right', 'wrong', 'missing']).default('right'),
  /** How many updates share a notification. */
  batch: z.number().int().min(1).max(MAX_UPDATES).default(MAX_UPDATES),
})
/** Which leads to tell about, and how the notification is bent. */
export type SendOptions = z.input<typeof sendOptionsSchema>

const DASHBOARD_ID = '444444444444'

/** The notifications of the app: who gets them, what they say, and how they went. */
export class Webhooks {
  readonly #core: Core
  readonly #sender: Sender
  readonly #fetch: typeof fetch

  constructor(core: Core, options: SenderOptions) {
    this.#core = core
    this.#fetch = options.fetch
    this.#sender = new Sender(core, options)
  }

  get deliveries(): readonly Delivery[] {
    return this.#core.state.deliveries
  }

  /** Tells the callback about leads of subscribed pages; of the others Meta says nothing. */
  announce(leads: readonly Lead[], options: Omit<SendOptions, 'leadIds'> = {}): string[] {
    const { malformed, copies, order, batch, ids, signature } = sendOptionsSchema.parse(options)
    const heard = leads.filter((lead) => this.hears(this.#pageOf(lead)))
    const good = heard.map((lead) => changeOf(lead, this.#pageOf(lead)))
    if (good.length === 0 && malformed.length === 0) return []
    const all = interleave(order === 'reversed' ? good.toReversed() : good, this.#bend(malformed))
    return chunks(all, batch).flatMap((changes) =>
      Array.from({ length: copies }, () => this.#queue(changes, { ids, signature })),
    )
  }

  /** Tells about leads by their ids. */
  send(options: SendOptions): string[] {
    const { leadIds = [], ...rest } = options
    const now = secondsNow(this.#core)
    const leads = leadIds.map((id) => {
      const lead = this.#core.book.get(id, now)
      if (!lead) throw new Error(`There is no lead ${id}`)
      return lead
    })
    return this.announce(leads, rest)
  }

  /** The Test button of the app's dashboard: ids that lead nowhere. */
  ping(): string {
    const value = {
      ad_id: DASHBOARD_ID,
      form_id: DASHBOARD_ID,
      leadgen_id: DASHBOARD_ID,
      created_time: secondsNow(this.#core),
      page_id: DASHBOARD_ID,
      adgroup_id: DASHBOARD_ID,
    }
    return this.#queue([{ pageId: '0', value }], { ids: 'strings', signature: 'right' })
  }

  /** Whether a lead of the page makes a notification. */
  hears(pageId: string): boolean {
    const { subscription, pageSubscriptions } = this.#core.state
    const app = subscription?.fields.includes('leadgen') ?? false
    return app && (pageSubscriptions[pageId]?.includes('leadgen') ?? false)
  }

  /** Subscribes the app as `POST /{app-id}/subscriptions` does, after the handshake. */
  async subscribe(wanted: Subscription): Promise<void> {
    await this.#shakeHands(wanted)
    this.#core.state.subscription = wanted
    this.#core.changed()
    this.tick()
  }

  subscribePage(pageId: string, fields: readonly string[] = ['leadgen']): void {
    must(this.#core.world.pages, pageId)
    this.#core.state.pageSubscriptions[pageId] = [...fields]
    this.#core.changed()
  }

  tick(): void {
    this.#sender.tick()
  }

  isIdle(): boolean {
    return this.#sender.isIdle()
  }

  close(): void {
    this.#sender.close()
  }

  #queue(
    changes: readonly Change[],
    how: Pick<z.output<typeof sendOptionsSchema>, 'ids' | 'signature'>,
  ) {
    const includeValues = this.#core.state.subscription?.includeValues ?? true
    const sentAt = secondsNow(this.#core)
    return this.#sender.queue({
      body: bodyOf(changes, { ids: how.ids, includeValues, sentAt }),
      signature: how.signature,
      leadIds: changes.flatMap(({ value }) => leadId.safeParse(value).data?.leadgen_id ?? []),
    })
  }

  #bend(values: readonly unknown[]): Change[] {
    const [pageId = '0'] = this.#core.world.pages.keys()
    return values.map((value) => ({ pageId, value }))
  }

  #pageOf({ formId }: Lead): string {
    return must(this.#core.world.forms, formId).pageId
  }

  // Meta: the callback must answer 200 with the challenge and nothing else.
  async #shakeHands({ callbackUrl, verifyToken }: Subscription): Promise<void> {
    const challenge = String(randomInt(1_000_000_000, 2_000_000_000))
    const url = new URL(callbackUrl)
    url.searchParams.set('hub.mode', 'subscribe')
    url.searchParams.set('hub.challenge', challenge)
    url.searchParams.set('hub.verify_token', verifyToken)
    const fetch = this.#fetch
    const response = await fetch(url, { redirect: 'manual' }).catch(() => undefined)
    const text = await response?.text()
    if (response?.status === 200 && text === challenge) return
    const problem = `(#2200) Callback verification failed with the following errors: HTTP Status Code = ${response?.status ?? 0}`
    throw graphError(2200, undefined, problem)
  }
}

const leadId = z.object({ leadgen_id: z.string() })

function interleave(good: readonly Change[], bad: readonly Change[]): Change[] {
  const middle = Math.ceil(good.length / 2)
  return [...good.slice(0, middle), ...bad, ...good.slice(middle)]
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  )
}
