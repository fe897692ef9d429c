import { env, exports } from 'cloudflare:workers'
import { createMeta } from '../../../dev/meta/meta.ts'
import { chance, choose } from '../../../dev/meta/random.ts'
import type { Fault } from '../../../dev/meta/graph/faults.ts'
import type { ThrottleOrder } from '../../../dev/meta/graph/usage.ts'
import { pageOf } from '../../../src/stubs.ts'
import { TEST_SETTINGS } from '../../settings.ts'
import { Outside } from '../outside.ts'
import type { VirtualClock } from './virtual-clock.ts'
import { ORIGIN } from '../worker.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** How Meta says that a score is used up; throttles that are ordered never bear this subcode. */
const SCORE_USED_UP = { code: 17, subcode: 2446079 }

/** One campaign on one day, as its numbers are compared. */
export type DayRow = Record<
  'spendMicros' | 'impressions' | 'clicks' | 'leads' | 'formLeads' | 'messages' | 'purchases',
  number
>

/**
 * The stand-in of Meta in the place of the network: it answers the Graph calls of the Worker, counts
 * their score, and tells of leads by webhooks that are lost, repeated, late and out of order. All of
 * that follows from the seed.
 */
export class LivingMeta extends Outside {
  readonly meta: ReturnType<typeof createMeta>
  /** The most points that an ad account's score ever stood at. */
  highestScore = 0
  /** How often a call was refused because the score was used up. */
  scoreRefusals = 0
  graphCalls = 0
  readonly fates = { lost: 0, delivered: 0, failed: 0 }
  readonly #seed: number
  readonly #clock: VirtualClock

  constructor(seed: number, clock: VirtualClock) {
    super()
    this.#seed = seed
    this.#clock = clock
    this.meta = createMeta({
      appId: TEST_SETTINGS.META_APP_ID,
      appSecret: TEST_SETTINGS.META_APP_SECRET,
      verifyToken: TEST_SETTINGS.META_VERIFY_TOKEN,
      callbackUrl: `${ORIGIN}/meta/webhook`,
      seed,
      accessTier: 'limited',
      fetch: async (input, init) => this.#carry(new Request(input, init)),
    })
  }

  override async take(request: Request): Promise<Response> {
    if (!request.url.startsWith(TEST_SETTINGS.META_GRAPH_ROOT)) return super.take(request)
    this.graphCalls += 1
    const response = await this.meta.app.fetch(request)
    for (const id of this.meta.world.accounts.keys()) {
      this.highestScore = Math.max(this.highestScore, this.meta.scoreOf(id))
    }
    const { code, subcode } = this.meta.calls.at(-1) ?? {}
    if (code === SCORE_USED_UP.code && subcode === SCORE_USED_UP.subcode) this.scoreRefusals += 1
    return response
  }

  /** Somebody sends a form, of an ad that runs, or of the page itself. */
  leave(formId: string, luck: string): string {
    const { ads, campaigns, accounts } = this.meta.world
    const running = [...ads.values()].filter(
      (ad) => ad.formId === formId && !campaigns.get(ad.campaignId)?.ended,
    )
    const [first, ...rest] = running
    if (!first || chance(this.#seed, luck, 'organic') < 0.1) {
      return this.meta.leads.submit(formId, { adId: null })
    }
    const ad = choose([first, ...rest], this.#seed, luck, 'ad')
    // Meta counts a lead on the day that its ad was seen.
    const daysAgo = Math.floor(chance(this.#seed, luck, 'seen') ** 3 * 4)
    const timezone = accounts.get(ad.accountId)?.timezone ?? 'UTC'
    const seen = new Date(Date.now() - daysAgo * 24 * HOUR)
    const impressionDate = seen.toLocaleDateString('sv', { timeZone: timezone })
    return this.meta.leads.submit(formId, { adId: ad.id, impressionDate })
  }

  /** Something is the matter with Meta for some minutes. */
  suffer(trouble: Trouble, minutes: number): void {
    const { usage, faults } = this.meta
    const end = 'code' in trouble ? usage.throttle({ ...trouble, minutes }) : faults.add(trouble)
    this.#clock.at(Date.now() + minutes * MINUTE, end)
  }

  /** Every lead that Meta has of the pages' forms, by id, with when it was left (epoch seconds). */
  async leads(): Promise<Map<string, number>> {
    const all = new Map<string, number>()
    const user = this.meta.tokens.user()
    for (const { id, pageId } of this.meta.world.forms.values()) {
      const { value } = this.meta.tokens.page(user, pageId)
      const { data } = await this.#ask(value, `${id}/leads`, {
        limit: '5000',
        fields: 'id,created_time',
      })
      for (const lead of data as { id: string; created_time: string }[]) {
        all.set(lead.id, Date.parse(lead.created_time) / 1000)
      }
    }
    return all
  }

  /** What Meta says of the days of an ad account, by day and campaign. */
  async insights(accountId: string, from: string, to: string): Promise<Map<string, DayRow>> {
    this.meta.insights.mode({ maxLimit: null })
    const { data } = await this.#ask(this.meta.tokens.user().value, `act_${accountId}/insights`, {
      level: 'campaign',
      time_increment: '1',
      time_range: JSON.stringify({ since: from, until: to }),
      fields: 'campaign_id,spend,impressions,clicks,actions',
      filtering: JSON.stringify([
        {
          field: 'campaign.effective_status',
          operator: 'IN',
          value: ['ACTIVE', 'PAUSED', 'ARCHIVED', 'DELETED', 'IN_PROCESS', 'WITH_ISSUES'],
        },
      ]),
      limit: '5000',
    })
    return new Map(
      (data as MetaRow[]).map((row) => [`${row.date_start} ${row.campaign_id}`, rowOf(row)]),
    )
  }

