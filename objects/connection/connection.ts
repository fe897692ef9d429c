import { DurableObject } from 'cloudflare:workers'
import type { z } from 'zod'
import type { TextKey, TextParams } from '../../src/bot/texts.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import type { RunProgress } from '../../src/meta/insights.ts'
import { type Check, reasonOf } from '../../src/meta/access.ts'
import { catchUp, serveProjects } from '../../src/meta/connect.ts'
import { debugToken, exchangeToken } from '../../src/meta/oauth.ts'
import * as replies from '../../src/meta/replies.ts'
import { BAD_PROOF } from '../../src/meta/trouble.ts'
import {
  dataWarningDue,
  daysLeft,
  isExchangeDue,
  type Warned,
  warningDue,
} from '../../src/meta/token-life.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import type { Period } from '../../src/period.ts'
import { log } from '../../src/log.ts'
import { type MetaSettings, settingsOf } from '../../src/settings.ts'
import { deleteConnection, othersAlive, upsertConnection } from '../../src/store/connections.ts'
import type { MetaForm } from '../../src/store/forms.ts'
import { accountsOf, leaveConnection } from '../../src/store/projects.ts'
import { adminIds } from '../../src/store/users.ts'
import { connectionOf, conversationOf, pageOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import type { AccountState } from '../../src/watch/numbers.ts'
import type { CampaignSwitch } from '../../src/watch/switching.ts'
import * as campaigns from './campaigns.ts'
import { runChecks } from './checks.ts'
import { discover, isSubscribed, listPages, subscribe } from './discover.ts'
import { endAccess, type Ended } from './end-access.ts'
import { type Caller, Door, type DoorDeps } from './door.ts'
import { sendConversions } from './events.ts'
import { listForms, readForm } from './forms.ts'
import * as insights from './insights.ts'
import { type LeadsRead, listLeads, listTestLeads, readLeads } from './leads.ts'
import { Limits } from './limits.ts'
import { type ConnectedPage, type ConnectionState, ConnectionTables } from './sql.ts'
import { Tokens } from './tokens.ts'

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
  readonly #limits: Limits
  readonly #tokens: Tokens
  readonly #outbox: Outbox
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
      deliver: ([row]) => this.#deliver(row as OutboxRow),
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
    const debug = await this.#debug(token)
    if (!debug.ok) return debug
    const tokens = new Map<Caller, string>([['user', token]])
    // What becomes of this token says nothing of the one that is held.
    const door = this.#doorWith({
      tokenOf: async (caller) => tokens.get(caller) ?? null,
      deadSince: () => null,
      died: () => undefined,
      badProof: () => undefined,
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
      publicUrl: publicUrl ?? this.#known().publicUrl,
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

  /** Asks Meta whether the token lives and until when, and once more for what it had not given. */
  async check(): Promise<MetaAnswer<TokenCheck>> {
    const checked = await this.#check()
    if (!checked.ok || checked.value.state === 'dead') return checked
    await this.#lookForAssets()
    this.#change({}, this.#known().pages.filter(isUnsubscribed).map(subscribeRow))
    return checked
  }

  /**
   * Takes in what the person was given at Meta since they connected: pages are served and subscribed
   * from now on. A page that is not theirs any more is looked into.
   */
  async #lookForAssets(): Promise<void> {
    const { tokenId } = this.#known()
    const found = await discover(this.#door, this.#id)
    // Who shows no page at all has most likely lost the permission to: the pages' own tokens still work.
    if (!found.ok || found.value.pages.length === 0) return
    const fresh = found.value.pages.filter(({ id }) => !this.#page(id))
    const tokens = fresh.map(({ id, access_token }) => [`page:${id}`, access_token ?? ''] as const)
    const sealed = await this.#sealAll(tokens.filter(([, token]) => token !== ''))
    this.#outbox.transact(() => {
      const { pages, adAccounts, ...known } = this.#known()
      if (tokenId !== known.tokenId) return
      for (const [caller, token] of sealed) this.#tables.saveToken(caller, token)
      const added = fresh.map(({ id, name }) => ({ id, name, subscribed: false, lost: null }))
      const ids = new Set(found.value.pages.map(({ id }) => id))
      const gone = pages.filter(({ id, lost }) => lost === null && !ids.has(id))
      const accounts = found.value.adAccounts
      this.#write({
        pages: [...pages, ...added],
        adAccounts: accounts.length > 0 ? accounts : adAccounts,
      })
      this.#outbox.add([
        ...added.map(serveRow),
        ...gone.map(({ id }) => examineRow({ pageId: id, code: ROLE_LOST, tokenId })),
      ])
    })
    this.#ring()
  }

  async #sealAll(tokens: Iterable<readonly [Caller, string]>) {
    return Promise.all(
      [...tokens].map(
        async ([caller, token]) => [caller, await this.#tokens.seal(caller, token)] as const,
      ),
    )
  }

  async #check(): Promise<MetaAnswer<TokenCheck>> {
    const { tokenId } = this.#known()
    const token = await this.#userToken()
    const debug = token.ok ? await this.#debug(token.value) : token
    if (tokenId === this.#known().tokenId) this.#learn(debug)
    const { state, expiresAt } = this.#known()
    if (!debug.ok && state !== 'dead') return debug
    const isDue = state === 'alive' && isExchangeDue(expiresAt, Date.now())
    return { ok: true, value: { state, expiresAt, isExchangeDue: isDue } }
  }

  /** Takes over what Meta says of the token, or tells the admins why it says nothing. */
  #learn(debug: MetaAnswer<Debug>): void {
    if (debug.ok) {
      const { dataWarned, ...known } = this.#known()
      const troubles = known.troubles.filter((trouble) => trouble !== APP)
      const times = timesOf(debug.value)
      const isBack = isDataClosed(dataWarned) && isAhead(times.dataAccessExpiresAt)
      const changes = { ...times, troubles, dataWarned: isBack ? null : dataWarned }
      this.#change({ ...changes, state: 'alive', problem: null })
    } else if (debug.kind === 'dead') {
      this.#change({ state: 'dead', problem: debug.code, checkedAt: Date.now() })
    } else if (debug.kind !== 'transient' && debug.kind !== 'later') {
      const { name } = this.#known()
      this.#tellTrouble(APP, 'alert.app_trouble', { name, problem: debug.code })
    }
  }

  /** Meta knows another secret of the app: that is for whoever set this Worker up. */
  #badProof(code: string): void {
    const { name } = this.#known()
    this.#tellTrouble(APP, 'alert.app_trouble', { name, problem: code })
  }

  /** Exchanges the token for one that lives longer, and believes only what Meta then says of it. */
  async exchange(): Promise<MetaAnswer<{ expiresAt: number | null }>> {
    const { tokenId, tokenType } = this.#known()
    const token = await this.#userToken()
    if (!token.ok) return token
    if (!this.#meta) return META_OFF
    const result = await exchangeToken(this.#meta, token.value, tokenType)
    // A refused exchange says nothing of the token itself: `check` tells whether it still lives.
    if (!result.ok) {
      const { kind, code } = result.trouble
      return isRefusal(kind)
        ? { ok: false, kind: 'permission', code }
        : this.#door.fail('user', 'exchange', result.trouble)
    }
    const reply = replies.tokenReply.safeParse(result.body)
    if (!reply.success) return { ok: false, kind: 'ours', code: 'unexpected_reply' }
    const debug = await this.#debug(reply.data.access_token)
    if (!debug.ok) return debug
    const sealed = await this.#tokens.seal('user', reply.data.access_token)
    this.#outbox.transact(() => {
      // The owner may have given another one meanwhile, or have left.
      if (tokenId !== this.#known().tokenId) return
      this.#tables.saveToken('user', sealed)
      this.#write({ ...timesOf(debug.value), tokenId: crypto.randomUUID() })
    })
    this.#ring()
    return { ok: true, value: { expiresAt: debug.value.expires_at } }
  }

  /**
   * Warns the admins when the end of the token is near, or that of the person's data, and they were
   * not told so far.
   */
  async warn(): Promise<void> {
    if (this.#known().state !== 'alive') return
    this.#warnOfEnd()
    this.#warnOfData()
  }

  #warnOfEnd(): void {
    const { expiresAt, warned, name } = this.#known()
    const due = warningDue(expiresAt, Date.now(), warned)
    if (due === null || expiresAt === null) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#change({ warned: { expiresAt, days: due } }, [
      tellRow('alert.token_expiring', `expiring:${expiresAt}:${due}`, { name, days }),
    ])
  }

  #warnOfData(): void {
    const { dataAccessExpiresAt: expiresAt, dataWarned, scopes, name } = this.#known()
    const due = dataWarningDue(expiresAt, Date.now(), dataWarned)
    // Of what we read only leads end then (Meta: auth-vs-data).
    if (due === null || expiresAt === null || !scopes.includes('leads_retrieval')) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    const text = due === 0 ? 'alert.data_ended' : 'alert.data_ending'
    this.#change({ dataWarned: { expiresAt, days: due } }, [
      tellRow(text, `data:${expiresAt}:${due}`, { name, days }),
    ])
  }

  /**
   * Tries everything that this connection is for. `mayTest`: a test lead may be left in a form to see
   * whether it is told of.
   */
  async runChecks({ publicUrl, mayTest }: CheckOrder): Promise<Check[]> {
    if (!this.#meta || this.#tables.state() === null) return []
    const { tokenId } = this.#known()
    const token = await this.#userToken()
    const debug = token.ok ? await this.#debug(token.value) : token
    if (tokenId === this.#known().tokenId) this.#learn(debug)
    const { pages, adAccounts } = this.#known()
    const chosen = await accountsOf(this.env.DB, this.#id)
    const served = adAccounts.filter(({ id }) => chosen.includes(id))
    return runChecks({
      door: this.#door,
      meta: this.#meta,
      debug,
      pages,
      accounts: served.length > 0 ? served : adAccounts,
      publicUrl,
      mayTest,
      hears: (pageId, leadgenId, ms) => pageOf(this.env, pageId).hears(leadgenId, ms),
    })
  }

  /** Owes an admin's chat the list of checks, without a test lead. */
  async oweChecks(order: { chatId: string; publicUrl: string }): Promise<void> {
    const body = { ...order, key: `checks:${crypto.randomUUID()}` }
    this.#change({}, [{ key: `checks:${order.chatId}`, kind: 'checks', body, latest: true }])
  }

  /** Serves these pages and the projects of its ad accounts, which another serves no more. */
  async takeOver(pageIds: string[]): Promise<void> {
    const { pages, state, adAccounts } = this.#known()
    if (state === 'dead' || this.#tables.state() === null) return
    const own = pages.filter(({ id, lost }) => pageIds.includes(id) && lost === null)
    this.#change(
      {},
      own.flatMap((page) => [serveRow(page), subscribeRow(page)]),
    )
    await serveProjects(this.env, this.#id, adAccounts)
  }

  /** Tells the admins, once for an end of life, that Meta would not make the token live longer. */
  async tellRefused(code: string): Promise<void> {
    const { expiresAt, refusedFor, name } = this.#known()
    if (refusedFor === expiresAt) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#change({ refusedFor: expiresAt }, [
      tellRow('alert.token_refused', `refused:${expiresAt}`, { name, days, problem: code }),
    ])
  }

  /** See `readLeads`. */
  async readLeads(pageId: string, ids: string[]): Promise<MetaAnswer<LeadsRead>> {
    const answer = await readLeads(this.#door, pageId, ids)
    const { pages, troubles } = this.#known()
    if (!answer.ok && answer.kind === 'permission') {
      const name = pages.find(({ id }) => id === pageId)?.name ?? pageId
      const { dataAccessExpiresAt: dataUntil } = this.#known()
      const reason = isAhead(dataUntil) ? reasonOf(answer.code) : 'reason.data'
      this.#tellTrouble(pageId, 'alert.page_trouble', { name, problem: answer.code }, reason)
    } else if (answer.ok && troubles.includes(pageId)) {
      const name = pages.find(({ id }) => id === pageId)?.name ?? pageId
      this.#change({ troubles: troubles.filter((trouble) => trouble !== pageId) }, [
        tellRow('alert.page_restored', `restored:${pageId}:${Date.now()}`, { name }),
      ])
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
  }): Promise<MetaAnswer<{ items: replies.ListedLead[]; after: string | null }>> {
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

  /** Tells the admins that the numbers of an ad account are refused, and that they are given again. */
  #heedAccount<Value>(accountId: string, answer: MetaAnswer<Value>): MetaAnswer<Value> {
    const { adAccounts, troubles } = this.#known()
    const name = adAccounts.find(({ id }) => id === accountId)?.name ?? accountId
    if (!answer.ok && answer.kind === 'permission') {
      const params = { name, problem: answer.code }
      this.#tellTrouble(accountId, 'alert.account_trouble', params, reasonOf(answer.code))
    } else if (answer.ok && troubles.includes(accountId)) {
      this.#change({ troubles: troubles.filter((trouble) => trouble !== accountId) }, [
        tellRow('alert.account_restored', `restored:${accountId}:${Date.now()}`, { name }),
      ])
    }
    return answer
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
    const { pages, tokenType } = this.#known()
    const others = await othersAlive(this.env.DB, this.#id)
    const kept = new Set(
      others.flatMap((other) => other.pages.flatMap(({ id, lost }) => (lost === null ? id : []))),
    )
    const ended = await endAccess({
      door: this.#doorWith({
        tokenOf: (caller) => this.#tokens.open(caller),
        deadSince: () => this.#deadSince(),
        died: () => undefined,
        badProof: () => undefined,
      }),
      meta: this.#meta,
      userId: this.#id,
      tokenType,
      token: () => this.#userToken(),
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
    const { state, lookedAt } = this.#known()
    const isDue = state === 'alive' && Date.now() - lookedAt >= LOOK_EVERY_MS
    if (isDue && this.#meta) await this.#lookAtSubscriptions(this.#meta.appId)
    await this.#outbox.ring()
  }

  /** Meta may stop to tell of a page's leads without a word: such a page is subscribed again. */
  async #lookAtSubscriptions(appId: string): Promise<void> {
    this.#change({ lookedAt: Date.now() })
    for (const { id, subscribed } of this.#known().pages) {
      if (!subscribed) continue
      const isTold = await isSubscribed(this.#door, id, appId)
      // What cannot be said now is asked again in an hour.
      const page = isTold.ok && !isTold.value && this.#page(id)
      if (page) this.#changePage(id, { subscribed: false }, [subscribeRow(page)])
    }
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
    const { tokenId } = this.#known()
    return this.#doorWith({
      tokenOf: (caller) => this.#tokens.open(caller),
      deadSince: () => this.#deadSince(),
      died: (caller, code) => this.#died(tokenId, caller, code),
      badProof: () => this.#badProof(BAD_PROOF),
    })
  }

  #doorWith(deps: Pick<DoorDeps, 'tokenOf' | 'deadSince' | 'died' | 'badProof'>): Door {
    return new Door({
      ...deps,
      meta: this.#meta,
      pausedUntil: (scope) => this.#tables.pausedUntil(scope),
      pause: (scope, until) => this.#tables.pause(scope, until),
      limits: this.#limits,
      isAdAccount: (scope) => this.#known().adAccounts.some(({ id }) => id === scope),
    })
  }

  #deadSince(): string | null {
    const { state, problem } = this.#known()
    return state === 'dead' ? (problem ?? 'unknown') : null
  }

  /** A token was refused; of a page's alone it has to be found out what has ended. */
  #died(tokenId: string, caller: Caller, code: string): void {
    if (tokenId !== this.#known().tokenId) return
    if (caller === 'user') this.#change({ state: 'dead', problem: code })
    else this.#change({}, [examineRow({ pageId: caller.slice('page:'.length), code, tokenId })])
  }

  async #userToken(): Promise<MetaAnswer<string>> {
    try {
      const token = await this.#tokens.open('user')
      return token === null
        ? { ok: false, kind: 'dead', code: 'no_token' }
        : { ok: true, value: token }
    } catch (error) {
      log('error', 'meta.token_sealed', { error })
      return { ok: false, kind: 'ours', code: 'token_sealed' }
    }
  }

  async #debug(token: string): Promise<MetaAnswer<Debug>> {
    if (!this.#meta) return META_OFF
    const result = await debugToken(this.#meta, token)
    if (!result.ok) {
      const { kind, code } = result.trouble
      // The app's own id and secret were refused here, not the token.
      return isRefusal(kind)
        ? { ok: false, kind: 'ours', code }
        : this.#door.fail('user', 'debug', result.trouble)
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
    const sealed = await this.#sealAll(tokens)
    this.#outbox.transact(() => {
      const before = this.#tables.state()
      this.#tables.forgetTokens()
      for (const [caller, token] of sealed) this.#tables.saveToken(caller, token)
      this.#save(state, before)
      // Those that the new token does not open are not served any more.
      this.#outbox.add([...(before?.pages ?? []), ...state.pages].map(serveRow))
      this.#outbox.add(state.pages.filter(isUnsubscribed).map(subscribeRow))
    })
    this.#ring()
  }

  #known(): ConnectionState {
    return { ...NOTHING, ...this.#tables.state() }
  }

  /** Tells the admins of a trouble, once while it lasts. */
  #tellTrouble(trouble: string, text: TextKey, params: TextParams, reason?: TextKey): void {
    const { troubles } = this.#known()
    if (troubles.includes(trouble)) return
    const key = `trouble:${trouble}:${Date.now()}`
    this.#change({ troubles: [...troubles, trouble] }, [tellRow(text, key, params, reason)])
  }

  #change(changes: Partial<ConnectionState>, owes: NewRow[] = []): void {
    this.#outbox.transact(() => {
      if (this.#write(changes)) this.#outbox.add(owes)
    })
    this.#ring()
  }

  /** Writes a change with what follows from it; false when there is nothing any more to change. */
  #write(changes: Partial<ConnectionState>): boolean {
    const before = this.#tables.state()
    if (before) this.#save({ ...NOTHING, ...before, ...changes }, before)
    return before !== null
  }

  /** Saves the state and owes the record in D1, and news of death and recovery. */
  #save(after: ConnectionState, before: ConnectionState | null): void {
    this.#tables.saveState(after)
    this.#outbox.add([RECORD])
    const isAnother = before?.state !== after.state || before.tokenId !== after.tokenId
    if (after.state === 'alive' && isAnother) this.#outbox.hasten('conversions:')
    if (isDataClosed(before?.dataWarned) && isAhead(after.dataAccessExpiresAt)) {
      // Meta gives the data again that it had closed: what waited for it goes on.
      const told = tellRow('alert.data_restored', `data:${after.dataAccessExpiresAt}`, {
        name: after.name,
      })
      this.#outbox.add([told, ...after.pages.map(serveRow)])
    }
    if (!before || after.state === before.state) return
    const { name, problem, pages } = after
    const code = problem ?? ''
    const dead = { name, problem: code }
    this.#outbox.add(
      after.state === 'dead'
        ? [
            tellRow('alert.token_dead', `dead:${Date.now()}`, dead, reasonOf(code)),
            handOverRow(pages),
          ]
        : [
            tellRow('alert.token_restored', `restored:${Date.now()}`, { name }),
            ...pages.map(serveRow),
            CATCH_UP,
          ],
    )
  }

  async #deliver(row: OutboxRow): Promise<Delivery> {
    const body = JSON.parse(row.body)
    switch (row.kind) {
      case 'record':
        return this.#record()
      case 'tell':
        return this.#tellAdmins(body)
      case 'serve':
        return this.#serve(body.id)
      case 'subscribe':
        return this.#subscribe(body.id)
      case 'examine':
        return this.#examine(body)
      case 'hand_over':
        return this.#handOver(body.pageIds)
      case 'catch_up':
        return this.#catchUp()
      case 'checks':
        return this.#tellChecks(body)
      case 'conversions':
        return this.#sendConversions(body.datasetId)
      default:
        throw new Error(`nothing is known of rows of kind ${row.kind}`)
    }
  }

  async #serve(pageId: string): Promise<Delivery> {
    const connectionId = this.#id
    const page = this.#page(pageId)
    if (page) await pageOf(this.env, pageId).serve({ connectionId, name: page.name })
    else await pageOf(this.env, pageId).leave({ connectionId })
    return DONE
  }

  /** Has Meta tell us of a page's leads, with a new token for it when there is none. */
  async #subscribe(pageId: string): Promise<Delivery> {
    const page = this.#page(pageId)
    if (!page || this.#known().state === 'dead') return DONE
    if (this.#tables.token(`page:${pageId}`) === null) {
      const found = await this.#renewPage(pageId, null)
      if (!found.ok) return deliveryOf(found)
      // It is asked for again with the next check of the token.
      if (!found.value) return DONE
    }
    const answer = await subscribe(this.#door, pageId)
    if (!answer.ok) return answer.kind === 'role' ? DONE : deliveryOf(answer)
    const restored = tellRow('alert.page_restored', `restored:${pageId}:${Date.now()}`, {
      name: page.name,
    })
    const owes = page.lost === null ? [] : [serveRow(page), restored]
    this.#changePage(pageId, { subscribed: true, lost: null }, owes)
    return DONE
  }

  /** Finds out what a refused token of a page means: the user's may be dead, the page be lost. */
  async #examine({ pageId, code, tokenId }: Refused): Promise<Delivery> {
    if (tokenId !== this.#known().tokenId) return DONE
    // Without subscribing: it may be that which was refused.
    const checked = await this.#check()
    if (!checked.ok) return deliveryOf(checked)
    const page = this.#page(pageId)
    if (checked.value.state === 'dead' || !page) return DONE
    const refused = await this.#tokens.open(`page:${pageId}`)
    const found = await this.#renewPage(pageId, refused)
    if (!found.ok) return deliveryOf(found)
    if (found.value) {
      this.#change({}, [serveRow(page), subscribeRow(page)])
      return DONE
    }
    if (tokenId !== this.#known().tokenId) return DONE
    this.#tables.forgetToken(`page:${pageId}`)
    const told = { name: page.name, problem: code }
    const key = `lost:${pageId}:${Date.now()}`
    const isNew = page.lost === null
    const owes = [tellRow('alert.page_trouble', key, told, reasonOf(code)), handOverRow([page])]
    this.#changePage(pageId, { subscribed: false, lost: code }, isNew ? owes : [])
    return DONE
  }

  /** Whoever else opens these pages and ad accounts serves them from now on. */
  async #handOver(pageIds: string[]): Promise<Delivery> {
    // What others find in D1 is who serves what now.
    await this.#record()
    const others = await othersAlive(this.env.DB, this.#id)
    await Promise.all(others.map(({ id }) => connectionOf(this.env, id).takeOver(pageIds)))
    return DONE
  }

  /** What could not be read while the token was dead is read at once. */
  async #catchUp(): Promise<Delivery> {
    const { state, adAccounts, pages } = this.#known()
    if (state === 'dead') return DONE
    await serveProjects(this.env, this.#id, adAccounts)
    const readable = pages.filter(({ lost }) => lost === null).map(({ id }) => id)
    await catchUp(this.env, { connectionId: this.#id, pageIds: readable, now: Date.now() })
    return DONE
  }

  async #tellChecks({ chatId, publicUrl, key }: OwedChecks): Promise<Delivery> {
    const checks = await this.runChecks({ publicUrl, mayTest: false })
    const { name } = this.#known()
    // Disconnected meanwhile, there is nothing to tell.
    if (checks.length > 0) {
      await conversationOf(this.env, chatId).tellChecks({ key, name, checks })
    }
    return DONE
  }

  /** Asks Meta for a page's token; false when there is none but the refused one. */
  async #renewPage(pageId: string, refused: string | null): Promise<MetaAnswer<boolean>> {
    const { tokenId } = this.#known()
    const pages = await listPages(this.#door, this.#id)
    if (!pages.ok) return pages
    const token = pages.value.find(({ id }) => id === pageId)?.access_token
    if (token === undefined || token === refused) return { ok: true, value: false }
    const sealed = await this.#tokens.seal(`page:${pageId}`, token)
    if (tokenId === this.#known().tokenId) this.#tables.saveToken(`page:${pageId}`, sealed)
    return { ok: true, value: true }
  }

  async #sendConversions(datasetId: string): Promise<Delivery> {
    this.#rung.delete(datasetId)
    const sent = await sendConversions(this.env.DB, this.#door, {
      connectionId: this.#id,
      datasetId,
    })
    const { troubles } = this.#known()
    if (!sent.ok) {
      if (NEEDS_PEOPLE.has(sent.kind)) {
        const params = { dataset: datasetId, problem: sent.code }
        this.#tellTrouble(datasetId, 'alert.dataset_trouble', params, reasonOf(sent.code))
      }
      return deliveryOf(sent)
    }
    if (troubles.includes(datasetId)) {
      this.#change({ troubles: troubles.filter((trouble) => trouble !== datasetId) })
    }
    if (!sent.value.isMore) return DONE
    const commit = () => this.#outbox.add([conversionsRow(datasetId, Date.now())])
    return { result: 'done', commit }
  }

  #page(pageId: string): ConnectedPage | undefined {
    return this.#known().pages.find(({ id }) => id === pageId)
  }

  #changePage(pageId: string, changes: Partial<ConnectedPage>, owes: NewRow[]): void {
    const pages = this.#known().pages.map((page) =>
      page.id === pageId ? { ...page, ...changes } : page,
    )
    this.#change({ pages }, owes)
  }

  /** Writes to D1 what is so now; of a connection that is gone nothing stays. */
  async #record(): Promise<Delivery> {
    if (this.#tables.state() === null) {
      await leaveConnection(this.env.DB, this.#id)
      await deleteConnection(this.env.DB, this.#id)
      return DONE
    }
    const state = this.#known()
    await upsertConnection(this.env.DB, {
      ...state,
      id: this.#id,
      expiresAt: state.expiresAt === null ? null : isoTime(state.expiresAt),
      dataAccessExpiresAt:
        state.dataAccessExpiresAt === null ? null : isoTime(state.dataAccessExpiresAt),
      checkedAt: isoTime(state.checkedAt),
    })
    return DONE
  }

  async #tellAdmins(message: {
    key: string
    text: TextKey
    params: TextParams
    reason?: TextKey
  }): Promise<Delivery> {
    const settings = settingsOf(this.env)
    const ids = await adminIds(this.env.DB, settings)
    const publicUrl = settings.PUBLIC_URL ?? this.#known().publicUrl
    const connectAt = NEEDS_LOGIN.has(message.text) ? publicUrl : null
    // What another connection told of the same end is another message.
    const own = { ...message, key: `${this.#id}:${message.key}`, connectAt }
    await Promise.all(ids.map((id) => conversationOf(this.env, id).tell(own)))
    return DONE
  }

  #ring(): void {
    this.ctx.waitUntil(this.#outbox.ring())
  }
}

