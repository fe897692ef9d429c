import { DurableObject } from 'cloudflare:workers'
import { type Check, reasonOf } from '../../src/meta/access.ts'
import type { MetaAnswer } from '../../src/meta/answer.ts'
import { serveProjects } from '../../src/meta/connect.ts'
import type { RunProgress } from '../../src/meta/insights.ts'
import type { ListedLead } from '../../src/meta/replies.ts'
import { BAD_PROOF } from '../../src/meta/trouble.ts'
import { Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import type { Period } from '../../src/period.ts'
import { type MetaSettings, settingsOf } from '../../src/settings.ts'
import { othersAlive } from '../../src/store/connections.ts'
import type { MetaForm } from '../../src/store/forms.ts'
import { accountsOf } from '../../src/store/projects.ts'
import { pageOf } from '../../src/stubs.ts'
import type { AccountState } from '../../src/watch/numbers.ts'
import type { CampaignSwitch } from '../../src/watch/switching.ts'
import * as campaigns from './campaigns.ts'
import { runChecks } from './checks.ts'
import { discover, subscribe } from './discover.ts'
import { type Caller, Door, type DoorDeps } from './door.ts'
import { endAccess, type Ended } from './end-access.ts'
import { listForms, readForm } from './forms.ts'
import * as insights from './insights.ts'
import { isAhead, Known } from './known.ts'
import { type LeadsRead, listLeads, listTestLeads, readLeads } from './leads.ts'
import { timesOf, type TokenCheck, TokenLife } from './life.ts'
import { Limits } from './limits.ts'
import { Messenger } from './messenger.ts'
import { Pages } from './pages.ts'
import {
  checksRow,
  conversionsRow,
  handOverRow,
  type OwedChecks,
  RECORD,
  serveRow,
  subscribeRow,
} from './rows.ts'
import { type ConnectedPage, type ConnectionState, ConnectionTables } from './sql.ts'
import { Tokens } from './tokens.ts'

/** So often Meta is asked whether it still tells of a page's leads (Meta: webhooks, getting started). */
const LOOK_EVERY_MS = 3_600_000

/** So long events are collected before they are sent: details of a new lead come within seconds. */
const COLLECTED_FOR_MS = 10_000

/** What becomes of a token that is not, or no more, the connection's own says nothing of that. */
const HEEDLESS = { died: () => undefined, badProof: () => undefined }

/** One authorised Meta user: the only holder of their token, the only door to Meta in their name. */
export class Connection extends DurableObject<Env> {
  readonly #tables: ConnectionTables
  readonly #limits: Limits
  readonly #tokens: Tokens
  readonly #outbox: Outbox
  readonly #known: Known
  readonly #life: TokenLife
  readonly #pages: Pages
  readonly #messenger: Messenger
  /** Datasets whose events are to be sent soon: they are told of once. */
  readonly #rung = new Set<string>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new ConnectionTables(ctx.storage.sql)
    this.#limits = new Limits(ctx.storage.sql)
    this.#tokens = new Tokens(
      this.#tables,
      () => settingsOf(env),
      () => this.#id,
    )
    this.#outbox = new Outbox({
      storage: ctx.storage,
      wakeUp: {
        set: (at) => void ctx.storage.setAlarm(at),
        clear: () => void ctx.storage.deleteAlarm(),
      },
      owner: { object: 'connection', name: this.#id },
      db: env.DB,
      deliver: ([row]) => this.#messenger.deliver(row as OutboxRow),
    })
    this.#known = new Known(this.#tables, this.#outbox, () => ctx.waitUntil(this.#outbox.ring()))
    const own = { known: this.#known, tables: this.#tables, tokens: this.#tokens }
    const door = () => this.#door
    this.#life = new TokenLife({ ...own, door, meta: () => this.#meta })
    this.#pages = new Pages({ ...own, env, id: this.#id, life: this.#life, door })
    this.#messenger = new Messenger({
      env,
      id: this.#id,
      known: this.#known,
      pages: this.#pages,
      door,
      runChecks: (order) => this.runChecks(order),
      sending: (datasetId) => this.#rung.delete(datasetId),
    })
    this.#tables.create()
    this.#limits.create()
    this.#outbox.recover()
  }

  /**
   * Takes a token that its owner has just given: asks Meta what it opens, subscribes the pages to
   * leads, seals it, and lets everything that waited go on. `publicUrl` is the Worker's own address,
   * for links.
   */
  async adopt(token: string, publicUrl?: string): Promise<MetaAnswer<ConnectionState>> {
    const debug = await this.#life.debug(token)
    if (!debug.ok) return debug
    const tokens = new Map<Caller, string>([['user', token]])
    const door = this.#doorWith({
      ...HEEDLESS,
      tokenOf: async (caller) => tokens.get(caller) ?? null,
      deadSince: () => null,
    })
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
      dataWarned: null,
      refusedFor: null,
      troubles: [],
      tokenId: crypto.randomUUID(),
      publicUrl: publicUrl ?? this.#known.state.publicUrl,
      lookedAt: Date.now(),
      ...timesOf(debug.value),
      pages: pages.map(({ id, name: title }, index) => ({
        id,
        name: title,
        subscribed: subscribed[index]?.ok === true,
        lost: null,
      })),
    }
    await this.#begin(tokens, state)
    return { ok: true, value: state }
  }

  async #begin(tokens: Map<Caller, string>, state: ConnectionState): Promise<void> {
    const sealed = await this.#tokens.sealAll(tokens)
    this.#known.transact(() => {
      const before = this.#tables.state()
      this.#tables.forgetTokens()
      for (const [caller, token] of sealed) this.#tables.saveToken(caller, token)
      this.#known.save(state, before)
      // Those that the new token does not open are not served any more.
      this.#outbox.add([...(before?.pages ?? []), ...state.pages].map(serveRow))
      this.#outbox.add(state.pages.filter(isUnsubscribed).map(subscribeRow))
    })
  }

  /** Asks Meta whether the token lives and until when, and once more for what it had not given. */
  async check(): Promise<MetaAnswer<TokenCheck>> {
    const checked = await this.#life.check()
    if (!checked.ok || checked.value.state === 'dead') return checked
    await this.#pages.discover()
    this.#known.change({}, this.#known.state.pages.filter(isUnsubscribed).map(subscribeRow))
    return checked
  }

  /** See `TokenLife.exchange`. */
  async exchange(): Promise<MetaAnswer<{ expiresAt: number | null }>> {
    return this.#life.exchange()
  }

  /** See `TokenLife.warn`. */
  async warn(): Promise<void> {
    this.#life.warn()
  }

  /** See `TokenLife.tellRefused`. */
  async tellRefused(code: string): Promise<void> {
    this.#life.tellRefused(code)
  }

  /**
   * Tries everything that this connection is for. `mayTest`: a test lead may be left in a form to see
   * whether it is told of.
   */
  async runChecks(order: { publicUrl: string; mayTest: boolean }): Promise<Check[]> {
    if (!this.#meta || !this.#known.isThere) return []
    const debug = await this.#life.look()
    const { pages, adAccounts } = this.#known.state
    const chosen = await accountsOf(this.env.DB, this.#id)
    const served = adAccounts.filter(({ id }) => chosen.includes(id))
    return runChecks({
      ...order,
      door: this.#door,
      meta: this.#meta,
      debug,
      pages,
      accounts: served.length > 0 ? served : adAccounts,
      hears: (pageId, leadgenId, ms) => pageOf(this.env, pageId).hears(leadgenId, ms),
    })
  }

  /** Owes an admin's chat the list of checks. */
  async oweChecks(order: OwedChecks): Promise<void> {
    this.#known.change({}, [checksRow(order)])
  }

  /** Serves these pages and the projects of its ad accounts, which another serves no more. */
  async takeOver(pageIds: string[]): Promise<void> {
    const { pages, state, adAccounts } = this.#known.state
    if (state === 'dead' || !this.#known.isThere) return
    const own = pages.filter(({ id, lost }) => pageIds.includes(id) && lost === null)
    this.#known.change(
      {},
      own.flatMap((page) => [serveRow(page), subscribeRow(page)]),
    )
    await serveProjects(this.env, this.#id, adAccounts)
  }

  /** See `readLeads`. The admins are told while they are refused, and when they are given again. */
  async readLeads(pageId: string, ids: string[]): Promise<MetaAnswer<LeadsRead>> {
    const answer = await readLeads(this.#door, pageId, ids)
    const name = this.#known.page(pageId)?.name ?? pageId
    if (answer.ok) this.#known.endTrouble(pageId, 'alert.page_restored', { name })
    else if (answer.kind === 'permission') {
      const isOpen = isAhead(this.#known.state.dataAccessExpiresAt)
      const reason = isOpen ? reasonOf(answer.code) : 'reason.data'
      const params = { name, problem: answer.code }
      this.#known.tellTrouble(pageId, 'alert.page_trouble', params, reason)
    }
    return answer
  }

  /** See `listForms`. */
  async listForms(pageId: string): Promise<MetaAnswer<MetaForm[]>> {
    return listForms(this.#door, pageId)
  }

  /** See `readForm`. */
  async readForm(pageId: string, formId: string): Promise<MetaAnswer<MetaForm>> {
    return readForm(this.#door, pageId, formId)
  }

  /** See `listTestLeads`. */
  async listTestLeads(pageId: string, formId: string): Promise<MetaAnswer<string[]>> {
    return listTestLeads(this.#door, pageId, formId)
  }

  /** See `listLeads`. */
  async listLeads(query: {
    pageId: string
    formId: string
    since: number
    after: string | null
  }): Promise<MetaAnswer<{ items: ListedLead[]; after: string | null }>> {
    return listLeads(this.#door, query)
  }

  /** See `insights.readInsights`. */
  async readInsights(query: {
    accountId: string
    period: Period
    after: string | null
  }): Promise<MetaAnswer<insights.InsightsPage>> {
    return this.#heedAccount(query.accountId, await insights.readInsights(this.#door, query))
  }

  /** See `insights.startRun`. */
  async startInsightsRun(query: {
    accountId: string
    period: Period
  }): Promise<MetaAnswer<{ id: string }>> {
    return this.#heedAccount(query.accountId, await insights.startRun(this.#door, query))
  }

  /** See `insights.checkRun`. */
  async checkInsightsRun(query: {
    accountId: string
    runId: string
  }): Promise<MetaAnswer<{ progress: RunProgress }>> {
    return insights.checkRun(this.#door, query)
  }

  /** See `insights.readRun`. */
  async readInsightsRun(query: {
    accountId: string
    runId: string
    after: string | null
  }): Promise<MetaAnswer<insights.InsightsPage>> {
    return insights.readRun(this.#door, query)
  }

  /** Tells the admins that the numbers of an ad account are refused, and that they are given again. */
  #heedAccount<Value>(accountId: string, answer: MetaAnswer<Value>): MetaAnswer<Value> {
    const account = this.#known.state.adAccounts.find(({ id }) => id === accountId)
    const name = account?.name ?? accountId
    if (answer.ok) this.#known.endTrouble(accountId, 'alert.account_restored', { name })
    else if (answer.kind === 'permission') {
      const params = { name, problem: answer.code }
      this.#known.tellTrouble(accountId, 'alert.account_trouble', params, reasonOf(answer.code))
    }
    return answer
  }

  /** Has what waits for a dataset sent soon, with whatever else comes until then. */
  async sendConversions(datasetId: string): Promise<void> {
    if (this.#rung.has(datasetId)) return
    this.#outbox.transact(() =>
      this.#outbox.add([conversionsRow(datasetId, Date.now() + COLLECTED_FOR_MS)]),
    )
    this.#rung.add(datasetId)
  }

  /** See `campaigns.readAccount`. */
  async readAccount(accountId: string): Promise<MetaAnswer<AccountState>> {
    return campaigns.readAccount(this.#door, accountId)
  }

  /** See `campaigns.switchCampaign`. */
  async switchCampaign(query: {
    accountId: string
    campaignId: string
    to: CampaignSwitch
  }): Promise<MetaAnswer<campaigns.SwitchedCampaign>> {
    return campaigns.switchCampaign(this.#door, query)
  }

  /**
   * Takes our permissions back from Meta, as far as it lets us, and forgets everything. Pages that
   * another connection opens stay subscribed, and go on with that.
   */
  async disconnect(): Promise<Ended> {
    const { pages, tokenType } = this.#known.state
    const others = await othersAlive(this.env.DB, this.#id)
    const kept = new Set(
      others.flatMap((other) => other.pages.flatMap(({ id, lost }) => (lost === null ? id : []))),
    )
    const ended = await endAccess({
      door: this.#doorWith({ ...this.#ownDoor, ...HEEDLESS }),
      meta: this.#meta,
      userId: this.#id,
      tokenType,
      token: () => this.#life.token(),
      pageIds: pages.flatMap(({ id }) => (kept.has(id) ? [] : [id])),
    })
    this.#outbox.transact(() => {
      this.#tables.forget()
      // That there is nothing to record any more, and no page to serve, is told like any news.
      this.#outbox.add([RECORD, ...pages.map(serveRow), handOverRow(pages)])
    })
    await this.#outbox.ring()
    return ended
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

  /** Carries out what is due now; once an hour it is asked whether pages are subscribed still. */
  async tick(): Promise<void> {
    const { state, lookedAt } = this.#known.state
    const isDue = state === 'alive' && Date.now() - lookedAt >= LOOK_EVERY_MS
    if (isDue && this.#meta) await this.#pages.lookAtSubscriptions(this.#meta.appId)
    await this.#outbox.ring()
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

  get #meta(): MetaSettings | null {
    return settingsOf(this.env).meta
  }

  get #door(): Door {
    return this.#doorWith(this.#ownDoor)
  }

  /** What a door opens with in the name of the token that is held now. */
  get #ownDoor() {
    const { tokenId } = this.#known.state
    return {
      tokenOf: (caller: Caller) => this.#tokens.open(caller),
      deadSince: () => this.#life.deadSince(),
      died: (caller: Caller, code: string) => this.#life.died(tokenId, caller, code),
      badProof: () => this.#life.tellOfApp(BAD_PROOF),
    }
  }

  #doorWith(deps: Pick<DoorDeps, 'tokenOf' | 'deadSince' | 'died' | 'badProof'>): Door {
    return new Door({
      ...deps,
      meta: this.#meta,
      pausedUntil: (scope) => this.#tables.pausedUntil(scope),
      pause: (scope, until) => this.#tables.pause(scope, until),
      limits: this.#limits,
      isAdAccount: (scope) => this.#known.state.adAccounts.some(({ id }) => id === scope),
    })
  }
}

function isUnsubscribed({ subscribed }: ConnectedPage): boolean {
  return !subscribed
}
