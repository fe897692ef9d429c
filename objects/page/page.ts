import { DurableObject } from 'cloudflare:workers'
import type { LeadCommand, LeadData, LeadDetails } from '../../src/lead.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { detailsOf } from '../../src/meta/lead-details.ts'
import type { Notification, PageNews } from '../../src/meta/notifications.ts'
import type { MetaLead } from '../../src/meta/replies.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { projectAndFindRepeats } from '../../src/store/leads.ts'
import { FIRST_PROJECT_ID, placeOf, recentProject } from '../../src/store/projects.ts'
import { boardOf, connectionOf, conversationOf, leadIdOf, leadOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { type LeadReading, MAX_BATCH } from '../connection/read.ts'
import { type LeadRules, rulesOf } from '../lead/rules.ts'
import { tellRepeats } from '../lead/tell-repeats.ts'
import { PageTables } from './sql.ts'

/** A lead that was found or told of; found ones bring their details along. */
type Arrival = Notification & { details?: LeadDetails | undefined }

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

/** But nobody waits for quiet longer than this. */
const PATIENCE_MS = 1_000

/** So long a lead waits for its details before it is made without them. */
const GRACE_MS = 2_000

/** Meta may know a lead some moments after it told of it; after so many tries it never will. */
const MAX_TRIES_OF_ONE = 6

/** A page that was just connected brings along the leads of its last day. */
const BEFORE_SERVED_MS = 86_400_000

/** Without anybody to ask, we look again this often, although connecting wakes us at once. */
const ASK_AGAIN_MS = 10 * 60_000

/** One Facebook page: takes every notification in one write, and makes leads of them at its pace. */
export class Page extends DurableObject<Env> {
  readonly #tables: PageTables
  readonly #outbox: Outbox
  #lastNewsAt = 0
  #isWaiting = false

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
      together: { arrivals: 20, read: 20 },
    })
    this.#tables.create()
    this.#outbox.recover()
  }

  /** Keeps a webhook's news; when this returns, they are never lost. */
  async receive(news: PageNews): Promise<void> {
    this.ctx.storage.transactionSync(() =>
      this.#outbox.add([
        ...(news.leads.length > 0 ? [arrivalsRow(news.leads)] : []),
        ...news.malformed.map((entry) => ({ key: 'malformed', kind: 'malformed', body: entry })),
      ]),
    )
    this.#lastNewsAt = Date.now()
    if (!this.#isWaiting) this.ctx.waitUntil(this.#ringWhenQuiet())
  }

  /** From now on this connection is asked about the page; what waited for one goes on. */
  async serve({ connectionId, name }: { connectionId: string; name: string }): Promise<void> {
    const state = this.#tables.state()
    const projectId = state.projectId ?? FIRST_PROJECT_ID
    const servedSince = state.servedSince ?? Date.now()
    this.ctx.storage.transactionSync(() => {
      this.#tables.saveState({ connectionId, name, projectId, servedSince })
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
    const { connectionId, servedSince } = this.#tables.state()
    if (connectionId === null) return NOBODY
    // What came long before we did was worked elsewhere: it shall not be thrown at the managers.
    const earliest = Math.floor(((servedSince ?? 0) - BEFORE_SERVED_MS) / 1000)
    const list = await connectionOf(this.env, connectionId).listLeads({
      ...query,
      since: Math.max(query.since, earliest),
      pageId: this.#id,
    })
    if (!list.ok) return list
    const { items, after } = list.value
    const held = this.#tables.held(items.map(({ id }) => id))
    const { place } = await this.#project()
    const missing = items.filter(({ id }) => !held.has(id))
    const arrivals = missing.map((lead) => arrivalOf(lead, query.formId, place.region))
    if (arrivals.length > 0) await this.receive({ leads: arrivals, malformed: [] })
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
    const patience = Date.now() + PATIENCE_MS
    do await scheduler.wait(QUIET_MS)
    while (Date.now() - this.#lastNewsAt < QUIET_MS && Date.now() < patience)
  }

  async #deliver(rows: OutboxRow[]): Promise<Delivery> {
    const bodies = rows.map((row) => JSON.parse(row.body))
    const [head] = rows
    switch (head?.kind ?? '') {
      case 'arrivals':
        return this.#makeLeads(bodies.flat())
      case 'read':
        return this.#readLeads(bodies.flat())
      case 'readOne':
        return this.#readOne(bodies[0], head?.attempts ?? 0)
      case 'malformed':
        return { result: 'refused', reason: bodies[0].reason }
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
      const read: Map<string, LeadDetails> | null = isMetaSlow ? null : await reading
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

  /** The details that Meta gives within the grace; `null` when it gives none. */
  async #readInTime(arrivals: Arrival[]): Promise<Map<string, LeadDetails> | null> {
    const { connectionId } = this.#tables.state()
    const ids = arrivals.filter(({ details }) => !details).map(({ leadgenId }) => leadgenId)
    if (ids.length === 0) return new Map()
    if (connectionId === null) return null
    const late = scheduler.wait(GRACE_MS).then(() => null)
    const answer = await Promise.race([
      connectionOf(this.env, connectionId).readLeads(this.#id, ids),
      late,
    ])
    if (!answer?.ok) return null
    const { place } = await this.#project()
    const read = answer.value.filter((reading) => reading.ok)
    return new Map(read.map(({ id, lead }) => [id, detailsOf(lead, place.region)]))
  }

  async #make(chunk: Arrival[], read: Map<string, LeadDetails>): Promise<void> {
    const project = await this.#project()
    const leads: LeadData[] = []
    for (const some of chunksOf(chunk, MADE_TOGETHER)) {
      const commands = some.map((arrival) =>
        receiveOf({ details: read.get(arrival.leadgenId), ...arrival }, project),
      )
      leads.push(
        ...(await Promise.all(commands.map((command) => this.#carryOut(command, project)))),
      )
      await scheduler.wait(1)
    }
    await this.#tell(leads, project)
    const unread = chunk.filter(({ leadgenId, details }) => !details && !read.has(leadgenId))
    this.ctx.storage.transactionSync(() => {
      for (const arrival of chunk) this.#tables.hold(arrival)
      const ids = unread.map(({ leadgenId }) => leadgenId)
      if (ids.length > 0) this.#outbox.add([{ key: 'read', kind: 'read', body: ids }])
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Reads the details of leads that were made without. */
  async #readLeads(ids: string[]): Promise<Delivery> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) return waitFor('NO_CONNECTION')
    const failed: string[] = []
    for (const chunk of chunksOf(ids, MAX_BATCH)) {
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
    const project = await this.#project()
    await this.#tell(
      [await this.#carryOut(enrichOf(id, { details: 'unavailable' }), project)],
      project,
    )
    return { result: 'refused', reason: `LEAD_UNREADABLE: ${reading.code}` }
  }

  async #fillIn(readings: LeadReading[]): Promise<void> {
    const read = readings.filter((reading) => reading.ok)
    const project = await this.#project()
    const commands = read.map(({ id, lead }) => enrichOf(id, detailsOf(lead, project.place.region)))
    const leads = await Promise.all(
      commands.map(([id, command]) => this.#carryOut([id, command], project)),
    )
    await this.#tell(leads, project)
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

  /** Tells the lists and the chat of leads as they are now. Without a chat the leads see to it. */
  async #tell(leads: LeadData[], { id, chatId, threadId, place }: PageProject): Promise<void> {
    if (chatId === null || leads.length === 0) return
    const [repeats] = await Promise.all([
      projectAndFindRepeats(this.env.DB, leads),
      conversationOf(this.env, chatId).showCards(leads, { ...place, threadId }),
    ])
    await tellRepeats(this.env, repeats)
    // The live feed may miss a change: whoever watches reads the list again after a gap.
    this.ctx.waitUntil(
      boardOf(this.env, id)
        .publish(leads)
        .catch(() => undefined),
    )
  }

  async #project(): Promise<PageProject> {
    const id = this.#tables.state().projectId ?? FIRST_PROJECT_ID
    const project = await recentProject(this.env.DB, id)
    if (!project) throw new Error('the project of this page is gone')
    const settings = settingsOf(this.env)
    return {
      id,
      chatId: project.chatId,
      threadId: project.threadId,
      place: placeOf(project, settings),
      rules: rulesOf(project, settings),
    }
  }
}

/** What a page has to know of its project to make and show leads. */
interface PageProject {
  id: string
  chatId: string | null
  threadId: number | null
  place: ReturnType<typeof placeOf>
  rules: LeadRules
}

/** A lead's id and the command for it. */
type Brought = [id: string, command: LeadCommand]

function receiveOf(
  { leadgenId, formId, adId, createdAt, details }: Arrival,
  { id: projectId }: PageProject,
): Brought {
  const id = leadIdOf('facebook', leadgenId)
  const lead = {
    projectId,
    source: 'facebook' as const,
    sourceRef: leadgenId,
    formId,
    adId,
    ...(details ?? { details: 'pending' as const }),
    ...(createdAt === null ? {} : { createdAt }),
  }
  return [id, { id, type: 'receive', lead, by: null }]
}

function enrichOf(leadgenId: string, details: LeadDetails): Brought {
  const id = leadIdOf('facebook', leadgenId)
  return [id, { id: `enrich:${details.details}`, type: 'enrich', details }]
}

function chunksOf<Item>(items: Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, n) => items.slice(n * size, (n + 1) * size))
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
