import { DurableObject } from 'cloudflare:workers'
import type { LeadData, LeadDetails } from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import type { PageNews } from '../../src/meta/notifications.ts'
import type { ListedLead } from '../../src/meta/replies.ts'
import { projectFor } from '../../src/meta/routing.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { retryDelay } from '../../src/outbox/retry-delay.ts'
import { dayOf, slicesOf } from '../../src/period.ts'
import { listForms } from '../../src/store/forms.ts'
import { projectAndFindRepeats } from '../../src/store/leads.ts'
import { recentMetaRoutes } from '../../src/store/meta-routes.ts'
import { FIRST_PROJECT_ID } from '../../src/store/projects.ts'
import { saveReceipts, type Tally } from '../../src/store/receipts.ts'
import { forgetUnread, recordUnread } from '../../src/store/unread-leads.ts'
import { startOnce } from '../../src/start-once.ts'
import { boardOf, connectionOf, conversationOf, leadIdOf, leadOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { type LeadReading, MAX_BATCH } from '../connection/leads.ts'
import { reportStages } from '../lead/report-stages.ts'
import { tellRepeats } from '../lead/tell-repeats.ts'
import { FormBook, NOBODY } from './form-book.ts'
import { type PageProject, pageProjects } from './page-projects.ts'
import { countLeads, sumTallies } from './receipt.ts'
import {
  againRow,
  type Arrival,
  arrivalsRow,
  AT_ONCE,
  type Brought,
  deliveryOf,
  enrichOf,
  isGivenUp,
  isWithoutValues,
  malformedRow,
  neverTried,
  NO_CONNECTION,
  reasonOf,
  RECONCILE,
  receiveOf,
  type Unread,
  type UnreadLead,
  waitFor,
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

/** So many leads are made at a time; in between others are let in, above all the next webhook. */
const MADE_TOGETHER = 10

/** Webhooks that come one upon another are worked on together, once none came for so long. */
const QUIET_MS = 30

/** So often it is looked whether a lead was told of. */
const LISTEN_MS = 250

/** So many leads that were told of are remembered, besides those that are made. */
const MANY_HEARD = 2_000

/** But nobody waits for quiet longer than this many times. */
const PATIENCE = 33

/** So long a lead waits for its details before it is made without them. */
const GRACE_MS = 2_000

/** The longest wait between two tries of what Meta does not give. */
const LONGEST_WAIT_MS = 30 * 60_000

const DAY_MS = 86_400_000

/** A page that was just connected brings along the leads of its last day. */
const BEFORE_SERVED_MS = DAY_MS

/** One Facebook page: takes every notification in one write, and makes leads of them at its pace. */
export class Page extends DurableObject<Env> {
  readonly #tables: PageTables
  readonly #outbox: Outbox
  readonly #forms: FormBook
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
        return this.#makeLeads(bodies.flat())
      case 'read':
        return this.#readLeads({ leads: bodies.flat().map(neverTried), tries: 0 })
      case 'again':
        return this.#readLeads(bodies[0])
      case 'malformed':
        return { result: 'refused', reason: bodies[0].reason }
      case 'reconcile':
        return this.#startReconciling()
      default:
        throw new Error(`nothing is known of rows of kind ${head?.kind}`)
    }
  }

  /**
   * Makes the leads that are not made yet. Their details are read first, many in one call; should
   * Meta be slow or down, they are made from the notification alone and filled in later.
   */
  async #makeLeads(arrivals: Arrival[]): Promise<Delivery> {
    const chunks = chunksOf(this.#fresh(arrivals), MAX_BATCH)
    let isMetaSlow = false
    let reading = this.#readInTime(chunks[0] ?? [])
    for (const [index, chunk] of chunks.entries()) {
      const read: Map<string, Understood> | null = isMetaSlow ? null : await reading
      isMetaSlow = read === null
      // The next are read while these are made.
      if (!isMetaSlow) reading = this.#readInTime(chunks[index + 1] ?? [])
      await this.#make(chunk, read ?? new Map())
    }
    return { result: 'done' }
  }

  #fresh(arrivals: Arrival[]): Arrival[] {
    const known = this.#tables.held(arrivals.map(({ leadgenId }) => leadgenId))
    return arrivals.filter(({ leadgenId }) => {
      const isFresh = !known.has(leadgenId)
      known.add(leadgenId)
      return isFresh
    })
  }

  /** What Meta gives of leads within the grace; `null` when it gives nothing. */
  async #readInTime(arrivals: Arrival[]): Promise<Map<string, Understood> | null> {
    const { connectionId } = this.#tables.state()
    const unread = arrivals.filter(({ details }) => !details)
    if (unread.length === 0) return new Map()
    if (connectionId === null) return null
    const late = scheduler.wait(GRACE_MS).then(() => null)
    const reading = this.#readNew(connectionId, unread).catch((error: unknown) => {
      // Whatever has happened to the connection, the leads are made: they are read later.
      log('error', 'page.unread', { object: 'page', count: unread.length, error })
      return null
    })
    return Promise.race([reading, late])
  }

  async #readNew(
    connectionId: string,
    arrivals: Arrival[],
  ): Promise<Map<string, Understood> | null> {
    const ids = arrivals.map(({ leadgenId }) => leadgenId)
    const answer = await connectionOf(this.env, connectionId).readLeads(this.#id, ids)
    if (!answer.ok) return null
    const formIds = new Map(arrivals.map(({ leadgenId, formId }) => [leadgenId, formId]))
    const read = answer.value.readings.flatMap((one): ReadLead[] =>
      one.ok ? [{ ...one, formId: formIds.get(one.id) ?? null, projectId: null }] : [],
    )
    return this.#understand(read)
  }

  async #make(chunk: Arrival[], read: Map<string, Understood>): Promise<void> {
    const routes = await recentMetaRoutes(this.env.DB)
    const projectOf = pageProjects(this.env)
    const make = async (arrival: Arrival): Promise<LeadData> => {
      const known = { ...arrival, ...read.get(arrival.leadgenId) }
      const origin = { formId: arrival.formId, campaignId: null, pageId: this.#id }
      const project = await projectOf(known.projectId ?? projectFor(origin, routes))
      return this.#carryOut(receiveOf(known, project.id), project)
    }
    const leads: LeadData[] = []
    for (const some of chunksOf(chunk, MADE_TOGETHER)) {
      leads.push(...(await Promise.all(some.map(make))))
      await scheduler.wait(1)
    }
    await this.#tell(leads)
    // By what they are now: one may have been made by an earlier try that was cut off.
    const ids = leads.flatMap(
      ({ details, sourceRef }) => (details === 'pending' && sourceRef) || [],
    )
    this.#outbox.transact(() => {
      for (const [index, arrival] of chunk.entries()) {
        const projectId = leads[index]?.projectId ?? FIRST_PROJECT_ID
        this.#tables.hold({ ...arrival, projectId })
      }
      if (ids.length > 0) this.#outbox.add([{ key: 'read', kind: 'read', body: ids }])
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Reads the details of leads that were made without; what cannot be read now goes again. */
  async #readLeads({ leads, tries }: Unread): Promise<Delivery> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) {
      await this.#listUnread(leads, NO_CONNECTION)
      // Who has come meanwhile found nothing to hasten.
      if (this.#tables.state().connectionId !== null) return AT_ONCE
      return waitFor(NO_CONNECTION)
    }
    const rest = new Map(leads.map((lead) => [lead.id, lead]))
    let stop: MetaFailure | null = null
    for (const chunk of chunksOf([...rest.keys()], MAX_BATCH)) {
      const answer = await connectionOf(this.env, connectionId).readLeads(this.#id, chunk)
      stop = answer.ok ? answer.value.stop : answer
      if (answer.ok) await this.#take(answer.value.readings, rest)
      if (stop) break
    }
    await this.#listUnread([...rest.values()], stop && reasonOf(stop))
    // Nothing came of it: the rows wait as they are.
    if (stop && rest.size === leads.length) return deliveryOf(stop)
    return this.#goAgain([...rest.values()], tries, stop)
  }

  /** Lists leads for people with why they are not read: Meta's reason for each, or one for all. */
  async #listUnread(leads: UnreadLead[], reason: string | null): Promise<void> {
    const projects = this.#tables.projectsOf(leads.map(({ id }) => id))
    const unread = leads.map((lead) => ({
      leadId: leadIdOf('facebook', lead.id),
      leadgenId: lead.id,
      pageId: this.#id,
      projectId: projects.get(lead.id) ?? FIRST_PROJECT_ID,
      reason: reason ?? `META_${lead.code}`,
      isGivenUp: isGivenUp(lead),
    }))
    try {
      await recordUnread(this.env.DB, unread)
    } catch (error) {
      // The list may lag: the next try writes it, and no lead waits for it.
      log('warn', 'page.unread_not_listed', { object: 'page', count: unread.length, error })
    }
  }

  /** Fills in what was read; the rest is what was not, and since when Meta does not know it. */
  async #take(readings: LeadReading[], rest: Map<string, UnreadLead>): Promise<void> {
    await this.#fillIn(readings)
    for (const reading of readings) {
      const { id } = reading
      if (reading.ok) rest.delete(id)
      else if (reading.kind === 'again') rest.set(id, { ...neverTried(id), code: reading.code })
      else
        rest.set(id, { id, code: reading.code, goneSince: rest.get(id)?.goneSince ?? Date.now() })
    }
  }

  /** Owes anew what could not be read, all in one row; gives up what Meta has not known for long. */
  async #goAgain(rest: UnreadLead[], tries: number, stop: MetaFailure | null): Promise<Delivery> {
    const given = rest.filter(isGivenUp)
    const waiting = rest.filter((lead) => !isGivenUp(lead))
    if (given.length > 0) await this.#giveUp(given)
    // Alone in its row it is parked, for a person or the next connection to try again.
    const reason = `LEAD_UNREADABLE: ${given[0]?.code}`
    if (given.length > 0 && waiting.length === 0) return { result: 'refused', reason }
    const at =
      stop?.kind === 'later' ? stop.at : Date.now() + retryDelay(tries + 1, LONGEST_WAIT_MS)
    const commit = () =>
      this.#outbox.add([
        ...(waiting.length > 0 ? [againRow({ leads: waiting, tries: tries + 1 }, at)] : []),
        ...(given.length > 0 ? [againRow({ leads: given, tries }, Date.now())] : []),
      ])
    return { result: 'done', commit }
  }

  async #giveUp(leads: UnreadLead[]): Promise<void> {
    await this.#enrich(leads.map(({ id }) => ({ id, details: { details: 'unavailable' } })))
  }

  /** What Meta told of without saying what it was has to be looked for. */
  async #startReconciling(): Promise<Delivery> {
    if (this.#tables.state().connectionId !== null) {
      const id = `reconcile_${this.#id}_told_${Math.floor(Date.now() / 60_000)}`
      await startOnce(this.env.RECONCILE_LEADS, id, { pageId: this.#id, days: 1 })
    }
    return { result: 'done' }
  }

  async #fillIn(readings: LeadReading[]): Promise<void> {
    const read = readings.filter((reading) => reading.ok)
    const projects = this.#tables.projectsOf(read.map(({ id }) => id))
    const understood = await this.#understand(
      read.map((one) => {
        return { ...one, formId: null, projectId: projects.get(one.id) ?? FIRST_PROJECT_ID }
      }),
    )
    await this.#enrich([...understood].map(([id, { details }]) => ({ id, details })))
    const leadIds = read.map(({ id }) => leadIdOf('facebook', id))
    await forgetUnread(this.env.DB, leadIds)
  }

  /** Tells leads that are made what was learned of them, each within its project. */
  async #enrich(learned: { id: string; details: LeadDetails }[]): Promise<void> {
    const projects = this.#tables.projectsOf(learned.map(({ id }) => id))
    const projectOf = pageProjects(this.env)
    const enriched = learned.map(async ({ id, details }) => {
      const project = await projectOf(projects.get(id) ?? FIRST_PROJECT_ID)
      return this.#carryOut(enrichOf(id, details), project)
    })
    await this.#tell(await Promise.all(enriched))
  }

  /** Has a lead carry out what the page brings; what follows from it the page tells for all at once. */
  async #carryOut([id, command]: Brought, { chatId, rules }: PageProject): Promise<LeadData> {
    const lead = leadOf(this.env, id)
    const answer = chatId
      ? await lead.carryOutFor(command, { chatId, rules })
      : await lead.carryOut(command)
    if (!answer.ok) throw new Error(`a lead refused what its page brought: ${answer.code}`)
    return answer.lead
  }

  /** Tells the lists and the chats of leads as they are now. Without a chat the leads see to it. */
  async #tell(leads: LeadData[]): Promise<void> {
    const projectOf = pageProjects(this.env)
    const byProject = [...Map.groupBy(leads, ({ projectId }) => projectId)]
    const all = await Promise.all(
      byProject.map(async ([id, some]) => ({ project: await projectOf(id), leads: some })),
    )
    const told = all.filter(({ project }) => project.chatId !== null)
    if (told.length === 0) return
    const toldLeads = told.flatMap((one) => one.leads)
    const [repeats] = await Promise.all([
      projectAndFindRepeats(this.env.DB, toldLeads),
      ...told.map(({ project: { chatId, threadId, place }, leads: some }) =>
        conversationOf(this.env, chatId ?? '').showCards(some, { ...place, threadId }),
      ),
    ])
    await tellRepeats(this.env, repeats)
    await reportStages(this.env, toldLeads)
    for (const { project, leads: some } of told) {
      // The live feed may miss a change: whoever watches reads the list again after a gap.
      this.ctx.waitUntil(
        boardOf(this.env, project.id)
          .publish(some)
          .catch(() => undefined),
      )
    }
  }
}

/** What is read of a form's leads. */
interface ListQuery {
  formId: string
  /** Epoch seconds, exclusive. */
  since: number
  after: string | null
}

function chunksOf<Item>(items: Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size))
}

/** ISO time of what Meta says; a time that is none is no reason to lose a lead. */
function timeOf(text: string): string | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : isoTime(ms)
}
