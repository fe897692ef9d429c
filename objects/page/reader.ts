import type { LeadDetails } from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import type { MetaFailure } from '../../src/meta/answer.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import type { Outbox } from '../../src/outbox/outbox.ts'
import { retryDelay } from '../../src/outbox/retry-delay.ts'
import { FIRST_PROJECT_ID } from '../../src/store/projects.ts'
import { forgetUnread, recordUnread } from '../../src/store/unread-leads.ts'
import { connectionOf, leadIdOf } from '../../src/stubs.ts'
import { type LeadReading, MAX_BATCH } from '../connection/leads.ts'
import { chunksOf } from './chunks.ts'
import type { PageLeads } from './leads.ts'
import { pageProjects } from './page-projects.ts'
import {
  againRow,
  AT_ONCE,
  deliveryOf,
  enrichOf,
  isGivenUp,
  neverTried,
  NO_CONNECTION,
  reasonOf,
  type Unread,
  type UnreadLead,
  waitFor,
} from './rows.ts'
import type { PageTables } from './sql.ts'
import type { ReadLead, Understood } from './understand.ts'

/** The longest wait between two tries of what Meta does not give. */
const LONGEST_WAIT_MS = 30 * 60_000

export interface ReaderDeps {
  env: Env
  pageId: string
  tables: PageTables
  outbox: Outbox
  leads: PageLeads
  understand: (leads: ReadLead[]) => Promise<Map<string, Understood>>
}

/** Reads the details of leads that were made without them. */
export class Reader {
  readonly #deps: ReaderDeps

  constructor(deps: ReaderDeps) {
    this.#deps = deps
  }

  /** Reads the details of leads that were made without; what cannot be read now goes again. */
  async read({ leads, tries }: Unread): Promise<Delivery> {
    const { connectionId } = this.#deps.tables.state()
    if (connectionId === null) {
      await this.#listUnread(leads, NO_CONNECTION)
      // Who has come meanwhile found nothing to hasten.
      if (this.#deps.tables.state().connectionId !== null) return AT_ONCE
      return waitFor(NO_CONNECTION)
    }
    const rest = new Map(leads.map((lead) => [lead.id, lead]))
    let stop: MetaFailure | null = null
    for (const chunk of chunksOf([...rest.keys()], MAX_BATCH)) {
      const answer = await connectionOf(this.#deps.env, connectionId).readLeads(
        this.#deps.pageId,
        chunk,
      )
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
    const projects = this.#deps.tables.projectsOf(leads.map(({ id }) => id))
    const unread = leads.map((lead) => ({
      leadId: leadIdOf('facebook', lead.id),
      leadgenId: lead.id,
      pageId: this.#deps.pageId,
      projectId: projects.get(lead.id) ?? FIRST_PROJECT_ID,
      reason: reason ?? `META_${lead.code}`,
      isGivenUp: isGivenUp(lead),
    }))
    try {
      await recordUnread(this.#deps.env.DB, unread)
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
      this.#deps.outbox.add([
        ...(waiting.length > 0 ? [againRow({ leads: waiting, tries: tries + 1 }, at)] : []),
        ...(given.length > 0 ? [againRow({ leads: given, tries }, Date.now())] : []),
      ])
    return { result: 'done', commit }
  }

  async #giveUp(leads: UnreadLead[]): Promise<void> {
    await this.#enrich(leads.map(({ id }) => ({ id, details: { details: 'unavailable' } })))
  }

  async #fillIn(readings: LeadReading[]): Promise<void> {
    const read = readings.filter((reading) => reading.ok)
    const projects = this.#deps.tables.projectsOf(read.map(({ id }) => id))
    const understood = await this.#deps.understand(
      read.map((one) => {
        return { ...one, formId: null, projectId: projects.get(one.id) ?? FIRST_PROJECT_ID }
      }),
    )
    await this.#enrich([...understood].map(([id, { details }]) => ({ id, details })))
    const leadIds = read.map(({ id }) => leadIdOf('facebook', id))
    await forgetUnread(this.#deps.env.DB, leadIds)
  }

  /** Tells leads that are made what was learned of them, each within its project. */
  async #enrich(learned: { id: string; details: LeadDetails }[]): Promise<void> {
    const projects = this.#deps.tables.projectsOf(learned.map(({ id }) => id))
    const projectOf = pageProjects(this.#deps.env)
    const enriched = learned.map(async ({ id, details }) => {
      const project = await projectOf(projects.get(id) ?? FIRST_PROJECT_ID)
      return this.#deps.leads.carryOut(enrichOf(id, details), project)
    })
    await this.#deps.leads.tell(await Promise.all(enriched))
  }
}