const DONE: Delivery = { result: 'done' }

const META_OFF: MetaFailure = { ok: false, kind: 'ours', code: 'meta_off' }

/** What Meta says when somebody has lost their role on a page (Meta: error-reference). */
const ROLE_LOST = '190/492'

/** The trouble of not being able to ask about the token at all. */
const APP = 'app'

/** So often Meta is asked whether it still tells of a page's leads (Meta: webhooks, getting started). */
const LOOK_EVERY_MS = 3_600_000

/** What will not pass by itself is tried again this often, in case somebody mended it. */
const ASK_AGAIN_MS = 3_600_000

/** So long events are collected before they are sent: details of a new lead come within seconds. */
const COLLECTED_FOR_MS = 10_000

/** Why a dataset takes nothing, until a person does something about it. */
const NEEDS_PEOPLE = new Set<MetaFailure['kind']>(['permission', 'gone', 'ours'])

/** The token of a page that Meta refused, and which token of the user it came from. */
interface Refused {
  pageId: string
  code: string
  tokenId: string
}

const RECORD: NewRow = { key: 'record', kind: 'record', latest: true }

function isRefusal(kind: string): boolean {
  return kind === 'dead' || kind === 'role'
}

function isUnsubscribed({ subscribed }: ConnectedPage): boolean {
  return !subscribed
}

