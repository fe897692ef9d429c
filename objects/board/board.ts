import { DurableObject } from 'cloudflare:workers'
import type { LeadData } from '../../src/lead.ts'
import { countOpenLeads } from '../../src/store/leads.ts'
import type { Worker } from '../../src/store/members.ts'
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

/** One project: whoever watches hears of every change of a lead, and leads are given out in turn. */
export class Board extends DurableObject<Env> {
  readonly #tables = new BoardTables(this.ctx.storage.sql)

  override async fetch(): Promise<Response> {
    const { 0: client, 1: server } = new WebSocketPair()
    this.ctx.acceptWebSocket(server)
    return new Response(null, { status: 101, webSocket: client })
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

  /** How many leads a worker has in work: by the lists, and what was given moments ago. */
  async #busy(): Promise<(userId: string) => number> {
    this.#tables.create()
    const seen = this.#tables.justGiven(Date.now()).map(({ leadId }) => leadId)
    const open = await countOpenLeads(this.env.DB, this.ctx.id.name ?? '', seen)
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
