import { DurableObject } from 'cloudflare:workers'
import { type LeadAnswer, type LeadCommand, type LeadData, SYSTEM } from '../../src/lead.ts'
import { log } from '../../src/log.ts'
import { Outbox, type OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import type { Worker } from '../../src/store/members.ts'
import { placeOf, type Project, recentProject } from '../../src/store/projects.ts'
import { isoTime } from '../../src/time.ts'
import type { CardPlace } from '../conversation/sql.ts'
import { LeadAlarm } from './alarm.ts'
import { decide } from './decide.ts'
import { Messenger } from './messenger.ts'
import { partOf, rowsOf } from './rows.ts'
import { type LeadRules, rulesOf } from './rules.ts'
import { type LeadEvent, LeadTables } from './sql.ts'
import { nextTimer } from './timers.ts'

/** When nobody can say now what the project's rules are, they are asked for again after so long. */
const ASK_RULES_AGAIN_MS = 60_000

/** So long a command waits for the project's rules: whoever presses is answered without them. */
const RULES_PATIENCE_MS = 2_000

/** How a command is carried out. */
interface Terms {
  rules: LeadRules | null
  /** Where somebody else shows its card, and sees to its row in the lists: the lead owes neither. */
  shownIn: string | null
}

/** What a lead knows of its project. */
interface Known {
  project: Project
  rules: LeadRules
}

/** One lead: decides every command about it, remembers what happened, and owes the world its news. */
export class Lead extends DurableObject<Env> {
  readonly #tables: LeadTables
  readonly #outbox: Outbox
  readonly #alarm: LeadAlarm
  readonly #messenger: Messenger
  #exists: boolean

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new LeadTables(ctx.storage.sql)
    this.#exists = this.#tables.exist()
    this.#alarm = new LeadAlarm(ctx.storage, () => this.#tables.timerAt())
    this.#messenger = new Messenger({
      env,
      tables: this.#tables,
      outbox: () => this.#outbox,
      give: (to, waitingSince, project) => this.#give(to, waitingSince, project),
    })
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: this.#alarm,
      owner: { object: 'lead', name: ctx.id.name ?? '' },
      db: env.DB,
      deliver: ([row]) => this.#messenger.deliver(row as OutboxRow),
    })
    if (!this.#exists) return
    this.#outbox.recover()
    ctx.waitUntil(this.#alarm.mend())
  }

  /** Carries out a command once, however often it comes. */
  async carryOut(command: LeadCommand): Promise<LeadAnswer> {
    const projectId = command.type === 'receive' ? command.lead.projectId : this.#projectId()
    const known = await this.#knownInTime(projectId)
    const answer = this.#decideOn(command, { rules: known?.rules ?? null, shownIn: null })
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
    const answer = this.#decideOn(command, { rules, shownIn: chatId })
    if (answer.ok) this.ctx.waitUntil(this.#outbox.ring())
    return answer
  }

  /**
   * Carries out a command that comes from a chat. Where this is the project's own and no other shows
   * the lead, the chat sees to its card, at the place that is returned, and to its row in the lists.
   */
  async carryOutIn(
    command: LeadCommand,
    chatId: string,
  ): Promise<{ answer: LeadAnswer; place: CardPlace | null }> {
    const known = await this.#knownInTime(this.#projectId())
    const place = known && this.#placeIn(chatId, known.project)
    // Whoever sent it first may have died before anybody was told.
    const isOwed = !place && this.#isDone(command.id)
    const terms = { rules: known?.rules ?? null, shownIn: place ? chatId : null }
    const answer = this.#decideOn(command, terms)
    if (isOwed) this.#outbox.transact(() => this.#outbox.add([partOf('news')]))
    if (answer.ok) this.ctx.waitUntil(this.#outbox.ring())
    return { answer, place }
  }

  /** The lead with its history; `null` when it was never received. */
  async read(): Promise<{ lead: LeadData; events: LeadEvent[] } | null> {
    const lead = this.#exists ? this.#tables.lead() : null
    return lead && { lead, events: this.#tables.events() }
  }

  /** Tells of the lead once more: its row in the lists, its card, in the project's present chat too. */
  async show(): Promise<void> {
    if (!this.#exists) return
    this.#outbox.transact(() => this.#outbox.add([partOf('news')]))
    await this.#outbox.ring()
  }

  /** Carries out what is due now, by the project's present rules. */
  async kick(): Promise<void> {
    if (!this.#exists) return
    await this.#alarm.mend()
    await this.#runTimers()
    await this.#offer()
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
    if (!this.#exists) return
    // Left armed after everything was done: nothing is to be written for it.
    if (this.#outbox.nextAt() === null && this.#tables.timerAt() === null) return
    this.#outbox.guard()
    await this.#runTimers()
    await this.#outbox.ring()
  }

  /** Does what the lead is to do by itself by now; the project's rules may have changed meanwhile. */
  async #runTimers(): Promise<void> {
    const rules = (await this.#knownInTime(this.#projectId()))?.rules ?? null
    for (let due = this.#timerDue(rules); due; due = this.#timerDue(rules)) {
      const before = this.#tables.lead()?.version
      const id = `tick:${JSON.stringify(due.timer)}:${due.at}`
      const answer = this.#decideOn(
        { id, type: 'tick', timer: due.timer },
        { rules, shownIn: null },
      )
      // What changes nothing would be due for ever.
      if (!answer.ok || answer.lead.version === before) break
    }
    this.#outbox.transact(() => {
      const lead = this.#tables.lead()
      const at = lead && timerOf(lead, rules)
      this.#tables.saveTimerAt(at)
      this.#alarm.setTimer(at)
    })
  }

  /** Nobody was there to be given it: perhaps now somebody is. */
  async #offer(): Promise<void> {
    if (this.#tables.lead()?.status !== 'new') return
    const known = await this.#knownInTime(this.#projectId())
    if (!known?.rules.isGivenOut) return
    // One that waits stays as it is; one that is being carried out may have found nobody already.
    const [waiting] = this.#outbox.all('assign')
    const body = waiting ? JSON.parse(waiting.body) : { butNot: null }
    this.#outbox.transact(() => {
      this.#outbox.add([{ key: 'assign', kind: 'assign', body, latest: true }])
    })
  }

  #timerDue(rules: LeadRules | null) {
    const lead = this.#tables.lead()
    const next = lead && rules && nextTimer(lead, rules)
    return next && next.at <= Date.now() ? next : null
  }

  #projectId(): string | null {
    return (this.#exists && this.#tables.lead()?.projectId) || null
  }

  #isDone(commandId: string): boolean {
    return this.#exists && this.#tables.isDone(commandId)
  }

  /** Where its card stands in a chat that is the only one to show it; `null`: it is not. */
  #placeIn(chatId: string, project: Project): CardPlace | null {
    const isAlone = project.chatId === chatId && this.#tables.chats().every((id) => id === chatId)
    // What is owed already, or could not be done, is seen to from here.
    const isOwed = (['news', 'projection', 'card'] as const).some(
      (kind) => this.#outbox.all(partOf(kind).key).length > 0,
    )
    if (!isAlone || isOwed) return null
    return { ...placeOf(project, settingsOf(this.env)), threadId: project.threadId }
  }

  /** `null` when it cannot be had now: no lead waits for it. */
  async #knownInTime(projectId: string | null): Promise<Known | null> {
    if (projectId === null) return null
    const { promise: late, resolve } = Promise.withResolvers<null>()
    const timer = setTimeout(() => resolve(null), RULES_PATIENCE_MS)
    try {
      return await Promise.race([this.#known(projectId), late])
    } finally {
      clearTimeout(timer)
    }
  }

  async #known(projectId: string): Promise<Known | null> {
    try {
      const project = await recentProject(this.env.DB, projectId)
      return project && { project, rules: rulesOf(project, settingsOf(this.env)) }
    } catch (error) {
      log('warn', 'lead.rules_unknown', { error })
      return null
    }
  }

  /** In turn, unless the lead was taken since, or waits anew. */
  #give(to: Worker, waitingSince: string, project: Project): void {
    if (this.#tables.lead()?.waitingSince !== waitingSince) return
    const rules = rulesOf(project, settingsOf(this.env))
    const command = { id: `assign:${waitingSince}`, type: 'assign', by: SYSTEM, to } as const
    this.#decideOn(command, { rules, shownIn: null })
  }

  #decideOn(command: LeadCommand, terms: Terms): LeadAnswer {
    if (!this.#exists && command.type !== 'receive') return { ok: false, code: 'NOT_FOUND' }
    const answer = this.#outbox.transact(() => this.#apply(command, terms))
    this.#exists = true
    return answer
  }

  #apply(command: LeadCommand, { rules, shownIn }: Terms): LeadAnswer {
    if (!this.#exists) this.#tables.create()
    const before = this.#exists ? this.#tables.lead() : null
    if (before && this.#tables.isDone(command.id)) return { ok: true, lead: before, isNew: false }
    const at = isoTime()
    const decision = decide(before, command, at)
    if (!decision.ok) return decision
    const { lead } = decision
    if (lead !== before) {
      const timerAt = timerOf(lead, rules)
      this.#tables.save(lead, timerAt, shownIn)
      this.#record(command, at)
      const owes = decision.owes.filter(
        ({ kind }) =>
          (kind !== 'news' || shownIn === null) &&
          // Where nobody knows, whoever gives it asks.
          (kind !== 'assign' || rules?.isGivenOut !== false),
      )
      this.#outbox.add(rowsOf(owes, lead, Date.now()))
      this.#alarm.setTimer(timerAt)
    }
    return { ok: true, lead, isNew: before === null }
  }

  #record(command: LeadCommand, at: string): void {
    const { id, type, ...data } = command
    const { by: actor, ...rest } = 'by' in data ? data : { ...data, by: null }
    this.#tables.record({ command: id, type, actor, at, data: rest })
  }
}

/** When a lead next does something by itself (ms); its rules are asked for again if nobody knows them. */
function timerOf(lead: LeadData, rules: LeadRules | null): number | null {
  return rules ? (nextTimer(lead, rules)?.at ?? null) : Date.now() + ASK_RULES_AGAIN_MS
}