function subscribeRow({ id }: ConnectedPage): NewRow {
  return { key: `subscribe:${id}`, kind: 'subscribe', body: { id }, latest: true }
}

function examineRow(refused: Refused): NewRow {
  return { key: `examine:${refused.pageId}`, kind: 'examine', body: refused, latest: true }
}

/** What a failed call means to what waits for it. */
function deliveryOf({ kind, code, ...rest }: MetaFailure): Delivery {
  if ('at' in rest) return { result: 'later', at: rest.at, reason: code }
  if (kind === 'transient') return { result: 'unreachable', reason: `META_${code}` }
  return { result: 'later', at: Date.now() + ASK_AGAIN_MS, reason: `META_${kind}_${code}` }
}

function conversionsRow(datasetId: string, at: number): NewRow {
  const kind = 'conversions'
  return { key: `${kind}:${datasetId}`, kind, body: { datasetId }, at, latest: true }
}

function tellRow(text: TextKey, key: string, params: TextParams, reason?: TextKey): NewRow {
  return { key: 'tell', kind: 'tell', body: { key, text, params, reason } }
}

/** What is mended by connecting again comes with a button for it. */
const NEEDS_LOGIN = new Set<TextKey>([
  'alert.token_dead',
  'alert.token_expiring',
  'alert.token_refused',
  'alert.data_ending',
  'alert.data_ended',
  'alert.page_trouble',
  'alert.account_trouble',
  'alert.dataset_trouble',
])

/** How a list of checks is ordered. */
interface CheckOrder {
  publicUrl: string
  mayTest: boolean
}

/** A list of checks that is owed to a chat, once for its key. */
interface OwedChecks {
  chatId: string
  publicUrl: string
  key: string
}

const CATCH_UP: NewRow = { key: 'catch up', kind: 'catch_up', latest: true }

/** The admins were told that Meta has closed the person's data. */
function isDataClosed(warned: Warned | null | undefined): boolean {
  return warned?.days === 0
}

function isAhead(at: number | null): boolean {
  return at === null || at > Date.now()
}

/** One that is left with pages may wait for another with more of them: each stays. */
function handOverRow(pages: { id: string }[]): NewRow {
  return { key: 'hand over', kind: 'hand_over', body: { pageIds: pages.map(({ id }) => id) } }
}

/** The page learns whether this connection serves it, and goes on with what waited for one. */
function serveRow({ id }: ConnectedPage): NewRow {
  return { key: `serve:${id}`, kind: 'serve', body: { id }, latest: true }
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
  dataWarned: null,
  refusedFor: null,
  troubles: [],
  tokenId: '',
  publicUrl: null,
  lookedAt: 0,
}
