import { DurableObject } from 'cloudflare:workers'
import type { LeadDetails } from '../../src/lead.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { detailsOf } from '../../src/meta/lead-details.ts'
import type { Notification, PageNews } from '../../src/meta/notifications.ts'
import type { MetaLead } from '../../src/meta/replies.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { FIRST_PROJECT_ID, placeOf, recentProject } from '../../src/store/projects.ts'
import { connectionOf, leadIdOf, leadOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import type { LeadReading } from '../connection/read.ts'
import { PageTables } from './sql.ts'

/** A lead that was found or told of; found ones bring their details along. */
type Arrival = Notification & { details?: LeadDetails }

/** What one page of Meta's list of leads came to. */
export interface Reconciled {
  found: number
  missing: number
  /** Where the next page begins; `null` when this was the last. */
  after: string | null
}

/** So many leads are made, and read, at a time. */
const CHUNK = 50

/** Meta may know a lead some moments after it told of it; after so many tries it never will. */
const MAX_TRIES_OF_ONE = 6

/** Without anybody to ask, we look again this often, although connecting wakes us at once. */
const ASK_AGAIN_MS = 10 * 60_000

/** One Facebook page: takes every notification in one write, and makes leads of them at its pace. */
export class Page extends DurableObject<Env> {
  readonly #tables: PageTables
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new PageTables(ctx.storage.sql)
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: {
        set: (at) => void ctx.storage.setAlarm(at),
        clear: () => void ctx.storage.deleteAlarm(),
      },
      owner: { object: 'page', name: this.#id },
      db: env.DB,
      deliver: (rows) => this.#deliver(rows),
      together: { arrivals: 20, read: 10 },
    })
    this.#tables.create()
    this.#outbox.createTable()
    this.#outbox.recover()
  }

  /** Keeps a webhook's news; when this returns, they are never lost. */
  async receive(news: PageNews): Promise<void> {
    this.#owe([
      ...(news.leads.length > 0 ? [arrivalsRow(news.leads)] : []),
      ...news.malformed.map((entry) => ({ key: 'malformed', kind: 'malformed', body: entry })),
    ])
  }

  /** From now on this connection is asked about the page; what waited for one goes on. */
  async serve({ connectionId, name }: { connectionId: string; name: string }): Promise<void> {
    const state = this.#tables.state()
    const projectId = state.projectId ?? FIRST_PROJECT_ID
    this.ctx.storage.transactionSync(() => {
      this.#tables.saveState({ connectionId, name, projectId })
      this.#outbox.hasten('read')
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** The ids of the page's forms that people can fill in. */
  async listForms(): Promise<MetaAnswer<string[]>> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) return NOBODY
    const forms = await connectionOf(this.env, connectionId).listForms(this.#id)
    if (!forms.ok) return forms
    return { ok: true, value: forms.value.filter(isActive).map(({ id }) => id) }
  }

  /**
   * Reads one page of what Meta has of a form since a time (epoch seconds), and keeps what is missing
   * here. `after`: where the next page begins.
   */
  async reconcile(query: {
    formId: string
    since: number
    after: string | null
  }): Promise<MetaAnswer<Reconciled>> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) return NOBODY
    const list = await connectionOf(this.env, connectionId).listLeads({
      ...query,
      pageId: this.#id,
    })
    if (!list.ok) return list
    const { items, after } = list.value
    const held = this.#tables.held(items.map(({ id }) => id))
    const region = await this.#region()
    const missing = items.filter(({ id }) => !held.has(id))
    const arrivals = missing.map((lead) => arrivalOf(lead, query.formId, region))
    if (arrivals.length > 0) this.#owe([arrivalsRow(arrivals)])
    return { ok: true, value: { found: items.length, missing: missing.length, after } }
  }

  /** How far a form was read, epoch seconds; 0 when it never was. */
  async readTo(formId: string): Promise<number> {
    return this.#tables.readTo(formId)
  }

  /** The form is read to this time, and everything found is kept. */
  async setReadTo(formId: string, seconds: number): Promise<void> {
    this.#tables.saveReadTo(formId, seconds)
  }

  /** Tries again what was parked under this number. */
  async retryParked(seq: number): Promise<boolean> {
    const isFound = this.#outbox.retry(seq)
    this.ctx.waitUntil(this.#outbox.ring())
    return isFound
  }

  async owed(): Promise<OutboxCounts> {
    return this.#outbox.counts()
  }

  override async alarm(): Promise<void> {
    await this.#outbox.wake()
  }

  get #id(): string {
    return this.ctx.id.name ?? ''
  }

  #owe(rows: NewRow[]): void {
    this.ctx.storage.transactionSync(() => this.#outbox.add(rows))
    this.ctx.waitUntil(this.#outbox.ring())
  }

  async #deliver(rows: OutboxRow[]): Promise<Delivery> {
    const bodies = rows.map((row) => JSON.parse(row.body))
    switch (rows[0]?.kind) {
      case 'arrivals':
        return this.#makeLeads(bodies.flat())
      case 'read':
        return this.#readLeads(bodies.flat())
      case 'readOne':
        return this.#readOne(bodies[0], rows[0].attempts)
      case 'malformed':
        return { result: 'refused', reason: bodies[0].reason }
      default:
        throw new Error(`nothing is known of rows of kind ${rows[0]?.kind}`)
    }
  }

  /** Makes the leads that are not made yet; their details are read while the next are made. */
  async #makeLeads(arrivals: Arrival[]): Promise<Delivery> {
    const known = this.#tables.held(arrivals.map(({ leadgenId }) => leadgenId))
    const fresh = arrivals.filter(({ leadgenId }) => {
      const isFresh = !known.has(leadgenId)
      known.add(leadgenId)
      return isFresh
    })
    const projectId = this.#tables.state().projectId ?? FIRST_PROJECT_ID
    for (let start = 0; start < fresh.length; start += CHUNK) {
      const chunk = fresh.slice(start, start + CHUNK)
      await Promise.all(chunk.map((arrival) => this.#makeLead(arrival, projectId)))
      this.#hold(chunk)
    }
    return { result: 'done' }
  }

  async #makeLead({ leadgenId, formId, adId, createdAt, details }: Arrival, projectId: string) {
    const id = leadIdOf('facebook', leadgenId)
    await leadOf(this.env, id).carryOut({
      id,
      type: 'receive',
      lead: {
        projectId,
        source: 'facebook',
        sourceRef: leadgenId,
        formId,
        adId,
        ...(details ?? { details: 'pending' }),
        ...(createdAt === null ? {} : { createdAt }),
      },
      by: null,
    })
  }

  #hold(chunk: Arrival[]): void {
    const toRead = chunk.filter(({ details }) => !details).map(({ leadgenId }) => leadgenId)
    this.ctx.storage.transactionSync(() => {
      for (const arrival of chunk) {
        this.#tables.hold({ ...arrival, isRead: arrival.details !== undefined })
      }
      if (toRead.length > 0) this.#outbox.add([{ key: 'read', kind: 'read', body: toRead }])
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  async #readLeads(ids: string[]): Promise<Delivery> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) return waitFor('NO_CONNECTION')
    const failed: string[] = []
    for (let start = 0; start < ids.length; start += CHUNK) {
      const chunk = ids.slice(start, start + CHUNK)
      const answer = await connectionOf(this.env, connectionId).readLeads(this.#id, chunk)
      if (!answer.ok && answer.kind !== 'ours') return deliveryOf(answer)
      if (!answer.ok) {
        // Whichever of them makes Meta refuse the call, it shall not hold up the others.
        failed.push(...chunk)
        continue
      }
      await this.#fillIn(answer.value)
      failed.push(...answer.value.filter((reading) => !reading.ok).map(({ id }) => id))
    }
    const commit = () => this.#outbox.add(failed.map(readOneRow))
    return { result: 'done', commit }
  }

  /** Reads a lead that could not be read with the others. */
  async #readOne(id: string, attempts: number): Promise<Delivery> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) return waitFor('NO_CONNECTION')
    const answer = await connectionOf(this.env, connectionId).readLeads(this.#id, [id])
    if (!answer.ok && answer.kind !== 'ours') return deliveryOf(answer)
    if (answer.ok) await this.#fillIn(answer.value)
    const reading = answer.ok ? answer.value[0] : answer
    if (!reading || reading.ok) return { result: 'done' }
    if (attempts + 1 < MAX_TRIES_OF_ONE) return { result: 'unreachable', reason: reading.code }
    await this.#enrich(id, { details: 'unavailable' })
    return { result: 'refused', reason: `LEAD_UNREADABLE: ${reading.code}` }
  }

  async #fillIn(readings: LeadReading[]): Promise<void> {
    const region = await this.#region()
    const read = readings.filter((reading) => reading.ok)
    await Promise.all(read.map(({ id, lead }) => this.#enrich(id, detailsOf(lead, region))))
    this.#tables.markRead(read.map(({ id }) => id))
  }

  async #region(): Promise<string> {
    const project = await recentProject(
      this.env.DB,
      this.#tables.state().projectId ?? FIRST_PROJECT_ID,
    )
    const settings = settingsOf(this.env)
    return project ? placeOf(project, settings).region : settings.DEFAULT_REGION
  }

  async #enrich(leadgenId: string, details: LeadDetails): Promise<void> {
    const id = leadIdOf('facebook', leadgenId)
    await leadOf(this.env, id).carryOut({
      id: `enrich:${details.details}`,
      type: 'enrich',
      details,
    })
  }
}

