import { DurableObject } from 'cloudflare:workers'
import type { LeadData, LeadStatus } from '../../src/lead.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { countOpenLeads, type LeadPosition, listLeads } from '../../src/store/leads.ts'
import type { Worker } from '../../src/store/members.ts'
import { leadOf, WATCHER } from '../../src/stubs.ts'
import { wake } from '../../src/wake.ts'
import { nextInTurn } from './next-in-turn.ts'
import { BoardTables } from './sql.ts'

/** Whom a lead could be given to, and how to choose. */
export interface TurnRequest {
  /** The same turn asked for again has the same answer. */
  turn: string
  leadId: string
  mode: 'round_robin' | 'least_busy'
  workers: Worker[]
  /** Who has just lost the lead, if there is anybody else. */
  butNot: string | null
}

/** Leads of a status that are to look again at what is due; up to `after` they have. */
interface LookAgain {
  status: LeadStatus
  after: LeadPosition | null
}

/** Each gives itself out before the next is woken: so many take seconds, and then the place is noted. */
const LOOK_TOGETHER = 20

/** One project: whoever watches hears of every change of a lead, and leads are given out in turn. */
export class Board extends DurableObject<Env> {
  readonly #tables = new BoardTables(this.ctx.storage.sql)
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: {
        set: (at) => void ctx.storage.setAlarm(at),
        clear: () => void ctx.storage.deleteAlarm(),
      },
      owner: { object: 'board', name: this.#projectId },
      db: env.DB,
      deliver: ([row]) => this.#lookOn(row as OutboxRow),
    })
    this.#outbox.recover()
  }

  override async fetch(request: Request): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server, [request.headers.get(WATCHER) ?? ''])
    return new Response(null, { status: 101, webSocket: client })
  }

  /**
   * Has the leads of these statuses look again at what is due and whose they could be, the oldest
   * first, not before a time (ms): the rules or the people of the project have changed.
   */
  async lookAgain(statuses: LeadStatus[], at: number): Promise<void> {
    this.#outbox.transact(() => {
      const rows = statuses.map((status) => {
        const body: LookAgain = { status, after: null }
        return { key: `look:${status}`, kind: 'look', body, latest: true, at }
      })
      this.#outbox.add(rows)
    })
    this.ctx.waitUntil(this.#outbox.ring())
  }

  /** Tries again what was parked under this number. */
  async retryParked(seq: number): Promise<boolean> {
    const isFound = this.#outbox.retry(seq)
    await this.#outbox.ring()
    return isFound
  }

  /** Carries out what is due now, and says what is left. */
  async kick(): Promise<OutboxCounts> {
    await this.#outbox.ring()
    return this.#outbox.counts()
  }

  override async alarm(): Promise<void> {
    await this.#outbox.wake()
  }

  /** Whoever watches as this person does so no more. */
  async dismiss(watcherId: string): Promise<void> {
    for (const watcher of this.ctx.getWebSockets(watcherId)) watcher.close(1008, 'role')
  }

  /** Sends leads as they are now to everybody who watches. */
  async publish(leads: LeadData[]): Promise<void> {
    const watchers = this.ctx.getWebSockets()
    if (watchers.length === 0) return
    for (const news of leads.map((lead) => JSON.stringify({ type: 'lead', lead }))) {
      for (const watcher of watchers) send(watcher, news)
    }
  }

  /** Whose turn it is; `null` when there is nobody. */
  async nextWorker({ turn, leadId, mode, workers, butNot }: TurnRequest): Promise<Worker | null> {
    // Read before deciding: the decision and its record are one step that nothing comes between.
    const busyOf = mode === 'least_busy' ? await this.#busy() : () => 0
    return this.ctx.storage.transactionSync(() => {
      this.#tables.create()
      const given = this.#tables.givenFor(turn)
      const again = workers.find(({ id }) => id === given)
      if (again) return again
      const others = workers.filter(({ id }) => id !== butNot)
      const next = nextInTurn(others.length > 0 ? others : workers, {
        lastTurnOf: (id) => this.#tables.lastTurnOf(id),
        busyOf,
        mode,
      })
      if (next) this.#tables.give({ turn, leadId, userId: next.id, at: Date.now() })
      return next
    })
  }

  get #projectId(): string {
    return this.ctx.id.name ?? ''
  }

  /** Wakes some leads one after another, and owes to go on behind them. */
  async #lookOn({ key, body }: OutboxRow): Promise<Delivery> {
    const { status, after } = JSON.parse(body) as LookAgain // our own words, written by `lookAgain`
    const filter = { projectId: this.#projectId, status }
    const page = { after, limit: LOOK_TOGETHER, oldestFirst: true }
    const { leads, next } = await listLeads(this.env.DB, filter, page)
    for (const { id } of leads) await wake(leadOf(this.env, id))
    const commit = () => {
      // Asked for anew meanwhile, it begins with the first anyway.
      const isAnew = this.#outbox.all(key).length > 0
      if (next && !isAnew) this.#outbox.add([{ key, kind: 'look', body: { status, after: next } }])
    }
    return { result: 'done', commit }
  }

  /** How many leads a worker has in work: by the lists, and what was given moments ago. */
  async #busy(): Promise<(userId: string) => number> {
    this.#tables.create()
    const seen = this.#tables.justGiven(Date.now()).map(({ leadId }) => leadId)
    const open = await countOpenLeads(this.env.DB, this.#projectId, seen)
    return (userId) => {
      // While the lists were read others may have been given.
      const given = this.#tables.justGiven(Date.now()).filter((one) => one.userId === userId)
      return (open.get(userId) ?? 0) + new Set(given.map(({ leadId }) => leadId)).size
    }
  }
}

function send(watcher: WebSocket, news: string): void {
  try {
    watcher.send(news)
  } catch {
    // It has just gone; it reads the list again when it comes back.
  }
}
