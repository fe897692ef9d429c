import type { z } from 'zod'
import { log } from '../../src/log.ts'
import type { MetaAnswer, MetaFailure } from '../../src/meta/answer.ts'
import { debugToken, exchangeToken } from '../../src/meta/oauth.ts'
import * as replies from '../../src/meta/replies.ts'
import { dataWarningDue, daysLeft, isExchangeDue, warningDue } from '../../src/meta/token-life.ts'
import type { MetaSettings } from '../../src/settings.ts'
import type { Caller, Door } from './door.ts'
import { isAhead, isDataClosed, type Known } from './known.ts'
import { examineRow, tellRow } from './rows.ts'
import type { ConnectionState, ConnectionTables } from './sql.ts'
import type { Tokens } from './tokens.ts'

export type Debug = z.infer<typeof replies.debugReply>['data']

/** What a check of the token came to. */
export interface TokenCheck {
  state: ConnectionState['state']
  expiresAt: number | null
  isExchangeDue: boolean
}

export interface TokenLifeDeps {
  known: Known
  tables: ConnectionTables
  tokens: Tokens
  meta: () => MetaSettings | null
  door: () => Door
}

/** The life of the user's token: what Meta says of it, and what the admins hear. */
export class TokenLife {
  readonly #deps: TokenLifeDeps
  readonly #known: Known

  constructor(deps: TokenLifeDeps) {
    this.#deps = deps
    this.#known = deps.known
  }

  /** The token itself, to be handed to nobody but Meta. */
  async token(): Promise<MetaAnswer<string>> {
    try {
      const token = await this.#deps.tokens.open('user')
      return token === null
        ? { ok: false, kind: 'dead', code: 'no_token' }
        : { ok: true, value: token }
    } catch (error) {
      log('error', 'meta.token_sealed', { error })
      return { ok: false, kind: 'ours', code: 'token_sealed' }
    }
  }