const NOBODY: MetaFailure = { ok: false, kind: 'dead', code: 'no_connection' }

function isActive({ status }: { status: string }): boolean {
  return status === 'ACTIVE'
}

function arrivalOf(lead: MetaLead, formId: string, region: string): Arrival {
  return {
    leadgenId: lead.id,
    formId,
    adId: lead.ad_id ?? null,
    createdAt: lead.created_time ? isoTime(Date.parse(lead.created_time)) : null,
    details: detailsOf(lead, region),
  }
}

function arrivalsRow(arrivals: Arrival[]): NewRow {
  return { key: 'arrivals', kind: 'arrivals', body: arrivals }
}

function readOneRow(id: string): NewRow {
  return { key: `read:${id}`, kind: 'readOne', body: id }
}

function waitFor(reason: string): Delivery {
  return { result: 'later', at: Date.now() + ASK_AGAIN_MS, reason }
}

/** What a failed call means to what waits for it: nothing of it is ever given up. */
function deliveryOf(failure: MetaFailure): Delivery {
  if (failure.kind === 'later') return { result: 'later', at: failure.at, reason: failure.code }
  if (failure.kind === 'transient') return { result: 'unreachable', reason: `META_${failure.code}` }
  return waitFor(`META_${failure.kind}_${failure.code}`)
}
