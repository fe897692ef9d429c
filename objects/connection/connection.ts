import { DurableObject } from 'cloudflare:workers'
import type { z } from 'zod'
import type { TextKey, TextParams } from '../../src/bot/texts.ts'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import { debugToken, exchangeToken } from '../../src/meta/oauth.ts'
import * as replies from '../../src/meta/replies.ts'
import { daysLeft, isExchangeDue, warningDue } from '../../src/meta/token-life.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import type { Period } from '../../src/period.ts'
import { seal, unseal } from '../../src/seal.ts'
import { type MetaSettings, settingsOf } from '../../src/settings.ts'
import { upsertConnection } from '../../src/store/connections.ts'
import { adminIds } from '../../src/store/users.ts'
import { conversationOf, pageOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { discover, subscribe } from './discover.ts'
import { type Caller, Door } from './door.ts'
import * as read from './read.ts'
import { type ConnectionState, ConnectionTables } from './sql.ts'

type Debug = z.infer<typeof replies.debugReply>['data']

/** What a check of the token came to. */
export interface TokenCheck {
  state: ConnectionState['state']
  expiresAt: number | null
  isExchangeDue: boolean
}

/** One authorised Meta user: the only holder of their token, the only door to Meta in their name. */
export class Connection extends DurableObject<Env> {
  readonly #tables: ConnectionTables
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new ConnectionTables(ctx.storage.sql)
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: {
        set: (at) => void ctx.storage.setAlarm(at),
        clear: () => void ctx.storage.deleteAlarm(),
      },
      owner: { object: 'connection', name: this.#id },
      db: env.DB,
      deliver: ([row]) => this.#deliver(row as OutboxRow),
    })
    this.#tables.create()
    this.#outbox.recover()
  }

  /**
   * Takes a token that its owner has just given: asks Meta what it opens, subscribes the pages to
   * leads, seals it, and lets everything that waited go on.
   */
  async adopt(token: string): Promise<MetaAnswer<ConnectionState>> {
    const debug = await this.#debug(token)
    if (!debug.ok) return debug
    const tokens = new Map<Caller, string>([['user', token]])
    const door = this.#doorWith(
      async (caller) => tokens.get(caller) ?? null,
      () => null,
    )
    const assets = await discover(door, this.#id)
    if (!assets.ok) return assets
    const { name, pages, adAccounts } = assets.value
    for (const page of pages) {
      if (page.access_token) tokens.set(`page:${page.id}`, page.access_token)
    }
    const subscribed = await Promise.all(pages.map((page) => subscribe(door, page.id)))
    const state: ConnectionState = {
      name,
      adAccounts,
      state: 'alive',
      problem: null,
      warned: null,
      ...timesOf(debug.value),
      pages: pages.map(({ id, name: title }, index) => ({
        id,
        name: title,
        subscribed: subscribed[index] === true,
      })),
    }
    await this.#begin(tokens, state)
    return { ok: true, value: state }
  }

  /** Asks Meta whether the token lives and until when. */
  async check(): Promise<MetaAnswer<TokenCheck>> {
    const token = await this.#tokenOf('user')
    if (token === null) return { ok: false, kind: 'dead', code: 'no_token' }
    const debug = await this.#debug(token)
    if (debug.ok) this.#change({ ...timesOf(debug.value), state: 'alive', problem: null })
    else if (debug.kind === 'dead') this.#change({ state: 'dead', problem: debug.code })
    else return debug
    const { state, expiresAt } = this.#known()
    const isDue = state === 'alive' && isExchangeDue(expiresAt, Date.now())
    return { ok: true, value: { state, expiresAt, isExchangeDue: isDue } }
  }

  /** Exchanges the token for one that lives longer, and believes only what Meta then says of it. */
  async exchange(): Promise<MetaAnswer<{ expiresAt: number | null }>> {
    const token = await this.#tokenOf('user')
    if (token === null) return { ok: false, kind: 'dead', code: 'no_token' }
    const result = await exchangeToken(this.#meta, token)
    // A refused exchange says nothing of the token itself: `check` tells whether it still lives.
    if (!result.ok) {
      const { kind, code } = result.trouble
      return kind === 'dead'
        ? { ok: false, kind: 'permission', code }
        : this.#door.fail('exchange', result.trouble)
    }
    const reply = replies.tokenReply.safeParse(result.body)
    if (!reply.success) return { ok: false, kind: 'ours', code: 'unexpected_reply' }
    const debug = await this.#debug(reply.data.access_token)
    if (!debug.ok) return debug
    const sealed = await this.#seal('user', reply.data.access_token)
    this.ctx.storage.transactionSync(() => {
      this.#tables.saveToken('user', sealed)
      this.#write(timesOf(debug.value))
    })
    this.#ring()
    return { ok: true, value: { expiresAt: debug.value.expires_at } }
  }

  /** Warns the admins when the end of the token is near and they were not told so far. */
  async warn(): Promise<void> {
    const { state, expiresAt, warned, name } = this.#known()
    const due = state === 'alive' ? warningDue(expiresAt, Date.now(), warned) : null
    if (due === null || expiresAt === null) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#change({ warned: { expiresAt, days: due } }, [
      tellRow('alert.token_expiring', `expiring:${expiresAt}:${due}`, { name, days }),
    ])
  }

  /** Tells the admins, once for an end of life, that Meta would not make the token live longer. */
  async tellRefused(code: string): Promise<void> {
    const { expiresAt, name } = this.#known()
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#change({}, [
      tellRow('alert.token_refused', `refused:${expiresAt}`, { name, days, problem: code }),
    ])
  }

  /** See `read.readLeads`. */
  async readLeads(pageId: string, ids: string[]): Promise<MetaAnswer<read.LeadReading[]>> {
    return read.readLeads(this.#door, this.#meta.version, pageId, ids)
  }

  /** See `read.listForms`. */
  async listForms(
    pageId: string,
  ): Promise<MetaAnswer<{ id: string; name: string; status: string }[]>> {
    return read.listForms(this.#door, pageId)
  }

  /** See `read.listLeads`. */
  async listLeads(query: {
    pageId: string
    formId: string
    since: number
    after: string | null
  }): Promise<MetaAnswer<{ items: replies.MetaLead[]; after: string | null }>> {
    return read.listLeads(this.#door, query)
  }

  /** See `read.readInsights`. */
  async readInsights(query: {
    accountId: string
    period: Period
    after: string | null
  }): Promise<MetaAnswer<{ items: replies.InsightRow[]; after: string | null }>> {
    return read.readInsights(this.#door, query)
  }

  /** Takes our permissions back from Meta, as far as it lets us, and forgets everything. */
  async disconnect(): Promise<void> {
    await this.#door.call(replies.successReply, 'user', this.#id, {
      path: `${this.#id}/permissions`,
      method: 'DELETE',
    })
    await this.ctx.storage.deleteAll()
    this.#tables.create()
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

  get #meta(): MetaSettings {
    const { meta } = settingsOf(this.env)
    if (!meta) throw new Error('Meta is off')
    return meta
  }

  get #door(): Door {
    return this.#doorWith(
      (caller) => this.#tokenOf(caller),
      () => {
        const { state, problem } = this.#known()
        return state === 'dead' ? (problem ?? 'unknown') : null
      },
    )
  }

  #doorWith(
    tokenOf: (caller: Caller) => Promise<string | null>,
    deadSince: () => string | null,
  ): Door {
    return new Door({
      meta: this.#meta,
      tokenOf,
      deadSince,
      died: (code) => this.#tables.state() && this.#change({ state: 'dead', problem: code }),
      pausedUntil: (scope) => this.#tables.pausedUntil(scope),
      pause: (scope, until) => this.#tables.pause(scope, until),
    })
  }

  async #tokenOf(caller: Caller): Promise<string | null> {
    const sealed = this.#tables.token(caller)
    return sealed && unseal(settingsOf(this.env), `${this.#id}:${caller}`, sealed)
  }

  async #seal(caller: Caller, token: string) {
    return seal(settingsOf(this.env), `${this.#id}:${caller}`, token)
  }

  async #debug(token: string): Promise<MetaAnswer<Debug>> {
    const result = await debugToken(this.#meta, token)
    if (!result.ok) {
      const { kind, code } = result.trouble
      // The app's own id and secret were refused here, not the token.
      return kind === 'dead'
        ? { ok: false, kind: 'ours', code }
        : this.#door.fail('debug', result.trouble)
    }
    const reply = replies.debugReply.safeParse(result.body)
    if (!reply.success) return { ok: false, kind: 'ours', code: 'unexpected_reply' }
    const { data } = reply.data
    if (data.is_valid) return { ok: true, value: data }
    const { code, subcode } = data.error ?? { code: 190, subcode: undefined }
    return {
      ok: false,
      kind: 'dead',
      code: subcode === undefined ? `${code}` : `${code}/${subcode}`,
    }
  }

  async #begin(tokens: Map<Caller, string>, state: ConnectionState): Promise<void> {
    const sealed = await Promise.all(
      [...tokens].map(
        async ([caller, token]) => [caller, await this.#seal(caller, token)] as const,
      ),
    )
    this.ctx.storage.transactionSync(() => {
      this.#tables.forgetTokens()
      for (const [caller, token] of sealed) this.#tables.saveToken(caller, token)
      this.#write(state)
      this.#outbox.add(state.pages.map(serveRow))
    })
    this.#ring()
  }

  #known(): ConnectionState {
    return this.#tables.state() ?? NOTHING
  }

  #change(changes: Partial<ConnectionState>, owes: NewRow[] = []): void {
    this.ctx.storage.transactionSync(() => {
      this.#write(changes)
      this.#outbox.add(owes)
    })
    this.#ring()
  }

  /** Writes a change with what follows from it: the record in D1, and news of death and recovery. */
  #write(changes: Partial<ConnectionState>): void {
    const before = this.#known()
    const after = { ...before, ...changes }
    this.#tables.saveState(after)
    this.#outbox.add([{ key: 'record', kind: 'record', latest: true }])
    if (after.state === before.state || before === NOTHING) return
    const { name, problem, pages } = after
    this.#outbox.add(
      after.state === 'dead'
        ? [tellRow('alert.token_dead', `dead:${Date.now()}`, { name, problem: problem ?? '' })]
        : [
            tellRow('alert.token_restored', `restored:${Date.now()}`, { name }),
            ...pages.map(serveRow),
          ],
    )
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const body = JSON.parse(row.body)
    if (row.kind === 'record') await this.#record()
    else if (row.kind === 'tell') await this.#tellAdmins(body)
    else await pageOf(this.env, body.id).serve({ connectionId: this.#id, name: body.name })
    return { result: 'done' }
  }

  async #record(): Promise<void> {
    const { warned: _warned, ...state } = this.#known()
    await upsertConnection(this.env.DB, {
      ...state,
      id: this.#id,
      expiresAt: state.expiresAt === null ? null : isoTime(state.expiresAt),
      dataAccessExpiresAt:
        state.dataAccessExpiresAt === null ? null : isoTime(state.dataAccessExpiresAt),
      checkedAt: isoTime(state.checkedAt),
    })
  }

  async #tellAdmins(message: { key: string; text: TextKey; params: TextParams }): Promise<void> {
    const ids = await adminIds(this.env.DB, settingsOf(this.env))
    await Promise.all(ids.map((id) => conversationOf(this.env, id).tell(message)))
  }

  #ring(): void {
    this.ctx.waitUntil(this.#outbox.ring())
  }
}

function tellRow(text: TextKey, key: string, params: TextParams): NewRow {
  return { key: 'tell', kind: 'tell', body: { key, text, params } }
}

/** The page learns that this connection serves it now, and goes on with what waited for one. */
function serveRow({ id, name }: { id: string; name: string }): NewRow {
  return { key: `serve:${id}`, kind: 'serve', body: { id, name }, latest: true }
}

function timesOf(
  debug: Debug,
): Pick<
  ConnectionState,
  'tokenType' | 'expiresAt' | 'dataAccessExpiresAt' | 'scopes' | 'checkedAt'
> {
  return {
    tokenType: debug.type,
    expiresAt: debug.expires_at,
    dataAccessExpiresAt: debug.data_access_expires_at,
    scopes: debug.scopes,
    checkedAt: Date.now(),
  }
}

const NOTHING: ConnectionState = {
  name: '',
  tokenType: 'USER',
  state: 'alive',
  problem: null,
  expiresAt: null,
  dataAccessExpiresAt: null,
  scopes: [],
  pages: [],
  adAccounts: [],
  checkedAt: 0,
  warned: null,
}