  async #ask(
    token: string,
    path: string,
    params: Record<string, string>,
  ): Promise<{ data: unknown[] }> {
    const query = new URLSearchParams(params)
    query.set('appsecret_proof', this.meta.tokens.proof(token))
    const headers = { authorization: `Bearer ${token}` }
    const response = await this.meta.app.request(`/v26.0/${path}?${query.toString()}`, { headers })
    const body: unknown = await response.json()
    if (!response.ok) throw new Error(`the stand-in refused: ${JSON.stringify(body)}`)
    return body as { data: unknown[] }
  }

  /** What becomes of a notification on its way, by its words. */
  async #carry(request: Request): Promise<Response> {
    const body = await request.text()
    const luck = (what: string) => chance(this.#seed, body, what)
    const fate = luck('fate')
    if (fate < 0.3) this.fates.lost += 1
    if (fate < 0.3) return new Response()
    // The Worker was not reached: Meta tries again by itself.
    if (fate < 0.35 && !this.#refused.has(body)) {
      this.#refused.add(body)
      this.fates.failed += 1
      throw new TypeError('nobody was there')
    }
    const copies = luck('copies') < 0.8 ? 1 : 2 + Math.floor(luck('more') * 3)
    for (let copy = 0; copy < copies; copy++) {
      const delay = delayOf(luck(`speed ${copy}`), luck(`delay ${copy}`))
      const { url, headers } = request
      this.#clock.at(Date.now() + delay, () =>
        this.#deliver(new Request(url, { method: 'POST', headers, body })),
      )
    }
    return new Response()
  }

  readonly #refused = new Set<string>()

  async #deliver(request: Request): Promise<void> {
    const response = await exports.default.fetch(request)
    if (!response.ok) throw new Error(`the Worker answered a webhook with ${response.status}`)
    this.fates.delivered += 1
    // It would go to work by itself within a second of the real clock.
    await Promise.all([...this.meta.world.pages.keys()].map((id) => pageOf(env, id).kick()))
  }
}

/** A fault of Meta's, or a limit of it. */
export type Trouble = Omit<ThrottleOrder, 'minutes'> | Fault

/** Most come at once, some within the hour, some on the next day. */
function delayOf(speed: number, how: number): number {
  if (speed < 0.6) return how * 20_000
  return speed < 0.9 ? how * HOUR : how * 30 * HOUR
}

interface MetaRow {
  date_start: string
  campaign_id: string
  spend: string
  impressions: string
  clicks?: string
  actions?: { action_type: string; value: string }[]
}

function rowOf({ spend, impressions, clicks, actions = [] }: MetaRow): DayRow {
  const count = (type: string) =>
    Number(actions.find(({ action_type }) => action_type === type)?.value ?? 0)
  return {
    spendMicros: Math.round(Number(spend) * 1e6),
    impressions: Number(impressions),
    clicks: Number(clicks ?? 0),
    leads: count('lead'),
    formLeads: count('leadgen_grouped'),
    messages: count('onsite_conversion.messaging_conversation_started_7d'),
    purchases: count('omni_purchase'),
  }
}
