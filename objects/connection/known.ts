import type { TextKey, TextParams } from '../../src/bot/texts.ts'
import { reasonOf } from '../../src/meta/access.ts'
import type { Warned } from '../../src/meta/token-life.ts'
import type { NewRow, Outbox } from '../../src/outbox/outbox.ts'
import { CATCH_UP, handOverRow, RECORD, serveRow, tellRow } from './rows.ts'
import type { ConnectedPage, ConnectionState, ConnectionTables } from './sql.ts'

/** What a connection knows of itself. Every change of it is written with the news that it makes. */
export class Known {
  readonly #tables: ConnectionTables
  readonly #outbox: Outbox
  readonly #ring: () => void

  /** `ring` has what is owed carried out, after the change is written. */
  constructor(tables: ConnectionTables, outbox: Outbox, ring: () => void) {
    this.#tables = tables
    this.#outbox = outbox
    this.#ring = ring
  }

  get state(): ConnectionState {
    return { ...NOTHING, ...this.#tables.state() }
  }

  /** Whether somebody is connected. */
  get isThere(): boolean {
    return this.#tables.state() !== null
  }

  page(pageId: string): ConnectedPage | undefined {
    return this.state.pages.find(({ id }) => id === pageId)
  }

  change(changes: Partial<ConnectionState>, owes: NewRow[] = []): void {
    this.transact(() => {
      if (this.write(changes)) this.#outbox.add(owes)
    })
  }

  changePage(pageId: string, changes: Partial<ConnectedPage>, owes: NewRow[]): void {
    const pages = this.state.pages.map((page) =>
      page.id === pageId ? { ...page, ...changes } : page,
    )
    this.change({ pages }, owes)
  }

  /** Several changes that are written together or not at all. */
  transact(change: () => void): void {
    this.#outbox.transact(change)
    this.#ring()
  }

  /** Within a transaction. */
  owe(rows: NewRow[]): void {
    this.#outbox.add(rows)
  }

  /** Within a transaction; false when there is nothing any more to change. */
  write(changes: Partial<ConnectionState>): boolean {
    const before = this.#tables.state()
    if (before) this.save({ ...NOTHING, ...before, ...changes }, before)
    return before !== null
  }

  /** Within a transaction: saves the state, and owes the record in D1 and news of death and recovery. */
  save(after: ConnectionState, before: ConnectionState | null): void {
    this.#tables.saveState(after)
    this.#outbox.add([RECORD])
    const isAnother = before?.state !== after.state || before.tokenId !== after.tokenId
    if (after.state === 'alive' && isAnother) this.#outbox.hasten('conversions:')
    if (isDataClosed(before?.dataWarned) && isAhead(after.dataAccessExpiresAt)) {
      // Meta gives the data again that it had closed: what waited for it goes on.
      const key = `data:${after.dataAccessExpiresAt}`
      const told = tellRow('alert.data_restored', key, { name: after.name })
      this.#outbox.add([told, ...after.pages.map(serveRow)])
    }
    if (before && after.state !== before.state) this.#outbox.add(newsOf(after))
  }

  /** Tells the admins of a trouble, once while it lasts. */
  tellTrouble(trouble: string, text: TextKey, params: TextParams, reason?: TextKey): void {
    const { troubles } = this.state
    if (troubles.includes(trouble)) return
    const key = `trouble:${trouble}:${Date.now()}`
    this.change({ troubles: [...troubles, trouble] }, [tellRow(text, key, params, reason)])
  }

  /** A trouble is over; the admins, who were told of it, are told that too if there is a text for it. */
  endTrouble(trouble: string, text?: TextKey, params: TextParams = {}): void {
    const { troubles } = this.state
    if (!troubles.includes(trouble)) return
    const told = text ? [tellRow(text, `restored:${trouble}:${Date.now()}`, params)] : []
    this.change({ troubles: troubles.filter((other) => other !== trouble) }, told)
  }
}

/** What follows from the death of a token, or from its recovery. */
function newsOf({ state, name, problem, pages }: ConnectionState): NewRow[] {
  const code = problem ?? ''
  if (state === 'dead') {
    const params = { name, problem: code }
    const told = tellRow('alert.token_dead', `dead:${Date.now()}`, params, reasonOf(code))
    return [told, handOverRow(pages)]
  }
  const told = tellRow('alert.token_restored', `restored:${Date.now()}`, { name })
  return [told, ...pages.map(serveRow), CATCH_UP]
}

/** The admins were told that Meta has closed the person's data. */
export function isDataClosed(warned: Warned | null | undefined): boolean {
  return warned?.days === 0
}

export function isAhead(at: number | null): boolean {
  return at === null || at > Date.now()
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
