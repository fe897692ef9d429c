import { DurableObject } from 'cloudflare:workers'
import { hourOf } from '../../src/period.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import { settingsOf } from '../../src/settings.ts'
import { type AuditEntry, recordAuditOnce } from '../../src/store/audit.ts'
import { findProject, placeOf, type Project } from '../../src/store/projects.ts'
import { adminIds } from '../../src/store/users.ts'
import { upsertAlert } from '../../src/store/watch.ts'
import { connectionOf, conversationOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { type Alert, follow, type Side, type Telling } from '../../src/watch/follow.ts'
import { type Finding, judge } from '../../src/watch/judge.ts'
import { ALERT_KINDS, type AlertKind, MANNERS } from '../../src/watch/kinds.ts'
import type { Numbers } from '../../src/watch/numbers.ts'
import {
  isLate,
  isStale,
  type SwitchAnswer,
  type SwitchCommand,
  type Switched,
} from '../../src/watch/switching.ts'
import { readNumbers } from './numbers.ts'
import { WatchTables } from './sql.ts'

/** Nobody wants to hear of an alert until a time (ISO). */
export interface Snooze {
  alertId: string
  until: string
  /** What asked for it: once more it is the same snooze. */
  ref: string
  by: { id: string; name: string }
}

/** A snooze that was taken, or why there was nothing to snooze. */
export type SnoozeAnswer = { ok: true; alert: Alert } | { ok: false; code: 'NOT_FOUND' | 'OVER' }

/** What watches one project's advertising: remembers which alerts are open, and tells each once. */
export class Watch extends DurableObject<Env> {
  readonly #tables: WatchTables
  readonly #outbox: Outbox
  #looking: Promise<void> | null = null
  #switching: Promise<unknown> = Promise.resolve()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new WatchTables(ctx.storage.sql)
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: {
        set: (at) => void ctx.storage.setAlarm(at),
        clear: () => void ctx.storage.deleteAlarm(),
      },
      owner: { object: 'watch', name: this.#projectId },
      db: env.DB,
      deliver: ([row]) => this.#deliver(row as OutboxRow),
    })
    this.#tables.create()
    this.#outbox.recover()
  }

  /** Looks at the project's numbers as they are now; asked for while it looks, it looks once. */
  async look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => (this.#looking = null))
    await this.#looking
    await this.#outbox.ring()
  }

  /** Keeps an open alert quiet until a time. */
  async snooze({ alertId, until, ref, by }: Snooze): Promise<SnoozeAnswer> {
    const answer = this.#outbox.transact((): SnoozeAnswer => {
      const before = this.#tables.alert(alertId)
      if (!before) return { ok: false, code: 'NOT_FOUND' }
      if (before.state === 'over') return { ok: false, code: 'OVER' }
      const alert = { ...before, snoozedUntil: until, version: before.version + 1 }
      this.#save(alert)
      this.#audit(ref, { by, action: 'alert.snooze', target: alertId, details: { until } })
      return { ok: true, alert }
    })
    this.ctx.waitUntil(this.#outbox.ring())
    return answer
  }

  /**
   * Pauses a campaign or lets it run again, one press after another. What came of a press is kept: it
   * comes once more when nobody learned of it.
   */
  async switchCampaign(command: SwitchCommand): Promise<SwitchAnswer> {
    const before = this.#switching
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#switching = promise
    await before
    try {
      return await this.#switch(command)
    } finally {
      resolve()
      this.ctx.waitUntil(this.#outbox.ring())
    }
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

  get #projectId(): string {
    return this.ctx.id.name ?? ''
  }

  async #look(): Promise<void> {
    const now = Date.now()
    const project = await findProject(this.env.DB, this.#projectId)
    if (!project) return
    const before = this.#tables.memory()
    const { numbers, learned } = await readNumbers(this.env, project, before, now)
    this.#outbox.transact(() => {
      if (JSON.stringify({ ...before, ...learned }) !== JSON.stringify(before)) {
        this.#tables.remember(learned)
      }
      for (const kind of ALERT_KINDS) this.#judge(kind, numbers, project)
      this.#tables.forget(now)
    })
  }

  /** In the present transaction: what the numbers say of a kind, and what follows from it. */
  #judge(kind: AlertKind, numbers: Numbers, project: Project): void {
    const judgement = judge(kind, numbers)
    if (judgement === 'unknown') return
    const alerts = new Map(this.#tables.alerts(kind).map((alert) => [alert.subject, alert]))
    const findings = judgement === 'unwatched' ? [] : judgement
    const rest: Side = judgement === 'unwatched' ? 'unwatched' : 'off'
    const found = new Map<string, Finding>(findings.map((one) => [one.subject, one]))
    for (const subject of new Set([...alerts.keys(), ...found.keys()])) {
      const { side = rest, facts = {}, campaigns = [] } = found.get(subject) ?? {}
      const before = alerts.get(subject) ?? null
      const { alert, telling } = follow(before, {
        projectId: this.#projectId,
        kind,
        subject,
        side,
        facts,
        campaigns,
        now: numbers.now,
        isTellingTime: this.#isTellingTime(kind, numbers.now, project),
        newId: newAlertId(),
      })
      if (alert && alert !== before) this.#save(alert, telling)
    }
  }

  #isTellingTime(kind: AlertKind, now: number, project: Project): boolean {
    const { hours } = project.watch
    if (MANNERS[kind].isUrgent || hours === null) return true
    const hour = hourOf(now, placeOf(project, settingsOf(this.env)).timezone)
    return hours.from <= hour && hour < hours.to
  }

  /** In the present transaction. The list knows of an alert before anybody can press anything of it. */
  #save(alert: Alert, telling: Telling | null = null): void {
    this.#tables.saveAlert(alert)
    const key = `alert:${alert.id}`
    const rows: NewRow[] = [{ key, kind: 'alert', body: alert }]
    if (telling) rows.push({ key, kind: 'tell', body: { alert, telling } })
    this.#outbox.add(rows)
  }

  /** In the present transaction. */
  #audit(
    ref: string,
    entry: Pick<AuditEntry, 'action' | 'target' | 'details'> & { by: SwitchCommand['by'] },
  ): void {
    const { by, ...rest } = entry
    const body = { ref, ...rest, actorId: by.id, actorName: by.name, at: isoTime() }
    this.#outbox.add([{ key: 'audit', kind: 'audit', body }])
  }

  async #switch(command: SwitchCommand): Promise<SwitchAnswer> {
    const { ref, campaignId, to } = command
    const known = this.#tables.switch(ref)
    if (known?.outcome) return { ok: true, value: known.outcome }
    const now = Date.now()
    // One that has begun goes on to its end, unless somebody has pressed something else since.
    if (!known && isLate(command, now)) return { ok: false, kind: 'late', code: 'late' }
    const last = this.#tables.lastSwitch(campaignId)
    const seenAt = known?.at ?? command.seenAt
    if (isStale({ ref, seenAt }, last)) return { ok: false, kind: 'stale', code: 'stale' }
    const project = await findProject(this.env.DB, this.#projectId)
    const { connectionId, adAccountId: accountId } = project ?? {}
    if (!connectionId || !accountId) return { ok: false, kind: 'no_account', code: 'no_account' }
    if (!known) this.#tables.beginSwitch({ ref, campaignId, to, at: now })
    const connection = connectionOf(this.env, connectionId)
    const answer = await connection.switchCampaign({ accountId, campaignId, to })
    if (!answer.ok) {
      // What nobody has answered may have been done: it counts as pressed.
      if (answer.kind !== 'transient' && !known) this.#tables.dropSwitch(ref)
      return answer
    }
    const { name, effectiveStatus, hasChanged } = answer.value
    // One that had begun before has changed it, though nobody learned of it.
    const isOurs = hasChanged || (last?.to === to && last.outcome === null)
    const outcome = { name, at: known?.at ?? now, hasChanged: isOurs, effectiveStatus }
    this.#switched(command, outcome)
    return { ok: true, value: outcome }
  }

  #switched({ ref, campaignId, to, by }: SwitchCommand, outcome: Switched): void {
    this.#outbox.transact(() => {
      this.#tables.endSwitch(ref, outcome)
      // How the account stands is another matter now.
      this.#tables.remember({ account: null })
      if (!outcome.hasChanged) return
      const action = to === 'PAUSED' ? 'campaign.pause' : 'campaign.run'
      const { name, effectiveStatus } = outcome
      const details = { projectId: this.#projectId, name, effectiveStatus }
      this.#audit(ref, { by, action, target: campaignId, details })
    })
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const body = JSON.parse(row.body)
    switch (row.kind) {
      case 'alert':
        await upsertAlert(this.env.DB, body)
        return DONE
      case 'tell':
        return this.#tell(body)
      case 'audit':
        await recordAuditOnce(this.env.DB, body)
        return DONE
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  /** Tells the admins, and the project's chat of what concerns its money; each once. */
  async #tell({ alert, telling }: { alert: Alert; telling: Telling }): Promise<Delivery> {
    const project = await findProject(this.env.DB, this.#projectId)
    if (!project) return DONE
    const settings = settingsOf(this.env)
    const { timezone, locale } = placeOf(project, settings)
    const told = {
      key: `alert:${alert.id}:${telling}:${alert.tellings}`,
      alert,
      telling,
      project: project.name,
      timezone,
      portal: settings.PUBLIC_URL ? `${settings.PUBLIC_URL}/portal` : null,
    }
    const { chatId, threadId } = project
    if (chatId && MANNERS[alert.kind].isForChat) {
      await conversationOf(this.env, chatId).tellAlert({ ...told, threadId, locale })
    }
    for (const id of await adminIds(this.env.DB, settings)) {
      // Whose own chat is the project's chat has heard it.
      if (id === chatId) continue
      await conversationOf(this.env, id).tellAlert({ ...told, threadId: null, locale: null })
    }
    return DONE
  }
}

const DONE: Delivery = { result: 'done' }

/** Short, for it stands on buttons together with the id of a campaign. */
function newAlertId(): string {
  return crypto.randomUUID().replaceAll('-', '').slice(0, 16)
}
