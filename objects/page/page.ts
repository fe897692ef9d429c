import { DurableObject } from 'cloudflare:workers'
import type { LeadCommand, LeadData, LeadDetails } from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { detailsOf } from '../../src/meta/lead-details.ts'
import { NO_VALUES, type Notification, type PageNews } from '../../src/meta/notifications.ts'
import type { ListedLead } from '../../src/meta/replies.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { retryDelay } from '../../src/outbox/retry-delay.ts'
import { settingsOf } from '../../src/settings.ts'
import { projectAndFindRepeats } from '../../src/store/leads.ts'
import { FIRST_PROJECT_ID, placeOf, recentProject } from '../../src/store/projects.ts'
import { startOnce } from '../../src/start-once.ts'
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

/** But nobody waits for quiet longer than this many times. */
const PATIENCE = 33

/** So long a lead waits for its details before it is made without them. */
const GRACE_MS = 2_000

/**
 * Meta may know a lead some moments after it told of it, and calls a lead unknown that it will not
 * show for want of a permission: what it did not know for so long is given up.
 */
const GONE_AFTER_MS = 86_400_000

/** The longest wait between two tries of what Meta does not give. */
const LONGEST_WAIT_MS = 30 * 60_000

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
    this.#outbox.transact(() =>
      this.#outbox.add([
        ...(news.leads.length > 0 ? [arrivalsRow(news.leads)] : []),
        ...news.malformed.map(malformedRow),
        ...(news.malformed.some(isWithoutValues) ? [RECONCILE] : []),
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
    this.#outbox.transact(() => {
      this.#tables.saveState({ connectionId, name, projectId, servedSince })
      for (const key of ['read', 'again']) this.#outbox.hasten(key)
      this.#outbox.revive(({ key }) => key === 'again')
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** This connection cannot be asked any more; unless another took its place, nobody can. */
  async leave({ connectionId }: { connectionId: string }): Promise<void> {
    const state = this.#tables.state()
    if (state.connectionId !== connectionId) return
    this.#tables.saveState({ ...state, connectionId: null })
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
    const reading = connectionOf(this.env, connectionId)
      .readLeads(this.#id, ids)
      .catch((error: unknown) => {
        // Whatever has happened to the connection, the leads are made: they are read later.
        log('error', 'page.unread', { object: 'page', count: ids.length, error })
        return null
      })
    const answer = await Promise.race([reading, late])
    if (!answer?.ok) return null
    const { place } = await this.#project()
    const read = answer.value.readings.filter((one) => one.ok)
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
    // By what they are now: one may have been made by an earlier try that was cut off.
    const ids = leads.flatMap(
      ({ details, sourceRef }) => (details === 'pending' && sourceRef) || [],
    )
    this.#outbox.transact(() => {
      for (const arrival of chunk) this.#tables.hold(arrival)
      if (ids.length > 0) this.#outbox.add([{ key: 'read', kind: 'read', body: ids }])
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Reads the details of leads that were made without; what cannot be read now goes again. */
  async #readLeads({ leads, tries }: Unread): Promise<Delivery> {
    const { connectionId } = this.#tables.state()
    if (connectionId === null) return waitFor('NO_CONNECTION')
    const rest = new Map(leads.map((lead) => [lead.id, lead]))
    let stop: MetaFailure | null = null
    for (const chunk of chunksOf([...rest.keys()], MAX_BATCH)) {
      const answer = await connectionOf(this.env, connectionId).readLeads(this.#id, chunk)
      stop = answer.ok ? answer.value.stop : answer
      if (answer.ok) await this.#take(answer.value.readings, rest)
      if (stop) break
    }
    // Nothing came of it: the rows wait as they are.
    if (stop && rest.size === leads.length) return deliveryOf(stop)
    return this.#goAgain([...rest.values()], tries, stop)
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
    const project = await this.#project()
    const brought = leads.map(({ id }) => enrichOf(id, { details: 'unavailable' }))
    await this.#tell(
      await Promise.all(brought.map((command) => this.#carryOut(command, project))),
      project,
    )
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

function arrivalOf(lead: ListedLead, formId: string, region: string): Arrival {
  const { id, field_data: fields, created_time: createdAt } = lead
  return {
    leadgenId: id,
    formId,
    adId: lead.ad_id ?? null,
    createdAt: createdAt === undefined ? null : timeOf(createdAt),
    // Without its fields it is as good as told of: it will be read alone.
    ...(fields ? { details: detailsOf({ ...lead, field_data: fields }, region) } : {}),
  }
}

/** ISO time of what Meta says; a time that is none is no reason to lose a lead. */
function timeOf(text: string): string | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : isoTime(ms)
}

function arrivalsRow(arrivals: Arrival[]): NewRow {
  return { key: 'arrivals', kind: 'arrivals', body: arrivals }
}

type Malformed = PageNews['malformed'][number]

function isWithoutValues({ reason }: Malformed): boolean {
  return reason === NO_VALUES
}

/** Each is kept; of those that say nothing at all, one says as much as a thousand. */
function malformedRow(entry: Malformed): NewRow {
  const kind = 'malformed'
  return isWithoutValues(entry)
    ? { key: 'no values', kind, body: entry, latest: true }
    : { key: 'malformed', kind, body: entry }
}

const RECONCILE: NewRow = { key: 'reconcile', kind: 'reconcile', latest: true }

/** Leads whose details are missing, and how often they were asked for. */
interface Unread {
  leads: UnreadLead[]
  tries: number
}

interface UnreadLead {
  id: string
  /** Since when Meta says that it does not know it, ms; `null` when it does not say so. */
  goneSince: number | null
  /** What it said last. */
  code: string
}

function neverTried(id: string): UnreadLead {
  return { id, goneSince: null, code: '' }
}

function isGivenUp({ goneSince }: UnreadLead): boolean {
  return goneSince !== null && Date.now() - goneSince >= GONE_AFTER_MS
}

/** One key for all of them, in order of their times: however many there are, they fill one lane. */
function againRow(body: Unread, at: number): NewRow {
  return { key: 'again', kind: 'again', body, at, priority: at }
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
