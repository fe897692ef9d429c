import { DurableObject } from 'cloudflare:workers'
import { type LeadAnswer, type LeadCommand, type LeadData, NO_CHAT } from '../../src/lead.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { Outbox, type OutboxRow } from '../../src/outbox/outbox.ts'
import { projectLeads } from '../../src/store/leads.ts'
import { placeOf, recentProject } from '../../src/store/projects.ts'
import { settingsOf } from '../../src/settings.ts'
import { boardOf, conversationOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { type Consequence, decide } from './decide.ts'
import { type LeadEvent, LeadTables } from './sql.ts'

/** So long a card waits for details that are being read. */
export const CARD_GRACE_MS = 2_000

/** One lead: decides every command about it, remembers what happened, and owes the world its news. */
export class Lead extends DurableObject<Env> {
  readonly #tables: LeadTables
  readonly #outbox: Outbox
  #exists: boolean

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new LeadTables(ctx.storage.sql)
    this.#exists = this.#tables.exist()
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: {
        set: (at) => void ctx.storage.setAlarm(at),
        clear: () => void ctx.storage.deleteAlarm(),
      },
      owner: { object: 'lead', name: ctx.id.name ?? '' },
      db: env.DB,
      deliver: ([row]) => this.#deliver(row as OutboxRow),
    })
    if (this.#exists) this.#outbox.recover()
  }

  /** Carries out a command once, however often it comes. */
  async carryOut(command: LeadCommand): Promise<LeadAnswer> {
    const answer = this.#decideOn(command, (owes, lead) => this.#owe(owes, lead))
    if (answer.ok) this.ctx.waitUntil(this.#outbox.ring())
    return answer
  }

  /**
   * Carries out a command for one who brings many: what follows from it is theirs to carry out, with
   * the lead as it is now, and again until it is done. `chatId` is where they show its card.
   */
  async carryOutFor(command: LeadCommand, chatId: string): Promise<LeadAnswer> {
    return this.#decideOn(command, () => this.#tables.addChat(chatId))
  }

  /** The lead with its history; `null` when it was never received. */
  async read(): Promise<{ lead: LeadData; events: LeadEvent[] } | null> {
    const lead = this.#exists ? this.#tables.lead() : null
    return lead && { lead, events: this.#tables.events() }
  }

  /** Tells of the lead once more: its row in the lists, its card, in the project's present chat too. */
  async show(): Promise<void> {
    if (!this.#exists) return
    this.ctx.storage.transactionSync(() =>
      this.#outbox.add([
        { key: 'projection', kind: 'projection', latest: true },
        { key: 'card', kind: 'card', latest: true },
      ]),
    )
    await this.#outbox.ring()
  }

  /** Carries out what is due now, in case its alarm was lost. */
  async kick(): Promise<void> {
    if (this.#exists) await this.#outbox.ring()
  }

  /** Tries again what was parked under this number. */
  async retryParked(seq: number): Promise<boolean> {
    const isFound = this.#exists && this.#outbox.retry(seq)
    if (isFound) await this.#outbox.ring()
    return isFound
  }

  override async alarm(): Promise<void> {
    await this.#outbox.wake()
  }

  #decideOn(
    command: LeadCommand,
    follow: (owes: Consequence[], lead: LeadData) => void,
  ): LeadAnswer {
    if (!this.#exists && command.type !== 'receive') return { ok: false, code: 'NOT_FOUND' }
    const answer = this.ctx.storage.transactionSync(() => this.#apply(command, follow))
    this.#exists = true
    return answer
  }

  #apply(command: LeadCommand, follow: (owes: Consequence[], lead: LeadData) => void): LeadAnswer {
    if (!this.#exists) this.#tables.create()
    const before = this.#tables.lead()
    if (before && this.#tables.isDone(command.id)) return { ok: true, lead: before, isNew: false }
    const at = isoTime()
    const decision = decide(before, command, at)
    if (!decision.ok) return decision
    const { lead, owes } = decision
    if (lead !== before) {
      this.#tables.save(lead)
      this.#record(command, at)
      follow(owes, lead)
    }
    return { ok: true, lead, isNew: before === null }
  }

  #record(command: LeadCommand, at: string): void {
    const { id, type, ...data } = command
    const { by: actor, ...rest } = 'by' in data ? data : { ...data, by: null }
    this.#tables.record({ command: id, type, actor, at, data: rest })
  }

  #owe(owes: Consequence[], lead: LeadData): void {
    // A card without a name to call helps nobody: it waits a little for details that are being read.
    const isHeld = lead.details === 'pending' && lead.version === 1
    this.#outbox.add(
      owes.map((kind) => ({
        // Both messages to the client under one key: they are told in order.
        key: kind.startsWith('client') ? 'client' : kind,
        kind,
        latest: true,
        ...(kind === 'card' && isHeld ? { at: Date.now() + CARD_GRACE_MS } : {}),
      })),
    )
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const lead = this.#tables.lead()
    if (!lead) return { result: 'done' }
    switch (row.kind as Consequence) {
      case 'projection':
        return this.#project(lead)
      case 'card':
        return this.#showCard(lead)
      case 'client:taken':
      case 'client:closed':
        return this.#tellClient(lead, row)
    }
  }

  async #project(lead: LeadData): Promise<Delivery> {
    await projectLeads(this.env.DB, [lead])
    // The live feed may miss a change: whoever watches reads the list again after a gap.
    this.ctx.waitUntil(
      boardOf(this.env, lead.projectId)
        .publish([lead])
        .catch(() => undefined),
    )
    return { result: 'done' }
  }

  async #showCard(lead: LeadData): Promise<Delivery> {
    const project = await recentProject(this.env.DB, lead.projectId)
    if (!project) return { result: 'refused', reason: 'NO_PROJECT' }
    const chats = new Set(this.#tables.chats())
    if (project.chatId) chats.add(project.chatId)
    if (chats.size === 0) return { result: 'refused', reason: NO_CHAT }
    const place = placeOf(project, settingsOf(this.env))
    for (const chat of chats) {
      const threadId = chat === project.chatId ? project.threadId : null
      await conversationOf(this.env, chat).showCards([lead], { ...place, threadId })
    }
    const commit = () => [...chats].forEach((chat) => this.#tables.addChat(chat))
    return { result: 'done', commit }
  }

  async #tellClient(lead: LeadData, row: OutboxRow): Promise<Delivery> {
    if (lead.userId) {
      await conversationOf(this.env, lead.userId).tell({
        key: `${lead.id}:${row.seq}`,
        text: row.kind === 'client:taken' ? 'client.taken' : 'client.closed',
        params: { manager: lead.assignee?.name ?? '' },
      })
    }
    return { result: 'done' }
  }
}
