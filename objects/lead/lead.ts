import { DurableObject } from 'cloudflare:workers'
import {
  type LeadAnswer,
  type LeadCommand,
  type LeadData,
  NO_CHAT,
  SYSTEM,
} from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { projectAndFindRepeats } from '../../src/store/leads.ts'
import { listWorkers } from '../../src/store/members.ts'
import { placeOf, type Project, recentProject } from '../../src/store/projects.ts'
import { adminIds } from '../../src/store/users.ts'
import { boardOf, conversationOf, leadOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { LeadAlarm } from './alarm.ts'
import { type Consequence, decide } from './decide.ts'
import { type LeadEvent, LeadTables } from './sql.ts'
import { nextTimer, type TimerRules } from './timers.ts'

/** So long a card waits for details that are being read. */
export const CARD_GRACE_MS = 2_000

/** When nobody can say now what the project's rules are, they are asked for again after so long. */
const ASK_RULES_AGAIN_MS = 60_000

/** What a lead has to know of its project: when to act by itself, and whether it is given out in turn. */
export type LeadRules = TimerRules & { isGivenOut: boolean }

/** One lead: decides every command about it, remembers what happened, and owes the world its news. */
export class Lead extends DurableObject<Env> {
  readonly #tables: LeadTables
  readonly #outbox: Outbox
  readonly #alarm: LeadAlarm
  #exists: boolean

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new LeadTables(ctx.storage.sql)
    this.#exists = this.#tables.exist()
    this.#alarm = new LeadAlarm(ctx.storage, this.#exists ? this.#tables.timerAt() : null)
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: this.#alarm,
      owner: { object: 'lead', name: ctx.id.name ?? '' },
      db: env.DB,
      deliver: ([row]) => this.#deliver(row as OutboxRow),
    })
    if (this.#exists) this.#outbox.recover()
  }

  /** Carries out a command once, however often it comes. */
  async carryOut(command: LeadCommand): Promise<LeadAnswer> {
    const projectId = command.type === 'receive' ? command.lead.projectId : this.#projectId()
    const rules = await this.#rulesOf(projectId)
    const answer = this.#decideOn(command, rules, (rows) => this.#outbox.add(rows))
    if (answer.ok) this.ctx.waitUntil(this.#outbox.ring())
    return answer
  }

  /**
   * Carries out a command for one who brings many: the row in the lists and the card are theirs to
   * see to, with the lead as it is now, and again until it is done. `chatId` is where they show it.
   */
  async carryOutFor(
    command: LeadCommand,
    { chatId, rules }: { chatId: string; rules: LeadRules },
  ): Promise<LeadAnswer> {
    const answer = this.#decideOn(command, rules, (rows) => {
      this.#tables.addChat(chatId)
      this.#outbox.add(rows.filter(({ kind }) => kind !== 'projection' && kind !== 'card'))
    })
    if (answer.ok) this.ctx.waitUntil(this.#outbox.ring())
    return answer
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

  /** Tries again what was parked under this number. */
  async retryParked(seq: number): Promise<boolean> {
    const isFound = this.#exists && this.#outbox.retry(seq)
    if (isFound) await this.#outbox.ring()
    return isFound
  }

  override async alarm(): Promise<void> {
    this.#alarm.wentOff()
    // Guards what follows as well: should it fail, the alarm goes off again.
    await this.#outbox.wake()
    await this.#runTimers()
  }

  /** Does what the lead is to do by itself by now; the project's rules may have changed meanwhile. */
  async #runTimers(): Promise<void> {
    if (!this.#exists) return
    const rules = await this.#rulesOf(this.#projectId())
    for (let due = this.#timerDue(rules); due; due = this.#timerDue(rules)) {
      const id = `tick:${JSON.stringify(due.timer)}:${due.at}`
      const tick = { id, type: 'tick', timer: due.timer } as const
      this.#decideOn(tick, rules, (rows) => this.#outbox.add(rows))
    }
    this.ctx.storage.transactionSync(() => this.#setTimer(this.#tables.lead(), rules))
    await this.#outbox.ring()
  }

  #timerDue(rules: LeadRules | null) {
    const lead = this.#tables.lead()
    const next = lead && rules && nextTimer(lead, rules)
    return next && next.at <= Date.now() ? next : null
  }

  #setTimer(lead: LeadData | null, rules: LeadRules | null): void {
    if (!lead) return
    const at = rules ? (nextTimer(lead, rules)?.at ?? null) : Date.now() + ASK_RULES_AGAIN_MS
    if (at === this.#tables.timerAt()) return
    this.#tables.saveTimerAt(at)
    this.#alarm.setTimer(at)
  }

  #projectId(): string | null {
    return (this.#exists && this.#tables.lead()?.projectId) || null
  }

  /** `null` when they cannot be had now: no lead waits for them. */
  async #rulesOf(projectId: string | null): Promise<LeadRules | null> {
    try {
      const project = projectId && (await recentProject(this.env.DB, projectId))
      return project ? rulesOf(project, settingsOf(this.env)) : null
    } catch (error) {
      log('warn', 'lead.rules_unknown', { error })
      return null
    }
  }

  #decideOn(
    command: LeadCommand,
    rules: LeadRules | null,
    owe: (rows: NewRow[]) => void,
  ): LeadAnswer {
    if (!this.#exists && command.type !== 'receive') return { ok: false, code: 'NOT_FOUND' }
    const answer = this.ctx.storage.transactionSync(() => this.#apply(command, rules, owe))
    this.#exists = true
    return answer
  }

  #apply(command: LeadCommand, rules: LeadRules | null, owe: (rows: NewRow[]) => void): LeadAnswer {
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
      owe(rowsOf(owes, lead, rules))
      this.#setTimer(lead, rules)
    }
    return { ok: true, lead, isNew: before === null }
  }

  #record(command: LeadCommand, at: string): void {
    const { id, type, ...data } = command
    const { by: actor, ...rest } = 'by' in data ? data : { ...data, by: null }
    this.#tables.record({ command: id, type, actor, at, data: rest })
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const lead = this.#tables.lead()
    if (!lead) return { result: 'done' }
    const body = JSON.parse(row.body)
    switch (row.kind as KindOf<Consequence>) {
      case 'projection':
        return this.#project(lead)
      case 'card':
        return this.#showCard(lead)
      case 'client:taken':
      case 'client:closed':
        return this.#tellClient(lead, row)
      case 'assign':
        return this.#assign(lead)
      case 'assigned':
        return this.#tellManager(lead.assignee?.id, lead, row, 'manager.assigned')
      case 'returned':
        return this.#tellManager(body.from.id, lead, row, 'manager.returned')
      case 'reminder':
        return this.#tellManager(body.userId, lead, row, 'manager.reminder', body.text)
      case 'overdue:team':
        return this.#showOverdue(lead, 'team')
      case 'overdue:admins':
        return this.#showOverdue(lead, 'admins')
      case 'absorb':
        return this.#mergeInto(lead, body)
    }
  }

  async #project(lead: LeadData): Promise<Delivery> {
    const repeats = await projectAndFindRepeats(this.env.DB, [lead])
    // The live feed may miss a change: whoever watches reads the list again after a gap.
    this.ctx.waitUntil(
      boardOf(this.env, lead.projectId)
        .publish([lead])
        .catch(() => undefined),
    )
    await tellRepeats(this.env, repeats)
    return { result: 'done' }
  }

  async #showCard(lead: LeadData): Promise<Delivery> {
    const project = await recentProject(this.env.DB, lead.projectId)
    if (!project) return { result: 'refused', reason: 'NO_PROJECT' }
    const chats = new Set(this.#tables.chats())
    if (project.chatId) chats.add(project.chatId)
    if (chats.size === 0) return { result: 'refused', reason: NO_CHAT }
    for (const chat of chats) {
      await conversationOf(this.env, chat).showCards([lead], this.#placeIn(chat, project))
    }
    const commit = () => [...chats].forEach((chat) => this.#tables.addChat(chat))
    return { result: 'done', commit }
  }

  #placeIn(chatId: string, project: Project) {
    const threadId = chatId === project.chatId ? project.threadId : null
    return { ...placeOf(project, settingsOf(this.env)), threadId }
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

  /** Shows a manager the lead in their own chat, with why. */
  async #tellManager(
    userId: string | undefined,
    lead: LeadData,
    row: OutboxRow,
    text: 'manager.assigned' | 'manager.returned' | 'manager.reminder',
    words: string | null = null,
  ): Promise<Delivery> {
    if (userId === undefined) return { result: 'done' }
    const project = await recentProject(this.env.DB, lead.projectId)
    await conversationOf(this.env, userId).tellOfLead({
      key: `${lead.id}:${row.seq}`,
      text,
      words,
      lead,
      timezone: project ? placeOf(project, settingsOf(this.env)).timezone : 'UTC',
    })
    return { result: 'done' }
  }

  /** Gives the lead to the manager whose turn it is; it stays free when there is nobody. */
  async #assign(lead: LeadData): Promise<Delivery> {
    const project = await recentProject(this.env.DB, lead.projectId)
    if (lead.status !== 'new' || !project || project.rules.assignment === 'free') {
      return { result: 'done' }
    }
    const workers = await listWorkers(this.env.DB, lead.projectId)
    const to = await boardOf(this.env, lead.projectId).nextWorker({
      // Asked again for the same wait, the board answers the same.
      turn: `${lead.id}:${lead.waitingSince}`,
      leadId: lead.id,
      mode: project.rules.assignment,
      workers,
      butNot: this.#tables.lastReturnedFrom(),
    })
    if (to) {
      const id = `assign:${lead.waitingSince}`
      const rules = rulesOf(project, settingsOf(this.env))
      this.#decideOn({ id, type: 'assign', by: SYSTEM, to }, rules, (rows) =>
        this.#outbox.add(rows),
      )
    }
    return { result: 'done' }
  }

  /** Those who let it wait are told, many leads in one message. */
  async #showOverdue(lead: LeadData, who: 'team' | 'admins'): Promise<Delivery> {
    if (lead.status !== 'new') return { result: 'done' }
    const project = await recentProject(this.env.DB, lead.projectId)
    if (!project) return { result: 'refused', reason: 'NO_PROJECT' }
    const settings = settingsOf(this.env)
    const chats = who === 'team' ? [project.chatId] : await adminIds(this.env.DB, settings)
    for (const chat of chats) {
      if (chat === null) continue
      await conversationOf(this.env, chat).tellOverdue(lead, this.#placeIn(chat, project))
    }
    return { result: 'done' }
  }

  async #mergeInto(
    lead: LeadData,
    { into, by }: Extract<Consequence, { kind: 'absorb' }>,
  ): Promise<Delivery> {
    const text = [lead.contact ?? lead.phone ?? lead.email, ...lead.notes.map((note) => note.text)]
    await leadOf(this.env, into).carryOut({
      id: `absorb:${lead.id}:${lead.closedAt}`,
      type: 'absorb',
      from: lead.id,
      text: text.filter(Boolean).join('\n'),
      by,
    })
    return { result: 'done' }
  }
}

