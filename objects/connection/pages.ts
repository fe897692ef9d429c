import type { MetaAnswer } from '../../src/meta/answer.ts'
import { reasonOf } from '../../src/meta/access.ts'
import type { Delivery } from '../../src/outbox/drain.ts'
import { pageOf } from '../../src/stubs.ts'
import { deliveryOf, DONE } from './delivery.ts'
import { discover, isSubscribed, listPages, subscribe } from './discover.ts'
import type { Caller, Door } from './door.ts'
import type { Known } from './known.ts'
import type { TokenLife } from './life.ts'
import { examineRow, handOverRow, type Refused, serveRow, subscribeRow, tellRow } from './rows.ts'
import type { ConnectedPage, ConnectionTables } from './sql.ts'
import type { Tokens } from './tokens.ts'

export interface PagesDeps {
  env: Env
  id: string
  known: Known
  tables: ConnectionTables
  tokens: Tokens
  life: TokenLife
  door: () => Door
}

/** The pages that the user opens: their own tokens, and whether Meta tells of their leads. */
export class Pages {
  readonly #deps: PagesDeps
  readonly #known: Known

  constructor(deps: PagesDeps) {
    this.#deps = deps
    this.#known = deps.known
  }

  /**
   * Takes in what the person was given at Meta since they connected: pages are served and subscribed
   * from now on. A page that is not theirs any more is looked into.
   */
  async discover(): Promise<void> {
    const { tables, tokens, id: userId, door } = this.#deps
    const { tokenId } = this.#known.state
    const found = await discover(door(), userId)
    // Who shows no page at all has most likely lost the permission to: the pages' own tokens still work.
    if (!found.ok || found.value.pages.length === 0) return
    const fresh = found.value.pages.filter(({ id }) => !this.#known.page(id))
    const own = fresh.flatMap(({ id, access_token: token }): [Caller, string][] =>
      token ? [[`page:${id}`, token]] : [],
    )
    const sealed = await tokens.sealAll(own)
    this.#known.transact(() => {
      const { pages, adAccounts, ...known } = this.#known.state
      if (tokenId !== known.tokenId) return
      for (const [caller, token] of sealed) tables.saveToken(caller, token)
      const added = fresh.map(({ id, name }) => ({ id, name, subscribed: false, lost: null }))
      const ids = new Set(found.value.pages.map(({ id }) => id))
      const gone = pages.filter(({ id, lost }) => lost === null && !ids.has(id))
      const accounts = found.value.adAccounts
      this.#known.write({
        pages: [...pages, ...added],
        adAccounts: accounts.length > 0 ? accounts : adAccounts,
      })
      this.#known.owe([
        ...added.map(serveRow),
        ...gone.map(({ id }) => examineRow({ pageId: id, code: ROLE_LOST, tokenId })),
      ])
    })
  }

  /** Meta may stop to tell of a page's leads without a word: such a page is subscribed again. */
  async lookAtSubscriptions(appId: string): Promise<void> {
    this.#known.change({ lookedAt: Date.now() })
    for (const { id, subscribed } of this.#known.state.pages) {
      if (!subscribed) continue
      const isTold = await isSubscribed(this.#deps.door(), id, appId)
      // What cannot be said now is asked again in an hour.
      const page = isTold.ok && !isTold.value && this.#known.page(id)
      if (page) this.#known.changePage(id, { subscribed: false }, [subscribeRow(page)])
    }
  }

  /** The page learns whether this connection serves it. */
  async serve(pageId: string): Promise<Delivery> {
    const { env, id: connectionId } = this.#deps
    const page = this.#known.page(pageId)
    if (page) await pageOf(env, pageId).serve({ connectionId, name: page.name })
    else await pageOf(env, pageId).leave({ connectionId })
    return DONE
  }

  /** Has Meta tell us of a page's leads, with a new token for it when there is none. */
  async subscribe(pageId: string): Promise<Delivery> {
    const page = this.#known.page(pageId)
    if (!page || this.#known.state.state === 'dead') return DONE
    if (this.#deps.tables.token(`page:${pageId}`) === null) {
      const found = await this.#renew(pageId, null)
      if (!found.ok) return deliveryOf(found)
      // It is asked for again with the next check of the token.
      if (!found.value) return DONE
    }
    const answer = await subscribe(this.#deps.door(), pageId)
    if (!answer.ok) return answer.kind === 'role' ? DONE : deliveryOf(answer)
    const key = `restored:${pageId}:${Date.now()}`
    const restored = tellRow('alert.page_restored', key, { name: page.name })
    const owes = page.lost === null ? [] : [serveRow(page), restored]
    this.#known.changePage(pageId, { subscribed: true, lost: null }, owes)
    return DONE
  }

  /** Finds out what a refused token of a page means: the user's may be dead, the page be lost. */
  async examine({ pageId, code, tokenId }: Refused): Promise<Delivery> {
    if (tokenId !== this.#known.state.tokenId) return DONE
    // Without subscribing: it may be that which was refused.
    const checked = await this.#deps.life.check()
    if (!checked.ok) return deliveryOf(checked)
    const page = this.#known.page(pageId)
    if (checked.value.state === 'dead' || !page) return DONE
    const refused = await this.#deps.tokens.open(`page:${pageId}`)
    const found = await this.#renew(pageId, refused)
    if (!found.ok) return deliveryOf(found)
    if (found.value) this.#known.change({}, [serveRow(page), subscribeRow(page)])
    else if (tokenId === this.#known.state.tokenId) this.#lose(page, code)
    return DONE
  }

  #lose(page: ConnectedPage, code: string): void {
    this.#deps.tables.forgetToken(`page:${page.id}`)
    const told = tellRow(
      'alert.page_trouble',
      `lost:${page.id}:${Date.now()}`,
      { name: page.name, problem: code },
      reasonOf(code),
    )
    const owes = page.lost === null ? [told, handOverRow([page])] : []
    this.#known.changePage(page.id, { subscribed: false, lost: code }, owes)
  }

  /** Asks Meta for a page's token; false when there is none but the refused one. */
  async #renew(pageId: string, refused: string | null): Promise<MetaAnswer<boolean>> {
    const { tables, tokens, id, door } = this.#deps
    const { tokenId } = this.#known.state
    const pages = await listPages(door(), id)
    if (!pages.ok) return pages
    const token = pages.value.find((page) => page.id === pageId)?.access_token
    if (token === undefined || token === refused) return { ok: true, value: false }
    const sealed = await tokens.seal(`page:${pageId}`, token)
    if (tokenId === this.#known.state.tokenId) tables.saveToken(`page:${pageId}`, sealed)
    return { ok: true, value: true }
  }
}

/** What Meta says when somebody has lost their role on a page (Meta: error-reference). */
const ROLE_LOST = '190/492'
