import { DurableObject } from 'cloudflare:workers'
import type { z } from 'zod'
import type { TextKey, TextParams } from '../../src/bot/texts.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { debugToken, exchangeToken } from '../../src/meta/oauth.ts'
import * as replies from '../../src/meta/replies.ts'
import { daysLeft, isExchangeDue, warningDue } from '../../src/meta/token-life.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { type NewRow, Outbox, type OutboxCounts, type OutboxRow } from '../../src/outbox/outbox.ts'
import type { Period } from '../../src/period.ts'
import { log } from '../../src/log.ts'
import { type MetaSettings, settingsOf } from '../../src/settings.ts'
import { deleteConnection, upsertConnection } from '../../src/store/connections.ts'
import { leaveConnection } from '../../src/store/projects.ts'
import { adminIds } from '../../src/store/users.ts'
import { conversationOf, pageOf } from '../../src/stubs.ts'
import { isoTime } from '../../src/time.ts'
import { discover, listPages, subscribe } from './discover.ts'
import { type Caller, Door, type DoorDeps } from './door.ts'
import * as read from './read.ts'
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
  readonly #tokens: Tokens
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#tables = new ConnectionTables(ctx.storage.sql)
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
    // What becomes of this token says nothing of the one that is held.
    const door = this.#doorWith({
      tokenOf: async (caller) => tokens.get(caller) ?? null,
      deadSince: () => null,
      died: () => undefined,
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
      refusedFor: null,
      troubles: [],
      tokenId: crypto.randomUUID(),
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
    const isAlive = checked.ok && checked.value.state === 'alive'
    if (isAlive) this.#change({}, this.#known().pages.filter(isUnsubscribed).map(subscribeRow))
    return checked
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
      const troubles = this.#known().troubles.filter((trouble) => trouble !== APP)
      this.#change({ ...timesOf(debug.value), state: 'alive', problem: null, troubles })
    } else if (debug.kind === 'dead') {
      this.#change({ state: 'dead', problem: debug.code, checkedAt: Date.now() })
    } else if (debug.kind !== 'transient' && debug.kind !== 'later') {
      const { name } = this.#known()
      this.#tellTrouble(APP, 'alert.app_trouble', { name, problem: debug.code })
    }
  }

  /** Exchanges the token for one that lives longer, and believes only what Meta then says of it. */
  async exchange(): Promise<MetaAnswer<{ expiresAt: number | null }>> {
    const { tokenId } = this.#known()
    const token = await this.#userToken()
    if (!token.ok) return token
    if (!this.#meta) return META_OFF
    const result = await exchangeToken(this.#meta, token.value)
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
    const { expiresAt, refusedFor, name } = this.#known()
    if (refusedFor === expiresAt) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#change({ refusedFor: expiresAt }, [
      tellRow('alert.token_refused', `refused:${expiresAt}`, { name, days, problem: code }),
    ])
  }

  /** See `read.readLeads`. */
  async readLeads(pageId: string, ids: string[]): Promise<MetaAnswer<read.LeadsRead>> {
    const answer = await read.readLeads(this.#door, pageId, ids)
    const { pages, troubles } = this.#known()
    if (!answer.ok && answer.kind === 'permission') {
      const name = pages.find(({ id }) => id === pageId)?.name ?? pageId
      this.#tellTrouble(pageId, 'alert.page_trouble', { name, problem: answer.code })
    } else if (answer.ok && troubles.includes(pageId)) {
      this.#change({ troubles: troubles.filter((trouble) => trouble !== pageId) })
    }
    return answer
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
  }): Promise<MetaAnswer<{ items: replies.ListedLead[]; after: string | null }>> {
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
    await this.#revoke()
    const { pages } = this.#known()
    this.#outbox.transact(() => {
      this.#tables.forget()
      // That there is nothing to record any more, and no page to serve, is told like any news.
      this.#outbox.add([RECORD, ...pages.map(serveRow)])
    })
    await this.#outbox.ring()
  }

  async #revoke(): Promise<void> {
    const revoked = await this.#doorWith({
      tokenOf: (caller) => this.#tokens.open(caller),
      deadSince: () => this.#deadSince(),
      died: () => undefined,
    }).call(replies.successReply, 'user', this.#id, {
      path: `${this.#id}/permissions`,
      method: 'DELETE',
    })
    // Whatever Meta says, the tokens are forgotten: that is what was asked of us.
    if (!revoked.ok) log('warn', 'meta.not_revoked', { code: `${revoked.kind} ${revoked.code}` })
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

  get #meta(): MetaSettings | null {
    return settingsOf(this.env).meta
  }

  get #door(): Door {
    const { tokenId } = this.#known()
    return this.#doorWith({
      tokenOf: (caller) => this.#tokens.open(caller),
      deadSince: () => this.#deadSince(),
      died: (caller, code) => this.#died(tokenId, caller, code),
    })
  }

  #doorWith(deps: Pick<DoorDeps, 'tokenOf' | 'deadSince' | 'died'>): Door {
    return new Door({
      ...deps,
      meta: this.#meta,
      pausedUntil: (scope) => this.#tables.pausedUntil(scope),
      pause: (scope, until) => this.#tables.pause(scope, until),
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
    const sealed = await Promise.all(
      [...tokens].map(
        async ([caller, token]) => [caller, await this.#tokens.seal(caller, token)] as const,
      ),
    )
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
  #tellTrouble(trouble: string, text: TextKey, params: TextParams): void {
    const { troubles } = this.#known()
    if (troubles.includes(trouble)) return
    const key = `trouble:${trouble}:${Date.now()}`
    this.#change({ troubles: [...troubles, trouble] }, [tellRow(text, key, params)])
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
    if (!before || after.state === before.state) return
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
    const owes = page.lost === null ? [] : [serveRow(page)]
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
    const owes = page.lost === null ? [tellRow('alert.page_trouble', key, told)] : []
    this.#changePage(pageId, { subscribed: false, lost: code }, owes)
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
  }): Promise<Delivery> {
    const ids = await adminIds(this.env.DB, settingsOf(this.env))
    // What another connection told of the same end is another message.
    const own = { ...message, key: `${this.#id}:${message.key}` }
    await Promise.all(ids.map((id) => conversationOf(this.env, id).tell(own)))
    return DONE
  }

  #ring(): void {
    this.ctx.waitUntil(this.#outbox.ring())
  }
}

const DONE: Delivery = { result: 'done' }

const META_OFF: MetaFailure = { ok: false, kind: 'ours', code: 'meta_off' }

/** The trouble of not being able to ask about the token at all. */
const APP = 'app'

/** What will not pass by itself is tried again this often, in case somebody mended it. */
const ASK_AGAIN_MS = 3_600_000

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

function tellRow(text: TextKey, key: string, params: TextParams): NewRow {
  return { key: 'tell', kind: 'tell', body: { key, text, params } }
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
  refusedFor: null,
  troubles: [],
  tokenId: '',
}
