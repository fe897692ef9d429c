import { DurableObject } from 'cloudflare:workers'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import type { PageNews } from '../../src/meta/notifications.ts'
import type { ListedLead } from '../../src/meta/replies.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { dayOf, slicesOf } from '../../src/period.ts'
import { startOnce } from '../../src/start-once.ts'
import { listForms } from '../../src/store/forms.ts'
import { saveReceipts, type Tally } from '../../src/store/receipts.ts'
import { connectionOf, conversationOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { FormBook, NOBODY } from './form-book.ts'
import { PageLeads } from './leads.ts'
import { Maker } from './maker.ts'
import { pageProjects } from './page-projects.ts'
import { Reader } from './reader.ts'
import { countLeads, sumTallies } from './receipt.ts'
import {
  againRow,
  type Arrival,
  arrivalsRow,
  isWithoutValues,
  malformedRow,
  neverTried,
  RECONCILE,
} from './rows.ts'
import { PageTables } from './sql.ts'
import { type ReadLead, understand, type Understood } from './understand.ts'

/** What one page of Meta's list of leads came to. */
export interface Reconciled {
  found: number
  missing: number
  /** Where the next page begins; `null` when this was the last. */
  after: string | null
}

/** Webhooks that come one upon another are worked on together, once none came for so long. */
const QUIET_MS = 30

/** So often it is looked whether a lead was told of. */
const LISTEN_MS = 250

/** So many leads that were told of are remembered, besides those that are made. */
const MANY_HEARD = 2_000

/** But nobody waits for quiet longer than this many times. */
const PATIENCE = 33

const DAY_MS = 86_400_000

/** A page that was just connected brings along the leads of its last day. */
const BEFORE_SERVED_MS = DAY_MS

/** One Facebook page: takes every notification in one write, and makes leads of them at its pace. */
export class Page extends DurableObject<Env> {
  readonly #tables: PageTables
  readonly #outbox: Outbox
  readonly #forms: FormBook
  readonly #maker: Maker
  readonly #reader: Reader
  #lastNewsAt = 0
  #isWaiting = false
  /** Leads that were told of lately: a test lead is looked for among them before it is made. */
  readonly #heard = new Set<string>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new PageTables(ctx.storage.sql)
    this.#forms = new FormBook({ env, pageId: this.#id, tables: this.#tables })
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: { set: (at) => void ctx.storage.setAlarm(at) },
      owner: { object: 'page', name: this.#id },
      db: env.DB,
      deliver: (rows) => this.#deliver(rows),
      together: { arrivals: 20, read: 20 },
    })
    const parts = {
      env,
      pageId: this.#id,
      tables: this.#tables,
      outbox: this.#outbox,
      leads: new PageLeads(env, (promise) => ctx.waitUntil(promise)),
      understand: (leads: ReadLead[]) => this.#understand(leads),
    }
    this.#maker = new Maker({ ...parts, ring: () => ctx.waitUntil(this.#outbox.ring()) })
    this.#reader = new Reader(parts)
    this.#tables.create()
    this.#outbox.recover()
  }

  /** Keeps a webhook's news; when this returns, they are never lost. */
  async receive(news: PageNews): Promise<void> {
    this.#outbox.transact(() =>
      this.#outbox.add([
        ...(news.leads.length > 0 ? [arrivalsRow(news.leads)] : []),
        ...news.malformed.map(malformedRow),
        ...(news.malformed.some(isWithoutValues) ? [RECONCILE] : []),
      ]),
    )
    this.#lastNewsAt = Date.now()
    if (this.#heard.size > MANY_HEARD) this.#heard.clear()
    for (const { leadgenId } of news.leads) this.#heard.add(leadgenId)
    if (!this.#isWaiting) this.ctx.waitUntil(this.#ringWhenQuiet())
  }

  /** Whether a webhook has told of this lead, by now or within `ms`. */
  async hears(leadgenId: string, ms: number): Promise<boolean> {
    const isHeard = () => this.#heard.has(leadgenId) || this.#tables.held([leadgenId]).size > 0
    // Counted, for the clock of a Worker may stand still.
    for (let waited = 0; waited < ms && !isHeard(); waited += LISTEN_MS) {
      await scheduler.wait(LISTEN_MS)
    }
    return isHeard()
  }

  /** From now on this connection is asked about the page; what waited for one goes on. */
  async serve({ connectionId, name }: { connectionId: string; name: string }): Promise<void> {
    const servedSince = this.#tables.state().servedSince ?? Date.now()
    this.#outbox.transact(() => {
      // Whoever could not be asked for the forms may be able to now.
      this.#tables.saveState({ connectionId, name, servedSince, formsReadAt: null })
      for (const key of ['read', 'again']) this.#outbox.hasten(key)
      this.#outbox.revive(({ key }) => key === 'again')
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** This connection cannot be asked any more; unless another took its place, nobody can. */
  async leave({ connectionId }: { connectionId: string }): Promise<void> {
    if (this.#tables.state().connectionId !== connectionId) return
    this.#tables.saveState({ connectionId: null })
  }

  /** The forms whose leads are to be compared now; none while Meta's quota has no room for it. */
  async formsDue(): Promise<MetaAnswer<string[]>> {
    return this.#forms.due()
  }

  /**
   * Reads one page of what Meta has of a form since a time (epoch seconds), and keeps what is missing
   * here. `after`: where the next page begins.
   */
  async reconcile(query: ListQuery): Promise<MetaAnswer<Reconciled>> {
    const list = await this.#list(query)
    if (!list.ok) return list
    const { items, after } = list.value
    const held = this.#tables.held(items.map(({ id }) => id))
    const missing = items.filter(({ id }) => !held.has(id))
    const arrivals = await this.#arrivalsOf(missing, query.formId)
    if (arrivals.length > 0) await this.receive({ leads: arrivals, malformed: [] })
    return { ok: true, value: { found: items.length, missing: missing.length, after } }
  }

  /** Counts one page of what Meta has of a form since a time, up to another (both epoch seconds). */
  async count(
    query: ListQuery & { until: number },
  ): Promise<MetaAnswer<{ tallies: Tally[]; after: string | null }>> {
    const list = await this.#list(query)
    if (!list.ok) return list
    const { items: leads, after } = list.value
    const tallies = await countLeads(
      { env: this.env, pageId: this.#id, held: (ids) => this.#tables.held(ids) },
      { formId: query.formId, leads, until: query.until * 1000 },
    )
    return { ok: true, value: { tallies, after } }
  }

  /** How many cards wait to be sent to the chats that this page's leads go to. */
  async cardsWaiting(): Promise<number> {
    const forms = await listForms(this.env.DB, { pageId: this.#id })
    const projectOf = pageProjects(this.env)
    const projects = await Promise.all(forms.map(({ projectId }) => projectOf(projectId)))
    const chats = new Set(projects.flatMap(({ chatId }) => chatId ?? []))
    const waiting = [...chats].map((id) => conversationOf(this.env, id).cardsWaiting())
    return (await Promise.all(waiting)).reduce((sum, count) => sum + count, 0)
  }

  /**
   * Writes down what was counted of all forms between two times (epoch seconds): a receipt for every
   * day that was counted from its beginning, and for every project that the page has forms of.
   */
  async giveReceipts(tallies: Tally[], since: number, until: number): Promise<void> {
    const sums = sumTallies(tallies)
    const forms = await listForms(this.env.DB, { pageId: this.#id })
    const ids = new Set([...sums, ...forms].map(({ projectId }) => projectId))
    const projectOf = pageProjects(this.env)
    const all = [...ids].map(async (id) => {
      const { timezone } = (await projectOf(id)).place
      const from = Math.max(since * 1000 + DAY_MS, this.#tables.state().servedSince ?? 0)
      const period = { from: dayOf(from, timezone), to: dayOf(until * 1000, timezone) }
      return slicesOf(period, 1).map(({ from: date }) => {
        const sum = sums.find((one) => one.projectId === id && one.date === date)
        return sum ?? { projectId: id, date, meta: 0, held: 0, shown: 0, slowestSeconds: null }
      })
    })
    await saveReceipts(this.env.DB, this.#id, (await Promise.all(all)).flat())
  }

  async #list(
    query: ListQuery,
  ): Promise<MetaAnswer<{ items: ListedLead[]; after: string | null }>> {
    const { connectionId, servedSince } = this.#tables.state()
    if (connectionId === null) return NOBODY
    this.#tables.countCall(Date.now())
    // What came long before we did was worked elsewhere: it shall not be thrown at the managers.
    const earliest = Math.floor(((servedSince ?? 0) - BEFORE_SERVED_MS) / 1000)
    return connectionOf(this.env, connectionId).listLeads({
      formId: query.formId,
      after: query.after,
      since: Math.max(query.since, earliest),
      pageId: this.#id,
    })
  }

  /** Without its fields a lead of a list is as good as told of: it will be read alone. */
  async #arrivalsOf(leads: ListedLead[], formId: string): Promise<Arrival[]> {
    const read = leads.flatMap(({ field_data: fields, ...lead }): ReadLead[] =>
      fields
        ? [{ id: lead.id, lead: { ...lead, field_data: fields }, formId, projectId: null }]
        : [],
    )
    const understood = await this.#understand(read)
    return leads.map((lead) => ({
      leadgenId: lead.id,
      formId,
      adId: lead.ad_id ?? null,
      createdAt: lead.created_time === undefined ? null : timeOf(lead.created_time),
      ...understood.get(lead.id),
    }))
  }

  async #understand(leads: ReadLead[]): Promise<Map<string, Understood>> {
    const { connectionId } = this.#tables.state()
    const deps = { env: this.env, pageId: this.#id, connectionId, forms: this.#forms }
    return understand(deps, leads)
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
    await this.#outbox.ring()
    return isFound
  }

  /** Tries to read a lead now, whether it waits for that or was given up. */
  async retryLead(leadgenId: string): Promise<void> {
    const rows = ['read', 'again'].flatMap((key) => this.#outbox.all(key))
    const those = rows.filter(({ body }) => body.includes(`"${leadgenId}"`))
    for (const { seq } of those) this.#outbox.retry(seq)
    for (const key of ['read', 'again']) this.#outbox.hasten(key)
    if (those.length === 0) {
      const body = { leads: [neverTried(leadgenId)], tries: 0 }
      this.#outbox.transact(() => this.#outbox.add([againRow(body, Date.now())]))
    }
    await this.#outbox.ring()
  }

  /** Forgets an entry that made no sense; nothing else that is parked can be forgotten. */
  async dismissParked(seq: number): Promise<boolean> {
    const isFound = this.#outbox.dismiss(seq, 'malformed')
    await this.#outbox.ring()
    return isFound
  }

  /** What this object still owes. */
  async owed(): Promise<OutboxCounts> {
    return this.#outbox.counts()
  }

  /** Carries out what is due now, and says what is left. */
  async kick(): Promise<OutboxCounts> {
    await this.#outbox.ring()
    return this.#outbox.counts()
  }

  override async alarm(): Promise<void> {
    await this.#outbox.wake()
  }

  get #id(): string {
    return this.ctx.id.name ?? ''
  }

  /** Taking news in goes before working on them: Meta waits for the one, nobody for the other. */
  async #ringWhenQuiet(): Promise<void> {
    this.#isWaiting = true
    await this.#quiet()
    this.#isWaiting = false
    await this.#outbox.ring()
  }

  async #quiet(): Promise<void> {
    // Counted, for the clock of a Worker may stand still.
    for (let waits = 0; waits < PATIENCE; waits++) {
      await scheduler.wait(QUIET_MS)
      if (Date.now() - this.#lastNewsAt >= QUIET_MS) return
    }
  }

  async #deliver(rows: OutboxRow[]): Promise<Delivery> {
    const bodies = rows.map((row) => JSON.parse(row.body))
    const [head] = rows
    switch (head?.kind ?? '') {
      case 'arrivals':
        return this.#maker.make(bodies.flat())
      case 'read':
        return this.#reader.read({ leads: bodies.flat().map(neverTried), tries: 0 })
      case 'again':
        return this.#reader.read(bodies[0])
      case 'malformed':
        return { result: 'refused', reason: bodies[0].reason }
      case 'reconcile':
        return this.#startReconciling()
      default:
        throw new Error(`nothing is known of rows of kind ${head?.kind}`)
    }
  }

  /** What Meta told of without saying what it was has to be looked for. */
  async #startReconciling(): Promise<Delivery> {
    if (this.#tables.state().connectionId !== null) {
      const id = `reconcile_${this.#id}_told_${Math.floor(Date.now() / 60_000)}`
      await startOnce(this.env.RECONCILE_LEADS, id, { pageId: this.#id, days: 1 })
    }
    return { result: 'done' }
  }
}

/** What is read of a form's leads. */
interface ListQuery {
  formId: string
  /** Epoch seconds, exclusive. */
  since: number
  after: string | null
}

/** ISO time of what Meta says; a time that is none is no reason to lose a lead. */
function timeOf(text: string): string | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : isoTime(ms)
}