  /** What Meta says of a token; of one that has ended, why. */
  async debug(token: string): Promise<MetaAnswer<Debug>> {
    const meta = this.#deps.meta()
    if (!meta) return META_OFF
    const result = await debugToken(meta, token)
    if (!result.ok) {
      const { kind, code } = result.trouble
      // The app's own id and secret were refused here, not the token.
      return isRefusal(kind)
        ? { ok: false, kind: 'ours', code }
        : this.#deps.door().fail('user', 'debug', result.trouble)
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

  /** What Meta says of the token that is held, which is taken over. */
  async look(): Promise<MetaAnswer<Debug>> {
    const { tokenId } = this.#known.state
    const token = await this.token()
    const debug = token.ok ? await this.debug(token.value) : token
    if (tokenId === this.#known.state.tokenId) this.#learn(debug)
    return debug
  }

  async check(): Promise<MetaAnswer<TokenCheck>> {
    const debug = await this.look()
    const { state, expiresAt } = this.#known.state
    if (!debug.ok && state !== 'dead') return debug
    const isDue = state === 'alive' && isExchangeDue(expiresAt, Date.now())
    return { ok: true, value: { state, expiresAt, isExchangeDue: isDue } }
  }

  /** Takes over what Meta says of the token, or tells the admins why it says nothing. */
  #learn(debug: MetaAnswer<Debug>): void {
    if (debug.ok) {
      const { dataWarned, ...known } = this.#known.state
      const troubles = known.troubles.filter((trouble) => trouble !== APP)
      const times = timesOf(debug.value)
      const isBack = isDataClosed(dataWarned) && isAhead(times.dataAccessExpiresAt)
      const changes = { ...times, troubles, dataWarned: isBack ? null : dataWarned }
      this.#known.change({ ...changes, state: 'alive', problem: null })
    } else if (debug.kind === 'dead') {
      this.#known.change({ state: 'dead', problem: debug.code, checkedAt: Date.now() })
    } else if (debug.kind !== 'transient' && debug.kind !== 'later') {
      this.tellOfApp(debug.code)
    }
  }

  /** The app's id or secret is not what Meta knows: that is for whoever set this Worker up. */
  tellOfApp(code: string): void {
    const { name } = this.#known.state
    this.#known.tellTrouble(APP, 'alert.app_trouble', { name, problem: code })
  }

  /** Why nobody can be asked any more; `null` while somebody can. */
  deadSince(): string | null {
    const { state, problem } = this.#known.state
    return state === 'dead' ? (problem ?? 'unknown') : null
  }

  /** A token was refused; of a page's alone it has to be found out what has ended. */
  died(tokenId: string, caller: Caller, code: string): void {
    if (tokenId !== this.#known.state.tokenId) return
    if (caller === 'user') this.#known.change({ state: 'dead', problem: code })
    else {
      const pageId = caller.slice('page:'.length)
      this.#known.change({}, [examineRow({ pageId, code, tokenId })])
    }
  }

  /** Exchanges the token for one that lives longer, and believes only what Meta then says of it. */
  async exchange(): Promise<MetaAnswer<{ expiresAt: number | null }>> {
    const { tables, tokens } = this.#deps
    const { tokenId, tokenType } = this.#known.state
    const token = await this.token()
    if (!token.ok) return token
    const fresh = await this.#exchanged(token.value, tokenType)
    if (!fresh.ok) return fresh
    const debug = await this.debug(fresh.value)
    if (!debug.ok) return debug
    const sealed = await tokens.seal('user', fresh.value)
    this.#known.transact(() => {
      // The owner may have given another one meanwhile, or have left.
      if (tokenId !== this.#known.state.tokenId) return
      tables.saveToken('user', sealed)
      this.#known.write({ ...timesOf(debug.value), tokenId: crypto.randomUUID() })
    })
    return { ok: true, value: { expiresAt: debug.value.expires_at } }
  }

  async #exchanged(token: string, tokenType: string): Promise<MetaAnswer<string>> {
    const meta = this.#deps.meta()
    if (!meta) return META_OFF
    const result = await exchangeToken(meta, token, tokenType)
    // A refused exchange says nothing of the token itself: `check` tells whether it still lives.
    if (!result.ok) {
      const { kind, code } = result.trouble
      return isRefusal(kind)
        ? { ok: false, kind: 'permission', code }
        : this.#deps.door().fail('user', 'exchange', result.trouble)
    }
    const reply = replies.tokenReply.safeParse(result.body)
    if (!reply.success) return { ok: false, kind: 'ours', code: 'unexpected_reply' }
    return { ok: true, value: reply.data.access_token }
  }

  /**
   * Warns the admins when the end of the token is near, or that of the person's data, and they were
   * not told so far.
   */
  warn(): void {
    if (this.#known.state.state !== 'alive') return
    this.#warnOfEnd()
    this.#warnOfData()
  }

  #warnOfEnd(): void {
    const { expiresAt, warned, name } = this.#known.state
    const due = warningDue(expiresAt, Date.now(), warned)
    if (due === null || expiresAt === null) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#known.change({ warned: { expiresAt, days: due } }, [
      tellRow('alert.token_expiring', `expiring:${expiresAt}:${due}`, { name, days }),
    ])
  }

  #warnOfData(): void {
    const { dataAccessExpiresAt: expiresAt, dataWarned, scopes, name } = this.#known.state
    const due = dataWarningDue(expiresAt, Date.now(), dataWarned)
    // Of what we read only leads end then (Meta: auth-vs-data).
    if (due === null || expiresAt === null || !scopes.includes('leads_retrieval')) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    const text = due === 0 ? 'alert.data_ended' : 'alert.data_ending'
    this.#known.change({ dataWarned: { expiresAt, days: due } }, [
      tellRow(text, `data:${expiresAt}:${due}`, { name, days }),
    ])
  }

  /** Tells the admins, once for an end of life, that Meta would not make the token live longer. */
  tellRefused(code: string): void {
    const { expiresAt, refusedFor, name } = this.#known.state
    if (refusedFor === expiresAt) return
    const days = daysLeft(expiresAt, Date.now()) ?? 0
    this.#known.change({ refusedFor: expiresAt }, [
      tellRow('alert.token_refused', `refused:${expiresAt}`, { name, days, problem: code }),
    ])
  }
}

const META_OFF: MetaFailure = { ok: false, kind: 'ours', code: 'meta_off' }

/** The trouble of not being able to ask about the token at all. */
const APP = 'app'

function isRefusal(kind: string): boolean {
  return kind === 'dead' || kind === 'role'
}

export function timesOf(
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