type KindOf<C> = C extends string ? C : C extends { kind: infer Kind } ? Kind : never

/** What of a project's rules its leads live by. */
export function rulesOf(project: Project, defaults: Parameters<typeof placeOf>[1]): LeadRules {
  const { responseMinutes, workingHours, returnMinutes, assignment } = project.rules
  const { timezone } = placeOf(project, defaults)
  return {
    responseMinutes,
    workingHours,
    returnMinutes,
    timezone,
    isGivenOut: assignment !== 'free',
  }
}

/** Leads that turned out to be repeats learn of which. */
export async function tellRepeats(env: Env, repeats: { id: string; of: string }[]): Promise<void> {
  for (const { id, of } of repeats) {
    await leadOf(env, id).carryOut({ id: `repeat:${of}`, type: 'repeat', of })
  }
}

function rowsOf(owes: Consequence[], lead: LeadData, rules: LeadRules | null): NewRow[] {
  // A card without a name to call helps nobody: it waits a little for details that are being read.
  const isHeld = lead.details === 'pending' && lead.version === 1
  return owes
    .filter((owed) => owed !== 'assign' || rules?.isGivenOut !== false)
    .map((owed): NewRow => {
      if (typeof owed !== 'string') {
        const { kind, ...body } = owed
        return { key: 'people', kind, body }
      }
      if (owed === 'projection' || owed === 'card' || owed === 'assign') {
        const at = owed === 'card' && isHeld ? { at: Date.now() + CARD_GRACE_MS } : {}
        return { key: owed, kind: owed, latest: true, ...at }
      }
      // Both messages to the client under one key: they are told in order.
      return { key: owed.startsWith('client') ? 'client' : 'people', kind: owed, latest: true }
    })
}
