import type { LeadData } from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import { projectFor } from '../../src/meta/routing.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { Outbox } from '../../src/outbox/outbox.ts'
import { recentMetaRoutes } from '../../src/store/meta-routes.ts'
import { FIRST_PROJECT_ID } from '../../src/store/projects.ts'
import { connectionOf } from '../../src/stubs.ts'
import { MAX_BATCH } from '../connection/leads.ts'
import { chunksOf } from './chunks.ts'
import type { PageLeads } from './leads.ts'
import { pageProjects } from './page-projects.ts'
import { type Arrival, receiveOf } from './rows.ts'
import type { PageTables } from './sql.ts'
import type { ReadLead, Understood } from './understand.ts'

/** So many leads are made at a time; in between others are let in, above all the next webhook. */
const MADE_TOGETHER = 10

/** So long a lead waits for its details before it is made without them. */
const GRACE_MS = 2_000

export interface MakerDeps {
  env: Env
  pageId: string
  tables: PageTables
  outbox: Outbox
  leads: PageLeads
  understand: (leads: ReadLead[]) => Promise<Map<string, Understood>>
  /** Has what is owed carried out. */
  ring: () => void
}

/** Makes leads of what a page was told of. */
export class Maker {
  readonly #deps: MakerDeps

  constructor(deps: MakerDeps) {
    this.#deps = deps
  }

  /**
   * Makes the leads that are not made yet. Their details are read first, many in one call; should
   * Meta be slow or down, they are made from the notification alone and filled in later.
   */
  async make(arrivals: Arrival[]): Promise<Delivery> {
    const chunks = chunksOf(this.#fresh(arrivals), MAX_BATCH)
    let isMetaSlow = false
    let reading = this.#readInTime(chunks[0] ?? [])
    for (const [index, chunk] of chunks.entries()) {
      const read: Map<string, Understood> | null = isMetaSlow ? null : await reading
      isMetaSlow = read === null
      // The next are read while these are made.
      if (!isMetaSlow) reading = this.#readInTime(chunks[index + 1] ?? [])
      await this.#makeChunk(chunk, read ?? new Map())
    }
    return { result: 'done' }
  }

  #fresh(arrivals: Arrival[]): Arrival[] {
    const known = this.#deps.tables.held(arrivals.map(({ leadgenId }) => leadgenId))
    return arrivals.filter(({ leadgenId }) => {
      const isFresh = !known.has(leadgenId)
      known.add(leadgenId)
      return isFresh
    })
  }

  /** What Meta gives of leads within the grace; `null` when it gives nothing. */
  async #readInTime(arrivals: Arrival[]): Promise<Map<string, Understood> | null> {
    const { connectionId } = this.#deps.tables.state()
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
    const answer = await connectionOf(this.#deps.env, connectionId).readLeads(
      this.#deps.pageId,
      ids,
    )
    if (!answer.ok) return null
    const formIds = new Map(arrivals.map(({ leadgenId, formId }) => [leadgenId, formId]))
    const read = answer.value.readings.flatMap((one): ReadLead[] =>
      one.ok ? [{ ...one, formId: formIds.get(one.id) ?? null, projectId: null }] : [],
    )
    return this.#deps.understand(read)
  }

  async #makeChunk(chunk: Arrival[], read: Map<string, Understood>): Promise<void> {
    const routes = await recentMetaRoutes(this.#deps.env.DB)
    const projectOf = pageProjects(this.#deps.env)
    const make = async (arrival: Arrival): Promise<LeadData> => {
      const known = { ...arrival, ...read.get(arrival.leadgenId) }
      const origin = { formId: arrival.formId, campaignId: null, pageId: this.#deps.pageId }
      const project = await projectOf(known.projectId ?? projectFor(origin, routes))
      return this.#deps.leads.carryOut(receiveOf(known, project.id), project)
    }
    const leads: LeadData[] = []
    for (const some of chunksOf(chunk, MADE_TOGETHER)) {
      leads.push(...(await Promise.all(some.map(make))))
      await scheduler.wait(1)
    }
    await this.#deps.leads.tell(leads)
    // By what they are now: one may have been made by an earlier try that was cut off.
    const ids = leads.flatMap(
      ({ details, sourceRef }) => (details === 'pending' && sourceRef) || [],
    )
    this.#deps.outbox.transact(() => {
      for (const [index, arrival] of chunk.entries()) {
        const projectId = leads[index]?.projectId ?? FIRST_PROJECT_ID
        this.#deps.tables.hold({ ...arrival, projectId })
      }
      if (ids.length > 0) this.#deps.outbox.add([{ key: 'read', kind: 'read', body: ids }])
    })
    this.#deps.ring()
  }
}
